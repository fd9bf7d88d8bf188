"""Record types and their fields: FHIR R4 names, and how each field merges.

A type or field that is not named here is folded and kept all the same; it is only
not shown. Values are JSON without floats; their shapes stand in `values`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.core.birth import birth_prevails
from app.core.canonical import Json
from app.core.document_json import as_mapping
from app.core.merge import FieldPolicy, Kind

ANSWER_PREFIX = "answer."
"""Fields of a QuestionnaireResponse: this, then the encoded ItemPath."""

ENTERED_IN_ERROR = "entered_in_error"
"""Field of every record: {"reason", "wrong_person": bool, "moved_to": id or null}."""

STATUS_HISTORY = "status_history"
PLAN_HISTORY = "plan_history"
"""Field of an Encounter that was moved: its statuses as they were written before."""


class RecordType(StrEnum):
    """FHIR resource types, and ContactPoint, of which a person has several."""

    PATIENT = "Patient"
    RELATED_PERSON = "RelatedPerson"
    CONTACT_POINT = "ContactPoint"
    ENCOUNTER = "Encounter"
    COMMUNICATION = "Communication"
    CONSENT = "Consent"
    QUESTIONNAIRE_RESPONSE = "QuestionnaireResponse"
    OBSERVATION = "Observation"
    SCORE = "Score"
    AUDIT_EVENT = "AuditEvent"
    """Of a device, in nobody's record (see audit): it is never folded."""
    CONFIDENTIAL_NOTE = "ConfidentialNote"
    """A disclosure, sealed to its readers before it is written (see confidential)."""


def _positive(value: Json) -> bool:
    """Tell whether an answer raised a red flag, or named a symptom, when given."""
    members = as_mapping(value)
    return bool(members.get("flags")) or members.get("positive") is True


def _says_the_same(one: Json, other: Json) -> bool:
    """Two answers agree whoever asked them, and in whatever languages."""
    left, right = as_mapping(one), as_mapping(other)
    if not (left.get("values") or left.get("absent")):
        return False
    return all(left.get(k) == right.get(k) for k in ("values", "absent"))


_DONE = ("completed", "amended")
_NOT_DONE = ("in-progress", "stopped")


def _done_prevails(winner: Json, loser: Json) -> bool:
    """A screening that somebody finished is not undone by who did not see that."""
    status = as_mapping(loser).get("status")
    return as_mapping(winner).get("status") in _DONE and status in _NOT_DONE


def _urgent(value: Json) -> bool:
    return as_mapping(value).get("level") == "urgent"


def _alone(value: Json) -> bool:
    return as_mapping(value).get("who") in ("nobody", "not-parent")


# Tuples, not sets: what a newer version wrote may be a list, which has no hash.
_UNASKED: tuple[Json, ...] = (None, "", "unknown", "not-asked")
_NO_ANSWER: tuple[Json, ...] = ("refused", "unable")


def _said_prevails(winner: Json, loser: Json) -> bool:
    """What is known makes "refused" and "unable" moot, and all three "not asked"."""
    return _told(winner) > _told(loser)


def _told(value: Json) -> int:
    """Return 0 where nobody asked or knows, 1 where there was no answer, else 2."""
    code = value
    if isinstance(value, Mapping):
        code = value.get("status", value.get("who", "said")) if value else None
    if code in _UNASKED:
        return 0
    return 1 if code in _NO_ANSWER else 2


REGISTER = FieldPolicy()
_SAID = FieldPolicy(prevails=_said_prevails)
LATEST = FieldPolicy(Kind.LATEST)
APPEND = FieldPolicy(Kind.APPEND)

_POLICIES: Mapping[str, Mapping[str, FieldPolicy]] = MappingProxyType(
    {
        RecordType.PATIENT: {
            "card": LATEST,
            "name": _SAID,
            "sex": _SAID,
            "birth": FieldPolicy(prevails=birth_prevails),
            "language": LATEST,
            "languages": LATEST,
            "interpreter": LATEST,
            "origin": _SAID,
            "arrival": REGISTER,
            "accompaniment": FieldPolicy(prevails=_said_prevails, positive=_alone),
        },
        RecordType.RELATED_PERSON: {"other": REGISTER, "relationship": REGISTER},
        RecordType.CONTACT_POINT: {"system": REGISTER, "value": REGISTER},
        RecordType.ENCOUNTER: {
            "started_at": LATEST,
            "status": APPEND,
            STATUS_HISTORY: LATEST,
            "plan": APPEND,
            PLAN_HISTORY: LATEST,
            "urgency": FieldPolicy(positive=_urgent),
        },
        RecordType.COMMUNICATION: {"notice": LATEST},
        RecordType.CONSENT: {
            "purpose": LATEST,
            "decision": REGISTER,
        },
        RecordType.QUESTIONNAIRE_RESPONSE: {
            "questionnaire": LATEST,
            "encounter": LATEST,
            "status": FieldPolicy(Kind.LATEST, prevails=_done_prevails),
            "languages": LATEST,
            "interpreter": LATEST,
            "accompanied_by": LATEST,
        },
        RecordType.OBSERVATION: {
            "code": LATEST,
            "value": REGISTER,
            "effective_at": LATEST,
            "response": LATEST,
        },
        RecordType.SCORE: {"response": LATEST, "result": REGISTER},
        RecordType.AUDIT_EVENT: {"recorded": LATEST},
        RecordType.CONFIDENTIAL_NOTE: {"note": REGISTER},
    }
)

_ANSWER = FieldPolicy(prevails=_says_the_same, positive=_positive)


def policy(record_type: str, name: str) -> FieldPolicy:
    """Return how a field merges; an unknown one keeps all its values for review."""
    if record_type == RecordType.QUESTIONNAIRE_RESPONSE and name.startswith(
        ANSWER_PREFIX
    ):
        return _ANSWER
    return _POLICIES.get(record_type, {}).get(name, REGISTER)
