"""Trains the vault's compression dictionary, on invented records of our own forms.

    python -m tests.support.dictionary > app/storage/dictionary_2.py

A version that was released is kept for ever as it is: what was sealed with it can be
read with nothing else. Names and answers here are in no test and in no benchmark.
"""

import base64
import json
import random
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import zstandard

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.document_json import as_mapping
from app.core.document_pack import pack
from app.core.merge import Document, new_document
from app.core.operation import EncodedOperation
from app.core.records import RecordType
from app.storage.stored_operation import State, StoredOperation, to_bytes
from tests.support.operations import WritingDevice

SIZE = 12 * 1024
PEOPLE = 400
FORMS = Path(__file__).parents[2] / "assets" / "questionnaires"
GIVEN = ("Ivana", "Demba", "Nasrin", "Tomas", "Lucia", "Goran", "مها", "سعيد", "Ніна")
FAMILY = ("Kovac", "Traore", "Moradi", "Silva", "Petrov", "بركات", "Бойко", "ኪዳነ")
WORDS = [
    "fever",
    "cough",
    "since",
    "two",
    "days",
    "headache",
    "no",
    "medicine",
    "at",
    "home",
    "travelled",
    "by",
    "boat",
    "and",
    "bus",
    "sleeps",
    "badly",
    "pain",
    "in",
    "the",
    "left",
    "knee",
    "wound",
    "clean",
    "dressing",
    "changed",
    "pregnant",
    "month",
    "allergic",
    "to",
    "nothing",
    "known",
    "asked",
    "again",
    "tomorrow",
    "interpreter",
    "by",
    "phone",
]
LANGUAGES = ("fa", "tr", "pt", "sw", "ku", "ru", "ur")
CODES = ("yes", "no", "asked-declined", "unknown", "0", "1", "2", "3")


_HEAD = '''"""What is sealed in format 2 is compressed with: never to be changed.

Made by tests.support.dictionary, which says of what.
"""

import base64

DICTIONARY = base64.b85decode(
'''


def samples() -> Iterator[bytes]:
    """Yield documents and operations as they are sealed."""
    chance = random.Random(20_260_901)
    for number in range(PEOPLE):
        device = WritingDevice(_id(chance), Authorship(_id(chance), _id(chance)))
        device.ids.prefix = f"training-{number}"
        patient_id = _id(chance)
        for kind, fields in _records(chance):
            record = patient_id if kind is RecordType.PATIENT else _id(chance)
            ((operation, encoded),) = device.write(
                (RecordKey(kind, record, patient_id), fields)
            )
            document = new_document(operation).apply(operation)
            yield _document_bytes(document)
            yield _operation_bytes(device, operation.header.operation_id, encoded)


def _document_bytes(document: Document) -> bytes:
    packed = pack(document)
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


def _operation_bytes(
    device: WritingDevice, operation_id: str, encoded: EncodedOperation
) -> bytes:
    (operation,) = [
        one for one, _ in device.pending if one.header.operation_id == operation_id
    ]
    link = random.Random(operation_id).randbytes(32)
    return to_bytes(
        StoredOperation(
            operation.header, encoded, device.device_id, State.PENDING, 1, link
        )
    )


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _records(chance: random.Random) -> Iterator[tuple[RecordType, dict[str, Json]]]:
    yield RecordType.PATIENT, _patient(chance)
    yield RecordType.CONTACT_POINT, {"system": "phone", "value": _phone(chance)}
    yield RecordType.COMMUNICATION, {"notice": {"status": "given", "version": "1"}}
    yield (
        RecordType.ENCOUNTER,
        {"started_at": _time(chance), "status": {"status": "arrived"}, "plan": "nurse"},
    )
    for form in sorted(FORMS.glob("*.json")):
        yield RecordType.QUESTIONNAIRE_RESPONSE, _response(chance, form)
    yield (
        RecordType.SCORE,
        {
            "response": _id(chance),
            "result": {"total": chance.choice(CODES), "band": "mild", "complete": True},
        },
    )


def _patient(chance: random.Random) -> dict[str, Json]:
    name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    latin, original = (name, "") if name.isascii() else ("", name)
    born = f"{chance.randint(1940, 2025)}-{chance.randint(1, 12):02}-11"
    birth = {"from": born, "to": born, "precision": "day", "source": "said"}
    return {
        "card": "".join(chance.choices("23456789ABCDEFGH", k=11)),
        "name": {"status": "said", "original": original, "latin": latin},
        "sex": chance.choice(("female", "male", "other", "unknown")),
        "birth": birth,
        "origin": chance.choice(("IRN", "TUR", "CMR", "IRQ", "PAK")),
        "language": chance.choice(LANGUAGES),
        "languages": [chance.choice(LANGUAGES)],
        "interpreter": {"mode": "phone", "name": "", "language": "en"},
        "arrival": {"place": "", "vessel": "", "arrived_at": _time(chance)},
        "accompaniment": {"who": "not-asked", "name": ""},
    }


def _response(chance: random.Random, form: Path) -> dict[str, Json]:
    content = json.loads(form.read_text("utf-8"))
    fields: dict[str, Json] = {
        "questionnaire": f"http://loinc.org/q/{form.stem}|2.73",
        "encounter": _id(chance),
        "status": {"status": chance.choice(("completed", "in-progress"))},
        "languages": ["en", chance.choice(LANGUAGES)],
        "interpreter": {"mode": "none", "name": "", "language": ""},
        "note": _note(chance),
    }
    for item in _items(content):
        fields[f"answer./{item['linkId']}"] = {
            "values": [_value(chance, item)],
            "languages": ["en", chance.choice(LANGUAGES)],
        }
        fields[f"answer.{item['linkId']}"] = chance.choice(CODES)
    return fields


def _items(content: Json) -> Iterator[dict[str, Json]]:
    for item in as_mapping(content).get("item") or ():  # type: ignore[union-attr]
        yield dict(as_mapping(item))
        yield from _items(item)


def _value(chance: random.Random, item: dict[str, Json]) -> Json:
    options = item.get("answerOption")
    if isinstance(options, list) and options:
        return as_mapping(chance.choice(options))
    return f"{chance.randint(1, 200)}.{chance.randint(0, 9)}"


def _phone(chance: random.Random) -> str:
    return f"+30{chance.randint(10**9, 10**10 - 1)}"


def _time(chance: random.Random) -> int:
    return 1_750_000_000_000 + chance.randint(0, 10**10)


def _note(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(0, 60)))


def main() -> None:
    """Print the module of a dictionary's version."""
    trained = zstandard.train_dictionary(SIZE, list(samples()), level=1)
    text = base64.b85encode(trained.as_bytes()).decode()
    lines = [f'    "{text[at : at + 80]}"' for at in range(0, len(text), 80)]
    sys.stdout.write(f"{_HEAD}{chr(10).join(lines)}\n)\n")


if __name__ == "__main__":
    main()
