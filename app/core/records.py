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


def _flagged(value: Json) -> bool:
    """Tell whether an answer raised a red flag when it was given."""
    return bool(as_mapping(value).get("flags"))


def _urgent(value: Json) -> bool:
    return as_mapping(value).get("level") == "urgent"


def _alone(value: Json) -> bool:
    return as_mapping(value).get("who") in ("nobody", "not-parent")


_NOT_SAID = frozenset({"not-asked", "unknown", "unable", "refused"})


def _said_prevails(winner: Json, loser: Json) -> bool:
    """What is known makes "not asked", "unknown" and "refused" moot."""
    return not _is_unsaid(winner) and _is_unsaid(loser)


def _is_unsaid(value: Json) -> bool:
    if value is None or value in ("unknown", ""):
        return True
    members = as_mapping(value)
    return members.get("status", members.get("who")) in _NOT_SAID


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
            "plan": APPEND,
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
            "status": LATEST,
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
        RecordType.SCORE: {"response": LATEST, "result": LATEST},
    }
)

_ANSWER = FieldPolicy(positive=_flagged)


def policy(record_type: str, name: str) -> FieldPolicy:
    """Return how a field merges; an unknown one keeps all its values for review."""
    if record_type == RecordType.QUESTIONNAIRE_RESPONSE and name.startswith(
        ANSWER_PREFIX
    ):
        return _ANSWER
    return _POLICIES.get(record_type, {}).get(name, REGISTER)


def is_known(record_type: str, name: str) -> bool:
    """Tell whether this version shows the field."""
    if name == ENTERED_IN_ERROR or name.startswith(ANSWER_PREFIX):
        return True
    return name in _POLICIES.get(record_type, {})
