"""A record's timeline: who wrote what, where and when, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.canonical import Json
from app.core.operation import Operation, is_understood


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


Logged = tuple[Operation, int | None]
"""An operation, and the server's clamp where its stamp lay in the far future."""


def timeline(log: Iterable[Logged]) -> list[Moment]:
    """Group operations by change, newest first; order of arrival does not matter.

    A stamp counts as the server clamped it, here as in every record. Of an operation
    of a schema that is not understood it says only who wrote it, where and when.
    """
    changes: dict[str, list[Logged]] = {}
    for operation, clamp_ms in log:
        part = (operation, clamp_ms)
        changes.setdefault(operation.header.change.change_id, []).append(part)
    found = sorted(map(_moment, changes.values()), key=_place, reverse=True)
    return [moment for moment, _counter in found]


def _place(found: tuple[Moment, int]) -> tuple[int, int, str, str]:
    moment, counter = found
    return moment.at_ms, counter, moment.device_id, moment.change_id


def _moment(parts: list[Logged]) -> tuple[Moment, int]:
    """Return what was saved together, and the counter that orders one instant."""
    parts = sorted(parts, key=lambda part: part[0].header.change.index)
    operation, clamp_ms = parts[0]
    head = operation.header
    entries = tuple(
        Entry(
            p.header.record_type,
            p.header.record_id,
            p.fields if is_understood(p.header.schema) else {},
            p.replaces,
            p.header.operation_id,
        )
        for p, _clamp_ms in parts
    )
    moment = Moment(
        head.change.change_id,
        head.at.effective_ms(clamp_ms),
        head.practitioner_id,
        head.at.device_id,
        head.site_id,
        entries,
    )
    return moment, head.at.counter
