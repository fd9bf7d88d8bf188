"""Records as screens read them: projections of documents, rebuilt at any time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

from app.core.birth import Birth, birth_from_json
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.document_pack import PackedFields
from app.core.merge import Document, Shown
from app.core.records import (
    ANSWER_PREFIX,
    ENTERED_IN_ERROR,
    RecordType,
    policy,
)
from app.core.values import (
    Accompaniment,
    Arrival,
    Interpretation,
    PersonName,
    ResponseStatus,
    Sex,
    Who,
    flags_of_answer,
)

_SEXES: dict[str, Sex] = {each.value: each for each in Sex}


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
        fields = self.document.fields
        if isinstance(fields, PackedFields):
            writes = fields.writes
            if len(writes) == 1:  # Mostly: nobody contradicts, and no rule is asked.
                return cast("Json", writes[0][5].get(name))
            heads = fields.values_of(name)
            if len(heads) <= 1:
                return heads[0] if heads else None
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
        return sex_of(self.value("sex"))

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

    def company_unasked(self, on: date) -> bool:
        """Tell whether nobody asked with whom somebody is who may be a child."""
        may_be_child = self.birth is not None and self.birth.may_be_child(on)
        return may_be_child and self.accompaniment.who is Who.NOT_ASKED


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
            for flag in flags_of_answer(write.value)
        }


def sex_of(value: Json) -> Sex:
    """Read the field `sex`; unknown codes read as unknown."""
    return _SEXES.get(value, Sex.UNKNOWN) if isinstance(value, str) else Sex.UNKNOWN


def reader(document: Document) -> Callable[[str], Json]:
    """Return what gives the value shown of a field, or None; see View.value.

    For one record of which many fields are read: mostly no two writes contradict.
    """
    fields = document.fields
    if not isinstance(fields, PackedFields):
        return View(document).value
    if len(fields.writes) == 1:
        only: dict[str, Json] = fields.writes[0][5]
        return only.get
    values: dict[str, Json] = {}
    heads = 0
    for write in fields.writes:
        values.update(write[5])
        heads += len(write[5])
    return values.get if heads == len(values) else View(document).value


def by_type(documents: Iterable[Document], kind: RecordType) -> list[Document]:
    """Return the documents of one type, in order of their ids."""
    found = [d for d in documents if d.record_type == kind]
    if len(found) > 1:
        found.sort(key=lambda document: document.record_id)
    return found


def patient_view(documents: Iterable[Document]) -> PatientView | None:
    """Return the Patient among a patient's documents, or None where it is missing."""
    found = by_type(documents, RecordType.PATIENT)
    return PatientView(found[0]) if found else None


def phones_of(documents: Iterable[Document]) -> tuple[str, ...]:
    """Return a patient's phone numbers that stand, in order of their records."""
    views = [View(d) for d in by_type(documents, RecordType.CONTACT_POINT)]
    return tuple(v.text("value") for v in views if not v.entered_in_error)


def responses(documents: Iterable[Document]) -> list[ResponseView]:
    """Return a patient's questionnaire responses, in order of their ids."""
    found = by_type(documents, RecordType.QUESTIONNAIRE_RESPONSE)
    return [ResponseView(d) for d in found]


def red_flags(documents: Iterable[Document]) -> tuple[str, ...]:
    """Return the codes of every red flag that stands in a patient's record."""
    found = dict.fromkeys(f for view in responses(documents) for f in view.flags())
    return tuple(found)
