"""Encounters: states are appended, never replaced; who left is kept with a reason."""

from enum import StrEnum

from app.clinic.registration import Registration, start_encounter, update
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping
from app.core.encounters import EncounterView
from app.core.ids import Ids
from app.core.records import RecordType
from app.core.values import EncounterStatus

LATER, NOW = "later", "now"
NO_NEWS = Registration()
"""Of somebody who came back and said nothing new."""


class LeftReason(StrEnum):
    """Why somebody left before the end."""

    OWN_WISH = "own-wish"
    MOVED_ON = "moved-on"
    NOT_FOUND = "not-found"
    TOO_LONG = "too-long"
    HOSPITAL = "hospital"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why a visit should never have been begun."""

    MISTAKE = "mistake"
    TWICE = "twice"
    OTHER = "other"


def encounter_key(patient_id: str, encounter_id: str) -> RecordKey:
    """Return the key of an Encounter."""
    return RecordKey(RecordType.ENCOUNTER, encounter_id, patient_id)


def set_status(key: RecordKey, status: EncounterStatus) -> Change:
    """Append a state to an Encounter."""
    change = Change()
    change.set(key, {"status": {"status": status.value}})
    return change


def leave(key: RecordKey, reason: LeftReason) -> Change:
    """End an Encounter of somebody who left before the end."""
    status = {"status": EncounterStatus.FINISHED.value, "left": reason.value}
    change = Change()
    change.set(key, {"status": status})
    return change


def cancel(key: RecordKey, reason: CancelReason) -> Change:
    """End an Encounter that should not have been begun."""
    status = {"status": EncounterStatus.CANCELLED.value, "reason": reason.value}
    change = Change()
    change.set(key, {"status": status})
    return change


def set_urgency(key: RecordKey, *, urgent: bool) -> Change:
    """Say that somebody should be seen first, or no longer."""
    change = Change()
    change.set(key, {"urgency": {"level": "urgent" if urgent else "routine"}})
    return change


def plan(key: RecordKey, canonical: str, *, later: bool) -> Change:
    """Append that a form of an Encounter waits until later, or waits no more."""
    change = Change()
    when = LATER if later else NOW
    change.set(key, {"plan": {"form": canonical, "when": when}})
    return change


def for_later(encounter: EncounterView) -> frozenset[str]:
    """Return the canonical names of the forms that wait: the newest word counts."""
    said = [as_mapping(w.value) for w in encounter.plans]
    newest = {str(each.get("form")): each.get("when") for each in said}
    return frozenset(form for form, when in newest.items() if when == LATER)


def come_back(
    patient_id: str, ids: Ids, now_ms: int, news: Registration = NO_NEWS
) -> tuple[str, Change]:
    """Start a new Encounter for somebody who is registered; return its id too.

    What they say anew is written with it, and their record stays the same one.
    """
    change = update(patient_id, news, ids)
    encounter_id = start_encounter(change, patient_id, ids, now_ms)
    return encounter_id, change
