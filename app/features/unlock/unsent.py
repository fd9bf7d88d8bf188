"""What the lock screen knows of what is not sent yet: counts alone, without a PIN."""

from dataclasses import dataclass

from app.core.problems import ProblemCode
from app.ui.routes import Way


@dataclass(frozen=True, slots=True)
class Unsent:
    """How much waits for the server; counts alone. `waited_ms` is of the oldest."""

    records: int = 0
    waited_ms: int = 0
    is_something: bool = False
    """Whether anything waits, if only notes of who read what."""
    problem: ProblemCode | None = None
    """Why it can be neither sent nor saved without an unlock."""


NOTHING = Unsent()


@dataclass(frozen=True, slots=True)
class UnsentLoaded:
    """What waits is known."""

    unsent: Unsent


@dataclass(frozen=True, slots=True)
class WayPressed:
    """It is to be sent, or saved to a stick."""

    way: Way


@dataclass(frozen=True, slots=True)
class LoadUnsent:
    """Looks what waits, now and whenever it changes."""


@dataclass(frozen=True, slots=True)
class OpenHandover:
    """Leads to where it is sent or saved."""

    way: Way


@dataclass(frozen=True, slots=True)
class StopWatching:
    """Looks no more: the screen is left."""
