"""Own links of the chain as a batch carries them: no more of them is read."""

import sqlite3
from collections.abc import Iterator
from itertools import count, islice

import msgspec

from app.core.wire import MAX_BATCH_OPERATIONS, OperationEnvelope
from app.storage.acknowledging import Ready
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.patient_keys import unseal
from app.storage.rows import Rows, operation_place
from app.storage.sealing import SealError
from app.storage.stored_operation import (
    KeptOperation,
    State,
    has_no_clamp,
    read_kept,
)

_LINKS = (
    "SELECT operation_id, record_id, patient_id, number, state, sealed, (SELECT "
    "kept FROM patient_key WHERE patient_key.patient_id = operation.patient_id) "
    "FROM operation WHERE number >= ? ORDER BY number LIMIT ?"
)
_PENDING, _ACKNOWLEDGED = int(State.PENDING), int(State.ACKNOWLEDGED)


class _Change(msgspec.Struct, gc=False):
    """What a header says of its change; the rest of it is not read."""

    change: tuple[str, int, int]


class Link:
    """One of this device's operations in its place."""

    __slots__ = ("_kept", "index", "is_answered", "number", "size_of_change")

    def __init__(self, number: int, state: int, kept: KeptOperation) -> None:
        self.number = number
        self.is_answered = state != _PENDING
        self._kept = kept
        _id, self.index, self.size_of_change = _read_change(kept.header).change

    @property
    def device_id(self) -> str:
        """Whose chain it is in."""
        return self._kept.device_id

    @property
    def digest(self) -> bytes | None:
        """The chain's digest after it; own operations have one."""
        link = self._kept.link
        return None if link is None else bytes.fromhex(link)

    @property
    def bytes(self) -> int:
        """How large it is, about: characters of header and content."""
        return len(self._kept.header) + len(self._kept.content or "")

    @property
    def is_last(self) -> bool:
        """Whether its change ends with it."""
        return self.index == self.size_of_change - 1

    @property
    def envelope(self) -> OperationEnvelope:
        """The bytes as they travel."""
        kept = self._kept
        # They were checked when they came; it is a batch's hot path.
        return OperationEnvelope.model_construct(
            header=kept.header,
            salt=None if kept.salt is None else bytes.fromhex(kept.salt),
            content=kept.content,
            clamp_ms=kept.clamp_ms,
        )


_read_change = msgspec.json.Decoder(_Change).decode


def links_from(
    driver: sqlite3.Connection, rows: Rows, first: int, ready: Ready | None = None
) -> Iterator[Link]:
    """Yield the links from a number on, up to the first that is gone or damaged.

    With `ready`, what is pending is made ready there to count as acknowledged.
    """
    found = driver.execute(_LINKS, (first, MAX_BATCH_OPERATIONS))
    for number, row in zip(count(first), found, strict=False):
        operation_id, record_id, patient_id, at, state, sealed, wrapped = row
        if at != number:
            return
        ids = (operation_id, record_id, patient_id)
        here = operation_place(ids, at, state)
        try:
            key = rows.open_key(patient_id, wrapped)
            if ready is None or state != _PENDING:
                raw = unseal(key, sealed, here)
            else:
                there = operation_place(ids, at, _ACKNOWLEDGED)
                again, raw = key.moved(sealed, here, there)
                if has_no_clamp(raw):
                    ready[operation_id] = sealed, again
        except (VaultCorruptError, SealError):
            rows.damaged.add(Damage(DamageKind.OPERATION, operation_id, patient_id))
            return
        yield Link(number, state, read_kept(raw))


def next_change(links: Iterator[Link]) -> list[Link]:
    """Return the links of the next change as far as they follow each other."""
    head = next(links, None)
    if head is None:
        return []
    return [head, *islice(links, head.size_of_change - head.index - 1)]
