"""What people write in a simulated world."""

import random

from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.records import RecordType
from tests.convergence.model_tablet import Writes

RECORDS = [
    RecordKey(RecordType.PATIENT, "patient-1", "patient-1"),
    RecordKey(RecordType.PATIENT, "patient-2", "patient-2"),
    RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, "response-1", "patient-1"),
    RecordKey("OfANewerVersion", "new-1", "patient-2"),
]
VISITORS = [f"visitor-{number}" for number in range(8)]
FIELDS = ["name", "sex", "answer.tb/cough", "of_a_newer_version"]


def of_records(rng: random.Random) -> Writes:
    """Values of a few records, one change; others write the same fields."""
    keys = rng.sample(RECORDS, rng.choice([1, 1, 1, 2, 3]))
    names = rng.sample(FIELDS, rng.choice([1, 2]))
    return {key: dict.fromkeys(names, _value(rng)) for key in keys}


def of_a_visit(rng: random.Random) -> Writes:
    """Somebody comes and goes; nobody contradicts what is written of them."""
    who = rng.choice(VISITORS)
    visit = f"{who}-{rng.randrange(3)}"
    return {
        RecordKey(RecordType.PATIENT, who, who): {"language": _value(rng)},
        RecordKey(RecordType.ENCOUNTER, visit, who): {
            "started_at": f"{rng.randrange(1_000_000)}",
            "status": {"status": "finished"},
        },
    }


def _value(rng: random.Random) -> Json:
    number = f"{rng.randrange(1_000_000)}"
    if rng.random() < 0.3:
        return {"values": [number], "positive": rng.random() < 0.5}
    return number
