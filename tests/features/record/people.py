"""People of a test, written on one tablet by real changes."""

from app.clinic import registration
from app.clinic.desk import Desk
from app.clinic.registration import Registered, Registration, Relationship, Relative
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.records import RecordType
from app.core.values import NameStatus, PersonName, Sex


def named(latin: str, original: str = "") -> PersonName:
    """A name as said."""
    return PersonName(NameStatus.SAID, original, latin)


def register(desk: Desk, latin: str, relative: Relative | None = None) -> Registered:
    """Register somebody."""
    given = Registration(Sex.FEMALE, name=named(latin), relative=relative)
    made = registration.register(
        given, desk.vault.patient_id_of_card, desk.ids, desk.wall()
    )
    desk.save(made.change)
    return made


def child_of(mother: Registered) -> Relative:
    """What links a child to its mother."""
    return Relative(mother.patient_id, Relationship.MOTHER, Relationship.CHILD)


def screen(desk: Desk, person: Registered, number: int = 1) -> str:
    """Save a finished screening with a score, a measurement and a red flag."""
    response_id = f"response-{number}"
    answer: dict[str, Json] = {
        "values": [{"valueBoolean": True}],
        "flags": ["suicide-risk"],
    }
    change = Change()
    change.set(
        RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, response_id, person.patient_id),
        {
            "questionnaire": "https://example.org/form|1",
            "encounter": person.encounter_id,
            "status": {"status": "completed"},
            "answer.:q9": answer,
        },
    )
    for kind in (RecordType.SCORE, RecordType.OBSERVATION):
        key = RecordKey(kind, f"{kind.value}-{number}", person.patient_id)
        change.set(key, {"response": response_id})
    desk.save(change)
    return response_id
