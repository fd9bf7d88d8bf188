"""Clinical rules as data: scores, bands and red flags, each with its source."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.core.questionnaire.ages import Ages
from app.core.questionnaire.texts import Text
from app.core.questionnaire.values import Coding, Value, value_of

REVIEWED = "reviewed by a clinician"
"""What `review` says once somebody stands behind the rules."""

Words = Annotated[str, Field(min_length=1)]
Figure = Annotated[str, Field(pattern=r"^-?\d{1,9}(\.\d{1,9})?$")]
Years = Annotated[int, Field(ge=0, le=150)]


class ClinicalFileError(ValueError):
    """A clinical file is not as it must be; the message names the places."""


class ClinicalPart(BaseModel):
    """Something read from a clinical file: nothing unknown, nothing converted."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True
    )


class Code(ClinicalPart):
    """The code under which a score is reported."""

    system: Words
    code: Words
    display: Words

    @property
    def coding(self) -> Coding:
        """The code as a coding."""
        return Coding(self.system, self.code, self.display)


class Band(ClinicalPart):
    """What a range of totals means.

    `is_decided_early`: it holds as soon as its minimum is reached, whatever is missing.
    """

    code: Words
    minimum: Figure
    maximum: Figure
    meaning: Words
    is_positive: bool = False
    is_decided_early: bool = False

    def includes(self, total: Decimal) -> bool:
        """Say if a total lies in the band, both ends included."""
        return Decimal(self.minimum) <= total <= Decimal(self.maximum)


class ScoreRule(ClinicalPart):
    """How a total is made: of the options' weights, or of the answers "yes"."""

    method: Literal["sum-of-weights", "count-of-yes"]
    items: Annotated[list[Words], Field(min_length=1)]
    bands: Annotated[list[Band], Field(min_length=1)]
    source: Words
    code: Code | None = None
    total_link_id: Words | None = None

    @model_validator(mode="after")
    def _bands_follow_each_other(self) -> Self:
        ends = [(Decimal(b.minimum), Decimal(b.maximum)) for b in self.bands]
        rising = [end for pair in ends for end in pair]
        if rising != sorted(rising) or len(set(self.items)) != len(self.items):
            raise ValueError("bands must rise and items must differ")
        return self


class FlagCondition(ClinicalPart):
    """A condition on an answer: its FHIR value, or the weight of its option."""

    link_id: Words
    operator: Literal["=", "!=", ">", "<", ">=", "<="]
    answer: dict[str, object] | None = None
    weight: Figure | None = None

    @model_validator(mode="after")
    def _compares_one_thing(self) -> Self:
        if (self.answer is None) == (self.weight is None):
            raise ValueError("give an answer or a weight")
        if self.answer is not None and value_of(self.answer) is None:
            raise ValueError("the answer has no value[x]")
        return self

    @property
    def operand(self) -> Value:
        """The value to compare with."""
        found = value_of(self.answer or {})
        return found if found is not None else Value.decimal(self.weight or "0")


class RedFlagRule(ClinicalPart):
    """A danger that staff must see at once: all conditions must hold."""

    code: Words
    text: Words
    action: Words
    source: Words
    urgent: bool
    when: Annotated[list[FlagCondition], Field(min_length=1)]
    min_age_years: Years | None = None
    max_age_years: Years | None = None

    @property
    def ages(self) -> Ages:
        """The ages that the rule is for."""
        return Ages(self.min_age_years, self.max_age_years)


class PlausibleRange(ClinicalPart):
    """What a measured item usually shows; outside it staff are asked, never stopped.

    The figures are in the item's own unit.
    """

    link_id: Words
    minimum: Figure
    maximum: Figure
    source: Words


class Protocol(ClinicalPart):
    """The clinical rules of one questionnaire.

    `reference_period` says of which time it asks, to both; `note` says to staff what
    the rules do not look at.
    """

    protocol: Words
    questionnaire: Words
    title: Words
    version: Words
    source: Words
    review: Words
    language: Words
    min_age_years: Years | None = None
    max_age_years: Years | None = None
    reference_period: Words | None = None
    note: Words | None = None
    score: ScoreRule | None = None
    red_flags: list[RedFlagRule] = []
    plausible: list[PlausibleRange] = []

    @property
    def ages(self) -> Ages:
        """The ages that the rules are for."""
        return Ages(self.min_age_years, self.max_age_years)

    def text(self, words: str, code: str) -> Text:
        """Return words of the protocol as a text that can be translated."""
        return Text(words, f"{self.questionnaire}#{code}", self.language)

    @property
    def is_reviewed(self) -> bool:
        """Whether a clinician stands behind the rules."""
        return self.review == REVIEWED

    @property
    def period(self) -> Text | None:
        """Of which time it asks, to be read by staff and aloud."""
        words = self.reference_period
        return self.text(words, "reference-period") if words else None

    @property
    def staff_note(self) -> Text | None:
        """What staff should know of the rules."""
        return self.text(self.note, "note") if self.note else None

    @property
    def link_ids(self) -> frozenset[str]:
        """The link ids that the rules name."""
        found = {c.link_id for rule in self.red_flags for c in rule.when}
        found |= {each.link_id for each in self.plausible}
        if self.score is not None:
            found |= {*self.score.items}
            found |= {*filter(None, [self.score.total_link_id])}
        return frozenset(found)

    def translatable_strings(self) -> list[tuple[str, str]]:
        """Return context and text of all that people read."""
        bands = self.score.bands if self.score else []
        found = [(self.text(b.meaning, b.code)) for b in bands]
        for flag in self.red_flags:
            found += [
                self.text(flag.text, flag.code),
                self.text(flag.action, flag.code),
            ]
        found.append(self.text(self.title, ""))
        found += [text for text in (self.period, self.staff_note) if text is not None]
        return [(text.context, text.source) for text in found]


def load_protocol(resource: object) -> Protocol:
    """Read the JSON of a protocol strictly; raise ClinicalFileError."""
    try:
        return Protocol.model_validate(resource)
    except ValidationError as error:
        raise ClinicalFileError(places_of(error)) from error


def places_of(error: ValidationError) -> str:
    """Name the places that are wrong, without what stands there."""
    found = (".".join(map(str, each["loc"])) or "file" for each in error.errors())
    return ", ".join(dict.fromkeys(found))
