"""Building a change: what one press of Save writes, as operations of one change id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.core.canonical import Json
from app.core.clock import HybridClock
from app.core.ids import Ids
from app.core.merge import Document, Kind
from app.core.operation import (
    MAX_CHANGE_SIZE,
    ChangePart,
    EncodedOperation,
    Header,
    Operation,
    encode_operation,
)
from app.core.records import policy

Lookup = Callable[[str], Document | None]
"""Returns the document of a record id as the author sees it, or None."""


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who writes, and where; stamped when it is written, never when it is sent."""

    practitioner_id: str
    site_id: str


@dataclass(frozen=True, slots=True)
class RecordKey:
    """Which record a write is for."""

    record_type: str
    record_id: str
    patient_id: str


class ChangeTooLargeError(ValueError):
    """A change holds more than MAX_CHANGE_SIZE records."""


@dataclass(slots=True)
class Change:
    """Writes to be saved together: all of them are accepted, or set aside.

    Each record gets one operation; a later `set` of the same field wins.
    """

    writes: dict[RecordKey, dict[str, Json]] = field(default_factory=dict)
    beside: set[RecordKey] = field(default_factory=set)
    """Records in which what is written replaces nothing: it stands beside the rest."""

    def set(self, key: RecordKey, fields: Mapping[str, Json]) -> None:
        """Add values of fields to a record."""
        self.writes.setdefault(key, {}).update(fields)

    def __bool__(self) -> bool:
        """Tell whether there is anything to save."""
        return any(self.writes.values())


def build(
    change: Change, author: Authorship, clock: HybridClock, ids: Ids, lookup: Lookup
) -> list[tuple[Operation, EncodedOperation]]:
    """Return the operations of a change, each replacing the heads its author sees.

    Appended fields replace nothing. Raises ChangeTooLargeError; nothing is saved here.
    """
    writes = [(key, fields) for key, fields in change.writes.items() if fields]
    if len(writes) > MAX_CHANGE_SIZE:
        raise ChangeTooLargeError
    change_id = ids.new()
    built = []
    for index, (key, fields) in enumerate(writes):
        header = Header(
            operation_id=ids.new(),
            at=clock.tick(),
            practitioner_id=author.practitioner_id,
            record_type=key.record_type,
            record_id=key.record_id,
            patient_id=key.patient_id,
            site_id=author.site_id,
            change=ChangePart(change_id, index, len(writes)),
        )
        seen = None if key in change.beside else lookup(key.record_id)
        replaces = _replaces(key, fields, seen)
        operation = Operation(header, fields, replaces)
        built.append((operation, encode_operation(operation, ids.salt())))
    return built


def _replaces(
    key: RecordKey, fields: Mapping[str, Json], seen: Document | None
) -> dict[str, tuple[str, ...]]:
    if seen is None:
        return {}
    return {
        name: heads
        for name in fields
        if policy(key.record_type, name).kind is not Kind.APPEND
        and (heads := seen.heads(name))
    }
