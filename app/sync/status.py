"""What screens are told about sync, and how they are told."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.core.problems import ProblemCode
from app.storage.only_here import OnlyHere
from app.sync.report import SyncProgress, SyncReport

_LOG = logging.getLogger(__name__)

_NOBODY_THERE = frozenset(
    {
        ProblemCode.UNREACHABLE,
        ProblemCode.CONNECTION_CUT,
        ProblemCode.PROTOCOL_MISMATCH,
        ProblemCode.SERVER_CERTIFICATE_WRONG,
        ProblemCode.SERVER_FAULT,
    }
)


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Sync as a person wants to know it; times are UTC milliseconds."""

    attached: bool = False
    """Whether there is an unlocked vault to sync."""
    online: bool | None = None
    """Whether the server answered last time; None before the first try."""
    running: bool = False
    """While a round runs that a person asked for, or that moves something."""
    progress: SyncProgress | None = None
    """How far it has come."""
    last_success_at: int | None = None
    failure: ProblemCode | None = None
    """Why the last round stopped."""
    report: SyncReport | None = None
    """The last round that moved something, failed or was asked for."""
    only_here: OnlyHere | None = None
    paused: bool = False
    """Whether a person stopped it, and it waits before it goes on by itself."""


def is_online(report: SyncReport) -> bool:
    """Tell whether a Tessera server answered."""
    return report.failure not in _NOBODY_THERE


Subscriber = Callable[[SyncStatus], None]


class StatusBoard:
    """Holds the status and tells every subscriber of each change, in order.

    Subscribers are called on the sync thread: they hand over to their own loop and
    return at once. One whose loop has gone is dropped.
    """

    def __init__(self) -> None:
        self._status = SyncStatus()
        self._speaker: object = None
        self._subscribers: list[Subscriber] = []
        self._lock = threading.RLock()

    @property
    def status(self) -> SyncStatus:
        """The newest status."""
        return self._status

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Tell a subscriber the status, now and at each change; return its end."""
        with self._lock:
            self._subscribers.append(subscriber)
            self._tell(subscriber)
        return lambda: self._drop(subscriber)

    def give_floor(self, speaker: object) -> None:
        """Let one speaker publish from now on; what another says is not heard."""
        with self._lock:
            self._speaker = speaker

    def publish(self, speaker: object, status: SyncStatus) -> None:
        """Replace the status and tell it, unless it is the same."""
        with self._lock:
            if speaker is not self._speaker or status == self._status:
                return
            self._status = status
            for subscriber in tuple(self._subscribers):
                self._tell(subscriber)

    def _tell(self, subscriber: Subscriber) -> None:
        try:
            subscriber(self._status)
        except RuntimeError:  # what a closed event loop raises
            _LOG.info("a subscriber of sync has gone")
            self._drop(subscriber)

    def _drop(self, subscriber: Subscriber) -> None:
        with self._lock:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)
