"""The strip of a locked tablet: how much exists only here, as far as is known."""

from collections.abc import Callable
from dataclasses import replace

from app.core.clock import WallClock
from app.storage import Unsent
from app.ui.source import Source
from app.ui.status import Network, Status

LOCKED = Status(None, Network.NONE, None)
MINUTE_MS = 60_000


class LockedStrip:
    """Shows it, from the lock until the next unlock."""

    def __init__(
        self, status: Source[Status], wall: WallClock, is_locked: Callable[[], bool]
    ) -> None:
        self._status = status
        self._wall = wall
        self._is_locked = is_locked
        self._at_lock = 0

    def show(self) -> None:
        """What only this tablet has stays in view; nothing else is known now."""
        status = self._status.value
        if status.practitioner is not None:
            self._at_lock = status.only_here or 0
        self._status.set(replace(LOCKED, only_here=status.only_here))

    def show_left(self, unsent: Unsent | None) -> None:
        """What the last lock left is known, and what of it went since.

        What the server refused before is in no parcel, and exists only here, too.
        """
        if unsent is None or not self._is_locked():
            return
        refused_before = max(0, self._at_lock - unsent.head.records)
        records = unsent.records_left + refused_before
        waited = max(0, self._wall() - unsent.head.oldest_at)
        oldest = None if unsent.is_sent else waited // MINUTE_MS
        if records or self._status.value.only_here is not None:
            shown = replace(LOCKED, only_here=records, oldest_minutes=oldest)
            self._status.set(shown)
