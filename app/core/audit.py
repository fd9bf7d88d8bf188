"""Who looked at what, took it out, or tried to: AuditEvents in FHIR R4's words. Pure.

An event is an ordinary operation of a device's chain, so its signed head covers it
too. Its patient is the device's audit subject, so that it is in nobody's record; the
person whom it is about stands inside the content.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.ids import derived_id

AGAIN_MS = 60_000
"""Somebody who looks at one record twice within this time looked at it once."""

_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_KINDS = "https://tessera.example/audit-kind"
_PRACTITIONER, _PATIENT = "Practitioner/", "Patient/"
_NOTE, _GRANT, _DEVICE = "ConfidentialNote/", "Grant/", "Device/"


class AuditKind(StrEnum):
    """What happened; a code of a newer version is kept, and shown as it is."""

    READ = "read"
    READ_NOTE = "read-note"
    """A confidential note was opened; each time counts."""
    NOTE_IN_ERROR = "note-in-error"
    """A confidential note was taken out of sight; `reason` says why."""
    NOTE_MOVED = "note-moved"
    """One was sealed anew on another person's record."""
    LOOK_UP = "look-up"
    """A person was looked up whom the tablet did not hold; the reason is beside it."""
    EXPORT = "export"
    """Records left the tablet, in the clear or sealed to somebody."""
    ERASE = "erase"
    """A person's data was erased; the reason is a code."""
    BREAK_GLASS = "break-glass"
    UNLOCK_FAILED = "unlock-failed"
    SLOT_CLOSED = "slot-closed"
    SLOT_REOPENED = "slot-reopened"
    PIN_CHOSEN = "pin-chosen"
    """A first PIN on a tablet: by whose leave stands in the event."""
    PIN_RESET = "pin-reset"
    """A PIN chosen anew without the one before."""
    GRANT_GIVEN = "grant-given"
    """Somebody was allowed a new PIN, or another try; `reason` says which."""
    RIGHT_GIVEN = "right-given"
    """Somebody may do something from now on; `reason` says what."""
    RIGHT_WITHDRAWN = "right-withdrawn"
    """Somebody, or a tablet, may do something no more."""
    SET_ASIDE_ACCEPTED = "set-aside-accepted"
    """What had been set aside was offered again at the server, and is accepted."""
    SET_ASIDE_LEFT_OUT = "set-aside-left-out"
    """A coordinator decided to leave it out; `reason` is a code."""
    EVENTS_LOST = "events-lost"


@dataclass(frozen=True, slots=True)
class _Words:
    """How FHIR says a kind: DICOM's event type, C-R-U-D-E, outcome, purpose."""

    code: str
    display: str
    action: str
    outcome: str = "0"
    purpose: str = ""


_RECORD, _EXPORT = ("110110", "Patient Record"), ("110106", "Export")
_RIGHTS = ("110137", "User Security Attributes Changed")
_LOGIN, _ALERT = ("110114", "User Authentication"), ("110113", "Security Alert")
_WORDS: Mapping[str, _Words] = {
    AuditKind.READ: _Words(*_RECORD, "R", purpose="TREAT"),
    AuditKind.READ_NOTE: _Words(*_RECORD, "R", purpose="TREAT"),
    AuditKind.NOTE_IN_ERROR: _Words(*_RECORD, "U", purpose="PATADMIN"),
    AuditKind.NOTE_MOVED: _Words(*_RECORD, "U", purpose="PATADMIN"),
    AuditKind.LOOK_UP: _Words(*_RECORD, "R", purpose="TREAT"),
    AuditKind.EXPORT: _Words(*_EXPORT, "R"),
    AuditKind.ERASE: _Words(*_RECORD, "D", purpose="HLEGAL"),
    AuditKind.BREAK_GLASS: _Words(
        "110127", "Emergency Override Started", "E", purpose="BTG"
    ),
    AuditKind.UNLOCK_FAILED: _Words(*_LOGIN, "E", "4"),
    AuditKind.SLOT_CLOSED: _Words(*_ALERT, "E", "8"),
    AuditKind.SLOT_REOPENED: _Words(*_LOGIN, "E"),
    AuditKind.PIN_CHOSEN: _Words(*_RIGHTS, "U"),
    AuditKind.PIN_RESET: _Words(*_RIGHTS, "U"),
    AuditKind.GRANT_GIVEN: _Words(*_RIGHTS, "C", purpose="HSYSADMIN"),
    AuditKind.RIGHT_GIVEN: _Words(*_RIGHTS, "C", purpose="HSYSADMIN"),
    AuditKind.RIGHT_WITHDRAWN: _Words(*_RIGHTS, "D", purpose="HSYSADMIN"),
    AuditKind.SET_ASIDE_ACCEPTED: _Words(*_RECORD, "U", purpose="PATADMIN"),
    AuditKind.SET_ASIDE_LEFT_OUT: _Words(*_RECORD, "U", purpose="PATADMIN"),
    AuditKind.EVENTS_LOST: _Words(*_ALERT, "E", "8"),
}
_OTHER = _Words(*_ALERT, "E", "8")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One event, or `count` of a kind from `recorded_at` to `ended_at` (UTC ms).

    `patient_id` is whose record it is about, or nothing, and `record_id` which note of
    it; `reason` is as it was typed.
    """

    event_id: str
    kind: str
    recorded_at: int
    practitioner_id: str
    patient_id: str = ""
    reason: str = ""
    count: int = 1
    ended_at: int | None = None
    record_id: str = ""
    owner_id: str = ""
    """Whose PIN was chosen; `practitioner_id` then is who had unlocked."""
    second_id: str = ""
    """Who stood beside as well, and gave their own PIN."""
    grant_id: str = ""
    """The coordinator's grant by which it was done, or that was given."""
    device_id: str = ""
    """The tablet on which a grant counts."""

    def fields(self) -> dict[str, Json]:
        """Return what an operation says: type, action, recorded, outcome, agent ..."""
        words = _WORDS.get(self.kind, _OTHER)
        found: dict[str, Json] = {
            "type": {"system": _DCM, "code": words.code, "display": words.display},
            "subtype": [{"system": _KINDS, "code": self.kind}],
            "action": words.action,
            "recorded": self.recorded_at,
            "outcome": words.outcome,
            "agent": self._agents(),
            "entity": [{"what": each} for each in self._entities()],
        }
        if words.purpose:
            coding: Json = [{"system": _REASONS, "code": words.purpose}]
            text: dict[str, Json] = {"text": self.reason} if self.reason else {}
            found["purposeOfEvent"] = [{"coding": coding, **text}]
        if self.ended_at is not None or self.count > 1:
            ended = self.recorded_at if self.ended_at is None else self.ended_at
            found["period"] = {"start": self.recorded_at, "end": ended}
            found["count"] = self.count
        return found

    def _agents(self) -> list[Json]:
        first: Json = {"who": _PRACTITIONER + self.practitioner_id, "requestor": True}
        second: Json = {"who": _PRACTITIONER + self.second_id, "requestor": False}
        return [first, second] if self.second_id else [first]

    def _entities(self) -> list[str]:
        named = (
            (_PATIENT, self.patient_id),
            (_NOTE, self.record_id),
            (_PRACTITIONER, self.owner_id),
            (_GRANT, self.grant_id),
            (_DEVICE, self.device_id),
        )
        return [kind + whose for kind, whose in named if whose]

    @classmethod
    def of(cls, event_id: str, fields: Mapping[str, Json]) -> "AuditEvent":
        """Read what `fields` wrote; what is missing or odd reads as nothing."""
        recorded, count = fields.get("recorded"), fields.get("count")
        ended = as_mapping(fields.get("period")).get("end")
        return cls(
            event_id,
            _text(_first(fields.get("subtype")), "code"),
            recorded if isinstance(recorded, int) else 0,
            _text(_first(fields.get("agent")), "who").removeprefix(_PRACTITIONER),
            _entity(fields.get("entity"), _PATIENT),
            _text(_first(fields.get("purposeOfEvent")), "text"),
            count if isinstance(count, int) else 1,
            ended if isinstance(ended, int) else None,
            _entity(fields.get("entity"), _NOTE),
            _entity(fields.get("entity"), _PRACTITIONER),
            _second(fields.get("agent")),
            _entity(fields.get("entity"), _GRANT),
            _entity(fields.get("entity"), _DEVICE),
        )


def audit_subject(deployment_secret: bytes, device_id: str) -> str:
    """Return the patient id under which a device's events stand: it is nobody's."""
    return derived_id(deployment_secret, device_id, "audit")


def is_again(before_ms: int | None, now_ms: int) -> bool:
    """Tell whether somebody looks at what they looked at just now."""
    return before_ms is not None and 0 <= now_ms - before_ms < AGAIN_MS


def in_parts(events: Iterable[AuditEvent], most: int) -> list[list[AuditEvent]]:
    """Return events in parts of at most so many, in their order."""
    found = list(events)
    return [found[at : at + most] for at in range(0, len(found), most)]


def _first(value: Json) -> Mapping[str, Json]:
    found = value[0] if isinstance(value, list | tuple) and value else None
    return as_mapping(found)


def _second(value: Json) -> str:
    """Return the id of the second agent, or nothing."""
    rest = value[1:] if isinstance(value, list | tuple) else ()
    return _text(_first(rest), "who").removeprefix(_PRACTITIONER)


def _entity(value: Json, kind: str) -> str:
    """Return the id of the first entity of a kind, or nothing."""
    listed = value if isinstance(value, list | tuple) else ()
    named = (_text(as_mapping(each), "what") for each in listed)
    return next((n.removeprefix(kind) for n in named if n.startswith(kind)), "")


def _text(members: Mapping[str, Json], name: str) -> str:
    found = members.get(name)
    return found if isinstance(found, str) else ""
