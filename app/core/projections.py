"""Records as screens read them: projections of documents, rebuilt at any time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.birth import Birth, birth_from_json
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.merge import Document, Shown, Write
from app.core.records import ANSWER_PREFIX, ENTERED_IN_ERROR, RecordType, policy
from app.core.values import (
    Accompaniment,
    Arrival,
    EncounterStatus,
    Interpretation,
    PersonName,
    ResponseStatus,
    Sex,
)


@dataclass(frozen=True, slots=True)
class View:
    """A document, and what is shown of each of its fields."""

    document: Document

    @property
    def record_id(self) -> str:
        """The record's id."""
        return self.document.record_id

    def shown(self, name: str) -> Shown | None:
        """Return what is shown of a field, with who wrote it and what it conflicts."""
        return self.document.shown(name, policy(self.document.record_type, name))

    def value(self, name: str) -> Json:
        """Return the value shown of a field, or None."""
        shown = self.shown(name)
        return None if shown is None else shown.value

    def text(self, name: str) -> str:
        """Return a field that is text, or nothing."""
        value = self.value(name)
        return value if isinstance(value, str) else ""

    @property
    def entered_in_error(self) -> bool:
        """Whether somebody said that this record should not have been written."""
        return bool(as_mapping(self.value(ENTERED_IN_ERROR)))

    def conflicts(self) -> dict[str, Shown]:
        """Return the fields whose values a person must decide between."""
        found = {name: self.shown(name) for name in sorted(self.document.fields)}
        return {k: v for k, v in found.items() if v is not None and v.in_conflict}


@dataclass(frozen=True, slots=True)
class PatientView(View):
    """A Patient."""

    @property
    def patient_id(self) -> str:
        """The patient's id, which is the record's."""
        return self.document.record_id

    @property
    def card(self) -> str:
        """The card's code, without hyphens, or nothing."""
        return self.text("card")

    @property
    def name(self) -> PersonName:
        """The name, or why there is none."""
        return PersonName.from_json(self.value("name"))

    @property
    def sex(self) -> Sex:
        """FHIR administrative-gender; unknown codes read as unknown."""
        raw = self.text("sex")
        return Sex(raw) if raw in set(Sex) else Sex.UNKNOWN

    @property
    def birth(self) -> Birth | None:
        """The birth date as an interval, or None while nobody said anything."""
        return birth_from_json(self.value("birth"))

    @property
    def language(self) -> str:
        """BCP-47 tag of the language to speak, or nothing."""
        return self.text("language")

    @property
    def arrival(self) -> Arrival:
        """How and when the person arrived."""
        return Arrival.from_json(self.value("arrival"))

    @property
    def accompaniment(self) -> Accompaniment:
        """With whom a child is."""
        return Accompaniment.from_json(self.value("accompaniment"))


@dataclass(frozen=True, slots=True)
class EncounterView(View):
    """An Encounter; its statuses are appended and never conflict."""

    @property
    def started_at(self) -> int:
        """UTC milliseconds."""
        value = self.value("started_at")
        return value if isinstance(value, int) else 0

    @property
    def statuses(self) -> tuple[Write, ...]:
        """Every status that was ever written, oldest first."""
        return self.document.writes("status")

    @property
    def status(self) -> EncounterStatus:
        """The newest status; one from a newer version reads as in-progress."""
        raw = as_mapping(self.value("status")).get("status")
        known = isinstance(raw, str) and raw in set(EncounterStatus)
        return EncounterStatus(str(raw)) if known else EncounterStatus.IN_PROGRESS

    @property
    def status_at(self) -> int:
        """When the newest status was written, UTC milliseconds."""
        shown = self.shown("status")
        return self.started_at if shown is None else shown.write.effective_ms

    @property
    def site_id(self) -> str:
        """Where it takes place: the site of its first status."""
        return self.statuses[0].site_id if self.statuses else ""

    @property
    def is_open(self) -> bool:
        """Whether the person is still being cared for."""
        over = (EncounterStatus.FINISHED, EncounterStatus.CANCELLED)
        return self.status not in over and not self.entered_in_error

    @property
    def urgent(self) -> bool:
        """Whether somebody marked the person as urgent."""
        return as_mapping(self.value("urgency")).get("level") == "urgent"


@dataclass(frozen=True, slots=True)
class ResponseView(View):
    """A QuestionnaireResponse: raw answers by encoded ItemPath."""

    @property
    def questionnaire(self) -> str:
        """Canonical url and version: `url|version`."""
        return self.text("questionnaire")

    @property
    def encounter_id(self) -> str:
        """The Encounter in which it was asked."""
        return self.text("encounter")

    @property
    def status(self) -> ResponseStatus:
        """FHIR status; a record entered in error always says so."""
        if self.entered_in_error:
            return ResponseStatus.ENTERED_IN_ERROR
        raw = as_mapping(self.value("status")).get("status")
        known = isinstance(raw, str) and raw in set(ResponseStatus)
        return ResponseStatus(str(raw)) if known else ResponseStatus.IN_PROGRESS

    @property
    def stopped_reason(self) -> str:
        """Why it ended early, or nothing."""
        reason = as_mapping(self.value("status")).get("reason")
        return reason if isinstance(reason, str) else ""

    @property
    def interpreter(self) -> Interpretation:
        """Who interpreted it."""
        return Interpretation.from_json(self.value("interpreter"))

    def answers(self) -> Iterator[tuple[str, Shown]]:
        """Yield each answer's encoded path and what is shown of it."""
        for name in sorted(self.document.fields):
            if name.startswith(ANSWER_PREFIX):
                shown = self.shown(name)
                if shown is not None and shown.value is not None:
                    yield name.removeprefix(ANSWER_PREFIX), shown

    def flags(self) -> tuple[str, ...]:
        """Return the codes of the red flags that its answers raised.

        Of answers that conflict each one counts: a danger is not hidden by another.
        """
        return tuple(self.raised_at())

    def raised_at(self) -> dict[str, int]:
        """Return when each red flag was raised, UTC milliseconds."""
        if self.entered_in_error:
            return {}
        names = sorted(n for n in self.document.fields if n.startswith(ANSWER_PREFIX))
        return {
            flag: write.effective_ms
            for name in names
            for write in self.document.writes(name)
            for flag in _texts(as_mapping(write.value).get("flags"))
        }


def _texts(value: Json) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(v for v in value if isinstance(v, str))
    return ()


def by_type(documents: Iterable[Document], kind: RecordType) -> list[Document]:
    """Return the documents of one type, in order of their ids."""
    found = [d for d in documents if d.record_type == kind]
    return sorted(found, key=lambda document: document.record_id)


def patient_view(documents: Iterable[Document]) -> PatientView | None:
    """Return the Patient among a patient's documents, or None where it is missing."""
    found = by_type(documents, RecordType.PATIENT)
    return PatientView(found[0]) if found else None


def encounters(documents: Iterable[Document]) -> list[EncounterView]:
    """Return a patient's encounters, oldest first."""
    found = [EncounterView(d) for d in by_type(documents, RecordType.ENCOUNTER)]
    return sorted(found, key=lambda view: (view.started_at, view.record_id))


def responses(documents: Iterable[Document]) -> list[ResponseView]:
    """Return a patient's questionnaire responses, in order of their ids."""
    found = by_type(documents, RecordType.QUESTIONNAIRE_RESPONSE)
    return [ResponseView(d) for d in found]


def open_encounter(documents: Iterable[Document]) -> EncounterView | None:
    """Return the newest encounter that is not over, or None."""
    found = [view for view in encounters(documents) if view.is_open]
    return found[-1] if found else None


def red_flags(documents: Iterable[Document]) -> tuple[str, ...]:
    """Return the codes of every red flag that stands in a patient's record."""
    found = dict.fromkeys(f for view in responses(documents) for f in view.flags())
    return tuple(found)
