"""A shared record as one document of the vault: each answer a field with its heads."""

import json
from typing import cast

from app.core.canonical import Json
from app.core.change import Authorship
from app.core.document_pack import pack
from app.core.merge import new_document
from tests.benchmarks._vault_records import patient_fields
from tests.storage.tablets import BO, PORT, patient
from tests.support.operations import WritingDevice

_DEVICE = WritingDevice("device-bench", Authorship(BO, PORT.site_id))


def fields_of(record: dict[str, object]) -> dict[str, Json]:
    """Return all that a record holds, as fields of a Patient."""
    answers = cast("dict[str, str]", record["answers"])
    vitals = cast("dict[str, str]", record["vitals"])
    return {
        **patient_fields(record),
        **{
            k: cast("Json", record[k]) for k in ("phone", "site", "recorded_at", "note")
        },
        **{f"answer.{k}": v for k, v in answers.items()},
        **{f"vital.{k}": v for k, v in vitals.items()},
    }


def document_text(record: dict[str, object]) -> str:
    """Return a record as a page of a first sync carries it."""
    key = patient(str(record["patient_id"]))
    ((operation, _encoded),) = _DEVICE.write((key, fields_of(record)))
    _DEVICE.pending.clear()
    packed = pack(new_document(operation).apply(operation))
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
