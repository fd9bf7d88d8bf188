"""Whether somebody is there: a warning, a cover, and when it is time to lock.

Times are by a clock that is handed in and counts sleep too: where the device slept, no
timer fires, so what is due is judged anew whenever anything happens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from app.ui.source import Source

WARNING_SECONDS = 20.0
"""How long before the lock the warning stands."""

Stop = Callable[[], None]


class Shade(Enum):
    """What stands over the screen."""

    NONE = "none"
    WARNING = "warning"
    """It locks soon: any touch says that somebody is there."""
    COVER = "cover"
    """The app is not in the foreground: nothing of anybody is in view."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an unlocked tablet waits, in seconds: a site's setting."""

    idle: float
    covered: float


@dataclass(frozen=True, slots=True)
class Ticking:
    """A clock's seconds, and how to be called back after some of them."""

    now: Callable[[], float]
    later: Callable[[float, Callable[[], None]], Stop]


def _nothing() -> None:
    """No timer runs."""


class Presence(Source[Shade]):
    """Watches over one session while it is unlocked; belongs to its event loop."""

    def __init__(self, ticking: Ticking, lock: Callable[[], None]) -> None:
        super().__init__(Shade.NONE)
        self._ticking = ticking
        self._lock = lock
        self._patience: Patience | None = None
        self._touched_at = 0.0
        self._gone_at: float | None = None
        self._stop: Stop = _nothing

    def begin(self, patience: Patience) -> None:
        """The tablet was unlocked: somebody is there."""
        self._patience = patience
        self._touched_at, self._gone_at = self._ticking.now(), None
        self._look()

    def end(self) -> None:
        """The tablet was locked: nothing is to be watched over."""
        self._stop()
        self._patience, self._stop = None, _nothing
        self.set(Shade.NONE)

    def touched(self) -> None:
        """A tap or a key; what comes when it is time to lock comes too late."""
        if self._patience is not None and not self._look():
            self._touched_at = self._ticking.now()
            self._look()

    def went_away(self) -> None:
        """The app left the foreground: the screen is covered at once."""
        if self._patience is not None and self._gone_at is None:
            self._gone_at = self._ticking.now()
            self._look()

    def came_back(self) -> None:
        """The app is in the foreground again, or the cover was touched."""
        if self._patience is not None and not self._look():
            self._gone_at = None
            self.touched()

    def _look(self) -> bool:
        """Show what is due and wait for the next; lock, and say so, if it is time."""
        self._stop()
        patience = self._patience
        if patience is None:
            return False
        now = self._ticking.now()
        ends = [self._touched_at + patience.idle]
        if self._gone_at is not None:
            ends.append(self._gone_at + patience.covered)
        left = min(ends) - now
        if left <= 0:
            self.end()
            self._lock()
            return True
        is_soon = ends[0] - now <= min(WARNING_SECONDS, patience.idle / 2)
        if self._gone_at is not None:
            self.set(Shade.COVER)
        else:
            self.set(Shade.WARNING if is_soon else Shade.NONE)
        warning_in = left - min(WARNING_SECONDS, patience.idle / 2)
        self._stop = self._ticking.later(
            warning_in if self.value is Shade.NONE else left, self._due
        )
        return False

    def _due(self) -> None:
        self._look()


def unwatched() -> Presence:
    """Return the presence of a session that nobody locks: it never begins."""
    return Presence(Ticking(lambda: 0.0, lambda _seconds, _call: _nothing), _nothing)
