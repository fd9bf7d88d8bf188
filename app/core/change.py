"""Building a change: what one press of Save writes, as operations of one change id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from app.core.canonical import Json
from app.core.clock import HybridClock
from app.core.ids import Ids
from app.core.merge import Document, Kind, Write
from app.core.operation import (
    MAX_CHANGE_SIZE,
    ChangePart,
    EncodedOperation,
    Header,
    Operation,
    encode_operation,
)
from app.core.records import policy

Heads = tuple[str, ...]
"""Ids of the operations that a field's writes came from."""

Built = tuple[Operation, EncodedOperation]
"""An operation and its bytes."""

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

    Each record gets one operation; a later `set` of the same field wins. `seen` holds
    by field the heads that the author saw, where they were written down: what came
    in meanwhile was not seen, and is not replaced.
    """

    writes: dict[RecordKey, dict[str, Json]] = field(default_factory=dict)
    beside: set[RecordKey] = field(default_factory=set)
    """Records in which what is written replaces nothing: it stands beside the rest."""
    seen: dict[RecordKey, dict[str, Heads]] = field(default_factory=dict)

    def set(
        self,
        key: RecordKey,
        fields: Mapping[str, Json],
        seen: Mapping[str, Heads] | None = None,
    ) -> None:
        """Add values of fields to a record; `seen` are the heads that it replaces.

        Of a field that `seen` does not name, the author sees what stands at the save.
        """
        self.writes.setdefault(key, {}).update(fields)
        if seen:
            self.seen.setdefault(key, {}).update(seen)

    def add(self, other: "Change") -> None:
        """Add all that another change writes."""
        for key, fields in other.writes.items():
            self.set(key, fields, other.seen.get(key))
        self.beside |= other.beside

    def __bool__(self) -> bool:
        """Tell whether there is anything to save."""
        return any(self.writes.values())


def build(
    change: Change, author: Authorship, clock: HybridClock, ids: Ids, lookup: Lookup
) -> list[Built]:
    """Return the operations of a change, each replacing the heads its author saw.

    What one wrote on this device before is always seen. Appended fields replace
    nothing. Raises ChangeTooLargeError; nothing is saved here.
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
        now = None if key in change.beside else lookup(key.record_id)
        replaces = _replaces(header, change, key, now)
        operation = Operation(header, fields, replaces)
        built.append((operation, encode_operation(operation, ids.salt())))
    return built


def replacing_unaccepted(
    built: list[Built], unaccepted: Callable[[str], Mapping[str, Heads]]
) -> list[Built]:
    """Return what was built, replacing also what the unaccepted among it replaced.

    Nobody else may ever get an operation that the server sets aside. Who writes over
    it saw what it had replaced, and must say so: that would stand in conflict
    everywhere else. `unaccepted` gives by its id what one replaced that the server has
    not accepted, and nothing of all others.
    """
    return [_closed(operation, encoded, unaccepted) for operation, encoded in built]


def _closed(
    operation: Operation,
    encoded: EncodedOperation,
    unaccepted: Callable[[str], Mapping[str, Heads]],
) -> Built:
    closed = {
        name: _reached(name, ids, unaccepted)
        for name, ids in operation.replaces.items()
    }
    if closed == operation.replaces:
        return operation, encoded
    operation = replace(operation, replaces=closed)
    return operation, encode_operation(operation, encoded.salt or b"")


def _reached(
    name: str, ids: Heads, unaccepted: Callable[[str], Mapping[str, Heads]]
) -> Heads:
    reached, waiting = {*ids}, [*ids]
    while waiting:
        fresh = {*unaccepted(waiting.pop()).get(name, ())} - reached
        reached |= fresh
        waiting += fresh
    return tuple(sorted(reached))


def _replaces(
    header: Header, change: Change, key: RecordKey, now: Document | None
) -> dict[str, Heads]:
    seen = change.seen.get(key, {})
    if now is None and not seen:
        return {}
    found: dict[str, Heads] = {}
    for name in change.writes[key]:
        if policy(key.record_type, name).kind is Kind.APPEND:
            continue
        heads = now.heads(name) if now is not None else ()
        if name in seen:
            own = _own(header, now.writes(name)) if now is not None else ()
            heads = tuple(sorted({*seen[name], *own}))
        if heads:
            found[name] = heads
    return found


def _own(header: Header, writes: tuple[Write, ...]) -> Heads:
    """Return which heads the author wrote, on the device where they write now."""
    me = header.at.device_id, header.practitioner_id
    return tuple(
        write.operation_id
        for write in writes
        if (write.at.device_id, write.practitioner_id) == me
    )
