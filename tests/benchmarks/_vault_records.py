"""Ten thousand patients for the vault's benchmarks, as a server's feed brings them."""

import importlib.util
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import cast

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.ids import derived_id
from app.core.records import RecordType
from app.core.values import EncounterStatus, NameStatus, PersonName
from app.core.wire import FeedItem, PullResponse
from app.storage import Vault
from tests.storage.tablets import BO, PORT
from tests.support.operations import WritingDevice, envelope

SHARED = Path(__file__).parents[3] / "shared"
PAGE_CHANGES = 100

SECRET = b"of the benchmark"


def bench_records(count: int) -> Iterator[dict[str, object]]:
    """Yield the shared records; end with a clear sentence where they are absent."""
    path = SHARED / "bench_records.py"
    spec = importlib.util.spec_from_file_location("bench_records", path)
    if not path.exists() or spec is None or spec.loader is None:
        sys.exit("The records of ../shared/bench_records.py are not on this machine.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Iterator[dict[str, object]]", module.records(count))


def fill(vault: Vault, count: int) -> None:
    """Bring patients into a vault, in pages, as another tablet's changes."""
    device = WritingDevice("device-bench", Authorship(BO, PORT.site_id))
    records = bench_records(count)
    sequence = 0
    while page := list(islice(records, PAGE_CHANGES)):
        for record in page:
            device.write(*writes_of(record))
        items = tuple(
            FeedItem(
                sequence=sequence + number,
                device_id=device.device_id,
                operation=envelope(encoded),
            )
            for number, (_operation, encoded) in enumerate(device.pending, 1)
        )
        device.pending.clear()
        sequence += len(items)
        cursor = f"epoch-1.{sequence}"
        vault.apply_feed(
            PullResponse(cursor=cursor, items=items, more=True, server_ms=0)
        )


def writes_of(
    record: dict[str, object],
) -> list[tuple[RecordKey, dict[str, Json]]]:
    """Return a record as a visit writes it: four records of one change."""
    patient_id = RecordKey("", "", str(record["patient_id"])).patient_id
    return [
        (_key(RecordType.PATIENT, patient_id, patient_id), patient_fields(record)),
        (
            _key(
                RecordType.CONTACT_POINT,
                derived_id(SECRET, patient_id, "p"),
                patient_id,
            ),
            {"system": "phone", "value": str(record["phone"])},
        ),
        (
            _key(RecordType.ENCOUNTER, derived_id(SECRET, patient_id, "e"), patient_id),
            _encounter(record),
        ),
        (
            _key(
                RecordType.QUESTIONNAIRE_RESPONSE,
                derived_id(SECRET, patient_id, "q"),
                patient_id,
            ),
            _response(record),
        ),
    ]


def _key(kind: RecordType, record_id: str, patient_id: str) -> RecordKey:
    return RecordKey(kind, record_id, patient_id)


def patient_fields(record: dict[str, object]) -> dict[str, Json]:
    """Return the fields of a record's Patient."""
    name = f"{record['given']} {record['family']}"
    latin, original = (name, "") if name.isascii() else ("", name)
    return {
        "name": PersonName(NameStatus.SAID, original, latin).to_json(),
        "sex": str(record["sex"]),
        "birth": {
            "from": str(record["birth"]),
            "to": str(record["birth"]),
            "precision": "day",
            "source": "said",
        },
        "origin": str(record["origin"]),
        "language": str(record["language"]),
    }


def _encounter(record: dict[str, object]) -> dict[str, Json]:
    day = int(str(record["recorded_at"])) % 100
    over = EncounterStatus.FINISHED if day else EncounterStatus.ARRIVED
    return {
        "started_at": int(str(record["recorded_at"])),
        "status": {"status": over.value},
    }


def _response(record: dict[str, object]) -> dict[str, Json]:
    answers = cast("dict[str, str]", record["answers"])
    return {
        "status": {"status": "completed"},
        "note": str(record["note"]),
        **{f"answer.{k}": {"value": v} for k, v in answers.items()},
    }
