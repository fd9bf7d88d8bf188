"""Record: what is to be done."""

from dataclasses import dataclass

from app.core.canonical import Json
from app.core.merge import Document
from app.ui.glass import BreakGlass


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """Read the record; all of it that can be opened, if the glass is broken."""

    patient_id: str
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class StopListening:
    """The screen is gone."""


@dataclass(frozen=True, slots=True)
class OpenAmend:
    """Write one field of the person anew."""

    patient_id: str
    record_type: str
    record_id: str
    field: str


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Write a page of the registration anew."""

    patient_id: str
    page: str


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """Correct answers where they were asked."""

    patient_id: str
    encounter_id: str
    questionnaire: str
    response_id: str


@dataclass(frozen=True, slots=True)
class FindPeople:
    """Find whose it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Write the value that is right, in place of all that contradict each other."""

    record: Document
    field: str
    value: Json


@dataclass(frozen=True, slots=True)
class EnterInError:
    """Mark a record, with what belongs to it."""

    record: Document
    reason: str


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Write a record anew on the right person."""

    record: Document
    right_patient_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """Show the visit."""

    patient_id: str
    encounter_id: str


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """Show the notice."""

    patient_id: str
    encounter_id: str


@dataclass(frozen=True, slots=True)
class OpenFamily:
    """Register another of the family."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class OpenComeBack:
    """Begin another visit."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class OpenConfidential:
    """Write a confidential note."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class OpenDisclosure:
    """Read a confidential note."""

    patient_id: str
    record_id: str


@dataclass(frozen=True, slots=True)
class OpenRelative:
    """Show another person's record."""

    patient_id: str


Effect = (
    LoadRecord
    | StopListening
    | OpenAmend
    | OpenPage
    | OpenAnswers
    | FindPeople
    | Decide
    | EnterInError
    | MoveTo
    | OpenVisit
    | OpenNotice
    | OpenFamily
    | OpenComeBack
    | OpenConfidential
    | OpenDisclosure
    | BreakGlass
    | OpenRelative
)
