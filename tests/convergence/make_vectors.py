"""The operations of the test vectors, and what is written of them to the file.

Run as a module it prints the vectors. The committed file is never made again: a
version that gives other bytes for the same operation breaks every stored chain.
"""

import sys
from dataclasses import asdict

from app.core import canonical
from app.core.canonical import Json
from app.core.chain import ChainHead
from app.core.clock import HybridTimestamp
from app.core.operation import ChangePart, Header, Operation, encode_operation

DEVICE = "5e0b2a9c-6a51-4f0e-9a35-9f0c1d2e3f40"
PATIENT = "0f7c2c1e-5d0b-4b8e-8f6a-3b2a1c0d9e8f"
SITE = "c0a8f1de-1111-4222-8333-444455556666"


def _operation(number: int, record_type: str, **fields: Json) -> Operation:
    header = Header(
        operation_id=f"00000000-0000-4000-8000-{number:012d}",
        at=HybridTimestamp(1_790_000_000_000 + number, number % 3, DEVICE),
        practitioner_id="b7e2d1aa-7777-4888-9999-aaaabbbbcccc",
        record_type=record_type,
        record_id=f"{PATIENT[:-2]}{number:02d}",
        patient_id=PATIENT,
        site_id=SITE,
        change=ChangePart(f"10000000-0000-4000-8000-{number // 2:012d}", number % 2, 2),
    )
    replaces = dict.fromkeys(fields, (f"20000000-0000-4000-8000-{number:012d}",))
    return Operation(header, fields, replaces if number % 2 else {})


OPERATIONS = [
    _operation(0, "Patient", name={"text": "سلمى الحسن", "latin": "Salma al-Hasan"}),
    _operation(1, "Patient", birth=None, sex="female", interpreter=True),
    _operation(2, "Observation", value={"value": "37.50", "unit": "Cel"}),
    _operation(3, "QuestionnaireResponse", **{"answer.tb/ሳል": {"value": [True]}}),
    _operation(4, "Encounter", status='line\nbreak, "quote", \\ and \u2028 and 🙂'),
    _operation(5, "OfANewerVersion", z=[1, [], {}, -7, 2**53], a={"é": "é"}),
]
"""Between them: scripts, control and astral characters, nesting, null, big numbers."""


def salt_of(number: int) -> bytes:
    """A salt for a vector; real ones are random."""
    return bytes((number * 16 + n) % 256 for n in range(16))


def vectors() -> list[dict[str, Json]]:
    """Return every vector, its chain linked in order."""
    head = ChainHead(DEVICE)
    made: list[dict[str, Json]] = []
    for number, operation in enumerate(OPERATIONS):
        encoded = encode_operation(operation, salt_of(number))
        head = head.extend(encoded.header_digest)
        made.append(
            {
                "operation": _as_json(operation),
                "salt": salt_of(number).hex(),
                "header": encoded.header.decode(),
                "content": (encoded.content or b"").decode(),
                "header_digest": encoded.header_digest.hex(),
                "number": head.number,
                "link": head.digest.hex(),
                "signed": head.signed_bytes().hex(),
            }
        )
    return made


def _as_json(operation: Operation) -> Json:
    return {
        "header": {**asdict(operation.header)},
        "fields": operation.fields,
        "replaces": {name: list(ids) for name, ids in operation.replaces.items()},
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(canonical.encode(vectors()))
