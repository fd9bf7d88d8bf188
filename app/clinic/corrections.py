"""Correcting what was saved: the old value stays in view, with author and reason."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from app.clinic.registration import Relationship, inverse
from app.core.canonical import Json
from app.core.change import Change, Heads, RecordKey
from app.core.merge import Document
from app.core.projections import View, by_type
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import Sex


class ErrorReason(StrEnum):
    """Why something was written in error."""

    MISTYPED = "mistyped"
    MISUNDERSTOOD = "misunderstood"
    TWICE = "twice"
    NOT_ASKED = "not-asked"
    CORRECTED = "corrected"
    """A correction of answers took it away."""


def key_of(document: Document) -> RecordKey:
    """Return the key by which a record is written."""
    return RecordKey(document.record_type, document.record_id, document.patient_id)


def amend(document: Document, field: str, value: Json, seen: Heads) -> Change:
    """Write a field anew; the heads that its author saw are replaced, never erased."""
    change = Change()
    change.set(key_of(document), {field: value}, {field: seen})
    return change


def belonging(documents: Iterable[Document], record_id: str) -> list[Document]:
    """Return a record with what was made from it, or in it.

    A score without its answers would stand for nobody's answers, and a visit takes
    along the screenings that were made in it.
    """
    found = list(documents)
    ids = {record_id}
    for _step in ("screenings of the visit", "what was made from them"):
        ids |= {d.record_id for d in found if ids & _owners(d)}
    return [d for d in found if d.record_id in ids]


def _owners(document: Document) -> set[str]:
    view = View(document)
    return {view.text("response"), view.text("encounter")} - {""}


def mirrors_of(
    documents: Iterable[Document], look_up: Callable[[str], Iterable[Document]]
) -> list[Document]:
    """Return what the other persons' records say of the same relations.

    `look_up` returns the records of a patient, as far as they are on this tablet.
    """
    found: dict[str, Document] = {}
    for link in by_type(documents, RecordType.RELATED_PERSON):
        others = look_up(View(link).text("other"))
        backs = [
            document
            for document in by_type(others, RecordType.RELATED_PERSON)
            if document.record_id not in found and _is_back(link, document)
        ]
        found.update({document.record_id: document for document in backs[:1]})
    return list(found.values())


def _is_back(link: Document, document: Document) -> bool:
    back, relationship = View(document), View(link).text("relationship")
    if back.entered_in_error or back.text("other") != link.patient_id:
        return False
    if relationship not in set(Relationship):
        return True
    this_is = Relationship(relationship)
    return back.text("relationship") in {inverse(this_is, sex) for sex in Sex}


def enter_in_error(documents: Iterable[Document], reason: str) -> Change:
    """Mark records as entered in error: the only way out of sight for a positive."""
    change = Change()
    for document in documents:
        change.set(key_of(document), {ENTERED_IN_ERROR: error(reason)})
    return change


def error(
    reason: str, *, wrong_person: bool = False, moved_to: str | None = None
) -> dict[str, Json]:
    """Return the value of the field `entered_in_error`; `reason` is an ErrorReason."""
    return {"reason": reason, "wrong_person": wrong_person, "moved_to": moved_to}
