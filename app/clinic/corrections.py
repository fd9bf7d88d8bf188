"""Correcting what was saved: the old value stays in view, with author and reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.clinic.consents import consent_key
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping
from app.core.ids import RecordIds
from app.core.merge import Document
from app.core.projections import View
from app.core.records import ENTERED_IN_ERROR, RecordType


def key_of(document: Document) -> RecordKey:
    """Return the key by which a record is written."""
    return RecordKey(document.record_type, document.record_id, document.patient_id)


def amend(document: Document, field: str, value: Json) -> Change:
    """Write a field anew; the author's view of it is replaced, never erased."""
    change = Change()
    change.set(key_of(document), {field: value})
    return change


def belonging(documents: Iterable[Document], record_id: str) -> list[Document]:
    """Return a record with what was made from it, or in it.

    They go together: a score without its answers would stand for nobody's answers, and
    a visit takes along the screenings that were made in it.
    """
    found = list(documents)
    ids = {record_id}
    for _step in ("screenings of the visit", "what was made from them"):
        ids |= {d.record_id for d in found if ids & _owners(d)}
    return [d for d in found if d.record_id in ids]


def _owners(document: Document) -> set[str]:
    view = View(document)
    return {view.text("response"), view.text("encounter")} - {""}


def enter_in_error(documents: Iterable[Document], reason: str) -> Change:
    """Mark records as entered in error: the only way out of sight for a positive."""
    change = Change()
    for document in documents:
        change.set(key_of(document), {ENTERED_IN_ERROR: _error(reason, None)})
    return change


@dataclass(frozen=True, slots=True)
class RightPerson:
    """Whose the records are, and the visit that they then belong to, if any."""

    patient_id: str
    encounter_id: str = ""


def move_to(
    documents: Iterable[Document], right: RightPerson, reason: str, ids: RecordIds
) -> Change:
    """Write records of the wrong person anew on the right one, in one change.

    The wrong ones stay, marked with the reason and where they went. A Patient does
    not move, nor does what was marked as an error before.
    """
    change = Change()
    found = [d for d in documents if _can_move(d)]
    moved = {d.record_id: _target(d, right.patient_id, ids) for d in found}
    for document in found:
        target = moved[document.record_id]
        key = RecordKey(document.record_type, target, right.patient_id)
        fields = _copied(document, moved)
        if View(document).text("encounter") not in {"", *moved}:
            fields["encounter"] = right.encounter_id
        change.set(key, fields)
        change.set(key_of(document), {ENTERED_IN_ERROR: _error(reason, target)})
    return change


def _can_move(document: Document) -> bool:
    is_patient = document.record_type == RecordType.PATIENT
    return not is_patient and not View(document).entered_in_error


def _target(document: Document, patient_id: str, ids: RecordIds) -> str:
    """Return the id of the copy; a person has one Consent a purpose, everywhere."""
    if document.record_type != RecordType.CONSENT:
        return ids.new()
    purpose = as_mapping(View(document).value("purpose"))
    code, service = str(purpose.get("code", "")), str(purpose.get("service", ""))
    return consent_key(patient_id, code, service, ids).record_id


def _copied(document: Document, moved: dict[str, str]) -> dict[str, Json]:
    """Return the shown values, with ids of records that moved along renamed."""
    view = View(document)
    values = {name: view.value(name) for name in document.fields}
    return {k: _renamed(v, moved) for k, v in values.items() if v is not None}


def _renamed(value: Json, moved: dict[str, str]) -> Json:
    return moved.get(value, value) if isinstance(value, str) else value


def _error(reason: str, moved_to: str | None) -> dict[str, Json]:
    return {
        "reason": reason,
        "wrong_person": moved_to is not None,
        "moved_to": moved_to,
    }
