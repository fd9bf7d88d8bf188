"""What happened while nobody was unlocked, kept under the device's key.

Who guesses PINs is not let in, so nobody signs for it: the next unlock takes these and
writes them to the audit. At most MOST_KEPT stand one by one; older ones of the same
kind and practitioner become one that carries their number, so that no count is lost.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.clock import WallClock
from app.core.ids import Ids
from app.storage.database import Database, Transaction
from app.storage.errors import VaultCorruptError
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer

MOST_KEPT = 200
_NAME = "lock/events"


class LockedKind(StrEnum):
    """What happened."""

    UNLOCK_FAILED = "unlock-failed"
    SLOT_CLOSED = "slot-closed"
    SLOT_REOPENED = "slot-reopened"
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


class LockedEvents:
    """Keeps them in a vault's file; readable with the device secret alone."""

    def __init__(
        self, database: Database, device_sealer: Sealer, ids: Ids, wall: WallClock
    ) -> None:
        self._database = database
        self._values = SealedValues(device_sealer)
        self._ids = ids
        self._wall = wall

    def add(self, transaction: Transaction, kind: LockedKind, whose: str) -> None:
        """Write down that something happened, within a transaction."""
        now = self._wall()
        event = LockedEvent(self._ids.new(), kind, whose, now, now)
        self._put(transaction, _bounded([*self._get(transaction), event]))

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
        return [
            LockedEvent(event_id, LockedKind(kind), *rest)
            for event_id, kind, *rest in json.loads(raw or b"[]")
        ]

    def _put(self, transaction: Transaction, events: list[LockedEvent]) -> None:
        rows = [
            [e.event_id, e.kind, e.practitioner_id, e.first_at, e.last_at, e.count]
            for e in events
        ]
        self._values.put(transaction.driver, _NAME, json.dumps(rows).encode())


def _bounded(events: list[LockedEvent]) -> list[LockedEvent]:
    """Put the oldest two of one kind and practitioner together, while too many stand.

    Kinds and practitioners are few; where all differ, nothing is put together.
    """
    while len(events) > MOST_KEPT:
        seen: dict[tuple[LockedKind, str], int] = {}
        for place, event in enumerate(events):
            first = seen.setdefault((event.kind, event.practitioner_id), place)
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
