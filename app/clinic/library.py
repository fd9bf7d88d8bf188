"""The forms and their clinical rules, read once from the assets."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.core.questionnaire import (
    ClinicalFileError,
    Plan,
    Protocol,
    Questionnaire,
    load,
    load_plan,
    load_protocol,
)

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@dataclass(frozen=True, slots=True)
class Form:
    """A questionnaire, the rules that score it, and whether its words are fixed.

    `verbatim`: it is shown in its own languages alone; into any other it is
    interpreted aloud.
    """

    name: str
    canonical: str
    """`url|version`, as responses keep it."""
    questionnaire: Questionnaire
    protocol: Protocol | None
    verbatim: bool


class Library:
    """The forms of a plan, by canonical name; immutable once read."""

    def __init__(self, plan: Plan, forms: Iterable[Form]) -> None:
        self.plan = plan
        self.forms = tuple(forms)

    @cached_property
    def _by_canonical(self) -> dict[str, Form]:
        return {form.canonical: form for form in self.forms}

    def form(self, canonical: str) -> Form | None:
        """Return the form of a response; None for one that is not on this tablet.

        A response to another version is not read with this version's questions.
        """
        return self._by_canonical.get(canonical)

    @cached_property
    def routine_flags(self) -> frozenset[str]:
        """Red flags that ask for nobody at once, as `canonical#code`.

        One of a form that is not on this tablet is not among them.
        """
        return frozenset(
            f"{form.canonical}#{rule.code}"
            for form in self.forms
            if form.protocol is not None
            for rule in form.protocol.red_flags
            if not rule.urgent
        )

    def planned(self, name: str) -> Form | None:
        """Return a form by the name that the plan gives it."""
        return next((form for form in self.forms if form.name == name), None)


def read_library(
    assets: Path = ASSETS, plan: dict[str, object] | None = None
) -> Library:
    """Read the plan (a site's own, or ours) and its forms.

    Raises ClinicalFileError, QuestionnaireRefusedError or OSError: a form that a plan
    names and that cannot be used is a fault of the deployment, told at the start.
    """
    protocols = assets / "protocols"
    found = load_plan(plan or _read(protocols / "plan.json"))
    forms = []
    for planned in found.forms:
        resource = _read(assets / "questionnaires" / planned.file)
        questionnaire = load(resource, canonical=planned.questionnaire).questionnaire
        rules = planned.rules
        protocol = load_protocol(_read(protocols / rules)) if rules else None
        if protocol is not None:
            _check(protocol, questionnaire)
        forms.append(
            Form(
                planned.form,
                f"{questionnaire.canonical}|{questionnaire.version or ''}",
                questionnaire,
                protocol,
                planned.verbatim,
            )
        )
    return Library(found, forms)


def _check(protocol: Protocol, questionnaire: Questionnaire) -> None:
    """Refuse rules that are of another form: they would find no danger in this one."""
    if protocol.questionnaire != questionnaire.canonical:
        raise ClinicalFileError(f"{protocol.protocol}: questionnaire")
    unknown = sorted(each for each in protocol.link_ids if not questionnaire.item(each))
    if unknown:
        raise ClinicalFileError(f"{protocol.protocol}: {', '.join(unknown)}")


def _read(path: Path) -> object:
    return json.loads(path.read_bytes())
