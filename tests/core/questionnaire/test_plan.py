"""The forms that are due at a station, by age."""

import pytest

from app.core.questionnaire import (
    AgeInterval,
    Ages,
    ClinicalFileError,
    Fit,
    due,
    load_plan,
)
from tests.core.questionnaire.forms import ASSETS, asset

PLAN = load_plan(asset("protocols/plan.json"))


@pytest.mark.parametrize(
    ("station", "age", "forms"),
    [
        ("triage", AgeInterval(30, 30), ["tb-four-symptoms", "vital-signs"]),
        ("triage", AgeInterval(0, 0), ["tb-four-symptoms", "vital-signs"]),
        ("triage", None, ["tb-four-symptoms", "vital-signs"]),
        ("nurse", AgeInterval(18, 18), ["phq9"]),
        ("nurse", AgeInterval(5, 17), []),
        ("nurse", AgeInterval(16, 20), ["phq9 with caution"]),
        ("nurse", None, ["phq9 with caution"]),
        ("registration", AgeInterval(30, 30), []),
        ("elsewhere", None, []),
    ],
)
def test_a_station_offers_what_is_due(
    station: str, age: AgeInterval | None, forms: list[str]
) -> None:
    caution = {True: " with caution", False: ""}
    found = due(PLAN, station, age)
    assert [f"{d.form.form}{caution[d.age_is_uncertain]}" for d in found] == forms


def test_every_file_of_the_plan_is_there() -> None:
    for form in PLAN.forms:
        assert (ASSETS / "questionnaires" / form.file).exists()
        assert (ASSETS / "protocols" / str(form.rules)).exists()
    assert PLAN.form("phq9") is not None
    assert PLAN.form("other") is None


@pytest.mark.parametrize(
    ("ages", "age", "fit"),
    [
        (Ages(), None, Fit.YES),
        (Ages(0), AgeInterval(0, 99), Fit.YES),
        (Ages(12, 17), None, Fit.PERHAPS),
        (Ages(12, 17), AgeInterval(12, 17), Fit.YES),
        (Ages(12, 17), AgeInterval(17, 18), Fit.PERHAPS),
        (Ages(12, 17), AgeInterval(18, 20), Fit.NO),
        (Ages(None, 4), AgeInterval(0, 3), Fit.YES),
        (Ages(18), AgeInterval(0, 17), Fit.NO),
    ],
)
def test_ages_fit_surely_perhaps_or_not(
    ages: Ages, age: AgeInterval | None, fit: Fit
) -> None:
    assert ages.fit(age) is fit


def test_a_plan_is_read_strictly() -> None:
    whole = asset("protocols/plan.json")
    assert isinstance(whole, dict)
    first = whole["forms"][0]
    for wrong, place in (
        ({**whole, "forms": [first, first]}, "forms"),
        ({**whole, "forms": [{**first, "stations": ["bar"]}]}, "forms.0.stations.0"),
        ([], "file"),
    ):
        with pytest.raises(ClinicalFileError) as caught:
            load_plan(wrong)
        assert str(caught.value) == place
