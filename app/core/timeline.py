"""A record's timeline: who wrote what, where and when, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.canonical import Json
from app.core.operation import Operation


@dataclass(frozen=True, slots=True)
class Entry:
    """What one operation wrote to one record."""

    record_type: str
    record_id: str
    fields: Mapping[str, Json]
    replaces: Mapping[str, tuple[str, ...]]
    operation_id: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What one practitioner saved together."""

    change_id: str
    at_ms: int
    practitioner_id: str
    device_id: str
    site_id: str
    entries: tuple[Entry, ...]


def timeline(operations: Iterable[Operation]) -> list[Moment]:
    """Group operations by change, newest first; order of arrival does not matter."""
    changes: dict[str, list[Operation]] = {}
    for operation in operations:
        changes.setdefault(operation.header.change.change_id, []).append(operation)
    moments = [_moment(parts) for parts in changes.values()]
    return sorted(moments, key=lambda m: (m.at_ms, m.change_id), reverse=True)


def _moment(parts: list[Operation]) -> Moment:
    parts = sorted(parts, key=lambda p: p.header.change.index)
    head = parts[0].header
    entries = tuple(
        Entry(
            p.header.record_type,
            p.header.record_id,
            p.fields,
            p.replaces,
            p.header.operation_id,
        )
        for p in parts
    )
    return Moment(
        head.change.change_id,
        head.at.wall_ms,
        head.practitioner_id,
        head.at.device_id,
        head.site_id,
        entries,
    )
