"""A document as JSON: what the server stores and the tablet seals, losing nothing."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import cast

from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.merge import Document, FieldState, Write


def document_to_json(document: Document) -> dict[str, Json]:
    """Return the JSON of a document; equal documents give equal JSON."""
    newer = {"newer": dict(sorted(document.newer.items()))} if document.newer else {}
    return {
        "type": document.record_type,
        "record": document.record_id,
        "patient": document.patient_id,
        "fields": {k: _field(v) for k, v in sorted(document.fields.items())},
        **newer,
    }


def _field(state: FieldState) -> Json:
    return [writes_to_json(state.heads.values()), sorted(state.replaced)]


def writes_to_json(writes: Iterable[Write]) -> dict[str, Json]:
    """Return the JSON of writes, by the ids of their operations."""
    by_id = sorted(writes, key=lambda write: write.operation_id)
    return {write.operation_id: _write(write) for write in by_id}


def writes_from_json(value: Json) -> tuple[Write, ...]:
    """Read what writes_to_json wrote; what is no write is left out."""
    found = []
    for operation_id, each in as_mapping(value).items():
        with suppress(ValueError):
            found.append(_read_write(operation_id, each))
    return tuple(found)


def _write(write: Write) -> Json:
    stamp = write.at.to_json()
    return [write.value, stamp, write.practitioner_id, write.site_id, write.clamp_ms]


def document_from_json(value: Json) -> Document:
    """Read what document_to_json wrote; raise ValueError on anything else."""
    match value:
        case {
            "type": str(record_type),
            "record": str(record_id),
            "patient": str(patient_id),
            "fields": dict(fields),
        }:
            states = {k: _read_field(v) for k, v in fields.items()}
            newer = read_newer(as_mapping(value).get("newer", {}))
            return Document(record_type, record_id, patient_id, states, newer)
        case _:
            raise ValueError("not a document")


def read_newer(value: Json) -> dict[str, int]:
    """Read the operations of a newer schema; raise ValueError on anything else."""
    match value:
        case dict(newer) if all(isinstance(schema, int) for schema in newer.values()):
            return cast("dict[str, int]", newer)
        case _:
            raise ValueError("not a record of newer operations")


def _read_field(value: Json) -> FieldState:
    match value:
        case [dict(heads), list(replaced)] if all(
            isinstance(operation_id, str) for operation_id in replaced
        ):
            writes = {k: _read_write(k, v) for k, v in heads.items()}
            return FieldState(writes, frozenset(cast("list[str]", replaced)))
        case _:
            raise ValueError("not a field's state")


def _read_write(operation_id: str, value: Json) -> Write:
    match value:
        case [written, stamp, str(author), str(site), (int() | None) as clamp_ms]:
            at = HybridTimestamp.from_json(stamp)
            return Write(written, operation_id, at, author, site, clamp_ms)
        case _:
            raise ValueError("not a write")


def as_mapping(value: Json) -> Mapping[str, Json]:
    """Return a value that is an object, or an empty one for anything else."""
    # Of a dict, which JSON gives, this costs a sixth of what isinstance does.
    return value if type(value) is dict or isinstance(value, Mapping) else {}
