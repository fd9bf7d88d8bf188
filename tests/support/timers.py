"""A clock and its timers, moved by hand: no test waits for time to pass."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.ui.presence import Ticking


@dataclass
class Timers:
    """Seconds that stand still until a test moves them, and calls that come due."""

    now: float = 1_000.0
    waiting: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call back once so many seconds have been passed."""
        timer = (self.now + seconds, call)
        self.waiting.append(timer)
        return lambda: self.waiting.remove(timer) if timer in self.waiting else None

    def sleep(self, seconds: float) -> None:
        """Time passes and no timer fires: the device slept."""
        self.now += seconds

    def advance(self, seconds: float) -> None:
        """Time passes; what comes due is called, in its order and at its time."""
        until = self.now + seconds
        while due := [timer for timer in self.waiting if timer[0] <= until]:
            first = min(due, key=lambda timer: timer[0])
            self.waiting.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = until

    @property
    def ticking(self) -> Ticking:
        """What is handed in."""
        return Ticking(lambda: self.now, self.later)
