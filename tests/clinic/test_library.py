"""The forms of a plan and their rules: they must belong together."""

import shutil
from pathlib import Path
from typing import cast

import pytest

from app.clinic.library import ASSETS, read_library
from app.core.questionnaire import ClinicalFileError
from tests.core.questionnaire.forms import asset


def plan_with_rules(form: str, rules: str) -> dict[str, object]:
    """Our plan, one form of it with the rules of another file."""
    plan = cast("dict[str, object]", asset("protocols/plan.json"))
    forms = cast("list[dict[str, object]]", plan["forms"])
    changed = [{**f, "rules": rules} if f["form"] == form else f for f in forms]
    return {**plan, "forms": changed}


def test_our_own_plan_is_sound() -> None:
    assert [form.name for form in read_library().forms] == [
        "tb-four-symptoms",
        "vital-signs",
        "phq9",
    ]


def test_a_form_with_the_rules_of_another_is_refused() -> None:
    with pytest.raises(ClinicalFileError, match="phq9: questionnaire"):
        read_library(plan=plan_with_rules("vital-signs", "phq9.json"))


def test_rules_on_a_question_that_the_form_does_not_have_are_refused(
    tmp_path: Path,
) -> None:
    for folder in ("protocols", "questionnaires"):
        shutil.copytree(ASSETS / folder, tmp_path / folder)
    rules = tmp_path / "protocols" / "tb-four-symptoms.json"
    text = rules.read_text("utf-8").replace('"night-sweats"', '"nights"')
    rules.write_text(text, "utf-8")
    with pytest.raises(ClinicalFileError, match="tb-four-symptoms: nights"):
        read_library(tmp_path)
