"""A site's plan: which forms are due at which station, and for which ages."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from app.core.questionnaire.ages import AgeInterval, Ages, Fit
from app.core.questionnaire.protocol import (
    ClinicalFileError,
    ClinicalPart,
    Words,
    Years,
    places_of,
)

Station = Literal["registration", "triage", "nurse"]


class PlannedForm(ClinicalPart):
    """One form of a plan.

    `questionnaire` is its canonical name, `file` and `rules` are names in the folders
    questionnaires and protocols. The words of a form that is `verbatim` may be shown
    in its own languages alone, never translated.
    """

    form: Words
    questionnaire: Words
    file: Words
    rules: Words | None
    stations: Annotated[list[Station], Field(min_length=1)]
    verbatim: bool
    min_age_years: Years | None = None
    max_age_years: Years | None = None

    @property
    def ages(self) -> Ages:
        """The ages that the form is for."""
        return Ages(self.min_age_years, self.max_age_years)


class Plan(ClinicalPart):
    """The forms of a site, in the order in which they are offered."""

    plan: Words
    version: Words
    source: Words
    review: Words
    forms: list[PlannedForm]

    def form(self, name: str) -> PlannedForm | None:
        """Return a form by its name."""
        return next((each for each in self.forms if each.form == name), None)


@dataclass(frozen=True, slots=True)
class DueForm:
    """A form to offer; `age_is_uncertain` asks for caution: look at its ages first."""

    form: PlannedForm
    age_is_uncertain: bool


def load_plan(resource: object) -> Plan:
    """Read the JSON of a plan strictly; raise ClinicalFileError."""
    try:
        plan = Plan.model_validate(resource)
    except ValidationError as error:
        raise ClinicalFileError(places_of(error)) from error
    if len({each.form for each in plan.forms}) != len(plan.forms):
        raise ClinicalFileError("forms")
    return plan


def due(plan: Plan, station: str, age: AgeInterval | None) -> tuple[DueForm, ...]:
    """Return the forms due at a station; `age` None means that it is not known."""
    fits = (
        (each, each.ages.fit(age)) for each in plan.forms if station in each.stations
    )
    return tuple(
        DueForm(form, fit is Fit.PERHAPS) for form, fit in fits if fit is not Fit.NO
    )
