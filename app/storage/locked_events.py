"""What no chain holds yet, kept under the device's key: of PINs, locked or not.

Who guesses PINs is not let in, so nobody signs for it; and a new PIN and its event are
one transaction. The next unlock takes these and writes them to the audit, what happens
while it is unlocked at once. At most MOST_KEPT stand one by one; older ones of the same
kind and practitioner become one that carries their number, so that no count is lost.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from app.core.clock import WallClock
from app.core.ids import Ids
from app.storage.database import Database, Transaction
from app.storage.errors import VaultCorruptError
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer

MOST_KEPT = 200
_NAME = "lock/events"


@dataclass(frozen=True, slots=True)
class Beside:
    """By whose leave a new PIN was chosen: colleagues (ids), or a grant, or both."""

    colleagues: tuple[str, ...] = ()
    grant_id: str = ""


NOBODY = Beside()


class LockedKind(StrEnum):
    """What happened."""

    UNLOCK_FAILED = "unlock-failed"
    SLOT_CLOSED = "slot-closed"
    SLOT_REOPENED = "slot-reopened"
    PIN_CHOSEN = "pin-chosen"
    """Somebody chose their first PIN on this tablet."""
    PIN_RESET = "pin-reset"
    """Somebody chose a PIN anew without the one before."""
    EVENTS_LOST = "events-lost"
    """Those before could not be read any more: somebody tampered with them."""


@dataclass(frozen=True, slots=True)
class LockedEvent:
    """Something that happened `count` times, from `first_at` to `last_at` (UTC ms).

    Times are this tablet's clock, which whoever holds it can change.
    """

    event_id: str
    kind: LockedKind
    practitioner_id: str
    first_at: int
    last_at: int
    count: int = 1
    beside: Beside = NOBODY
    """Of a new PIN: who stood beside; whoever had unlocked comes first."""


class LockedEvents:
    """Keeps them in a vault's file; readable with the device secret alone."""

    def __init__(
        self, database: Database, device_sealer: Sealer, ids: Ids, wall: WallClock
    ) -> None:
        self._database = database
        self._values = SealedValues(device_sealer)
        self._ids = ids
        self._wall = wall

    def add(
        self,
        transaction: Transaction,
        kind: LockedKind,
        whose: str,
        beside: Beside = NOBODY,
    ) -> LockedEvent:
        """Write down that something happened, within a transaction."""
        now = self._wall()
        event = LockedEvent(self._ids.new(), kind, whose, now, now, beside=beside)
        self._put(transaction, _bounded([*self._get(transaction), event]))
        return event

    def take_back(self, transaction: Transaction, kind: LockedKind, whose: str) -> None:
        """It did not happen after all: the newest of this kind is one less."""
        events = self._get(transaction)
        for place in reversed(range(len(events))):
            event = events[place]
            if (event.kind, event.practitioner_id) == (kind, whose):
                less = replace(event, count=event.count - 1)
                events[place : place + 1] = [less] if less.count else []
                self._put(transaction, events)
                return

    def all(self) -> tuple[LockedEvent, ...]:
        """Return what is kept, the oldest first."""
        with self._database.write() as transaction:
            return tuple(self._get(transaction))

    def forget(self, event_ids: Collection[str]) -> None:
        """Drop events that are kept elsewhere by now."""
        with self._database.write() as transaction:
            events = self._get(transaction)
            self._put(transaction, [e for e in events if e.event_id not in event_ids])

    def _get(self, transaction: Transaction) -> list[LockedEvent]:
        try:
            raw = self._values.get(transaction.driver, _NAME)
        except VaultCorruptError:  # It must keep nobody out.
            now, lost = self._wall(), LockedKind.EVENTS_LOST
            found = [LockedEvent(self._ids.new(), lost, "", now, now)]
            # Kept at once: under an id of its own each time, it would be many events.
            self._put(transaction, found)
            return found
        return [_read(row) for row in json.loads(raw or b"[]")]

    def _put(self, transaction: Transaction, events: list[LockedEvent]) -> None:
        rows = [_row(event) for event in events]
        self._values.put(transaction.driver, _NAME, json.dumps(rows).encode())


def _row(event: LockedEvent) -> list[Any]:
    *told, beside = (getattr(event, each.name) for each in fields(event))
    return [*told, beside.colleagues, beside.grant_id]


def _read(row: Sequence[Any]) -> LockedEvent:
    """Read a row; an older version wrote nothing of who stood beside."""
    event_id, kind, whose, first_at, last_at, count, *rest = row
    colleagues, grant_id = rest or ((), "")
    by = Beside(tuple(colleagues), grant_id)
    return LockedEvent(event_id, LockedKind(kind), whose, first_at, last_at, count, by)


def _bounded(events: list[LockedEvent]) -> list[LockedEvent]:
    """Put the oldest two of one kind and practitioner together, while too many stand.

    Kinds and practitioners are few; where all differ, nothing is put together.
    """
    while len(events) > MOST_KEPT:
        seen: dict[tuple[object, ...], int] = {}
        for place, event in enumerate(events):
            alike = (event.kind, event.practitioner_id, event.beside)
            first = seen.setdefault(alike, place)
            if first != place:
                events[first] = _together(events[first], event)
                del events[place]
                break
        else:
            return events
    return events


def _together(older: LockedEvent, newer: LockedEvent) -> LockedEvent:
    count = older.count + newer.count
    return replace(older, last_at=newer.last_at, count=count)
