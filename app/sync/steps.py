"""What a round does beside push and pull, where there is somebody to do it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from app.core.wire import PullResponse


class Renewal(Protocol):
    """Who gives this tablet a new identity: IdentitySync."""

    def before_round(self) -> bool:
        """Enrol again, if somebody typed a code; say so."""

    def after_fork(self) -> None:
        """Go on as another device."""


class Documents(Protocol):
    """Who reads whole documents: DocumentSync."""

    def first(self, cancel: Event, tell: Callable[[int], None]) -> None:
        """Read pages until the feed takes over."""

    def compare(self, check: str) -> int:
        """Hold what is here against the server's; say how many differ."""

    def entered(self, cancel: Event) -> None:
        """Ask for all of those who came into scope."""

    def leave(self) -> None:
        """Let go of whom this device need not keep any more."""


class Erasures(Protocol):
    """Who forgets whom the server erased: ErasureSync."""

    def before(self, page: PullResponse) -> None:
        """Erase whom the server erased by a page, before it is taken in."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a round does beside push and pull, where there is somebody to do it."""

    identity: Renewal | None = None
    documents: Documents | None = None
    erasures: Erasures | None = None
    is_ahead: bool = False
    """Whether the server is asked on a thread of its own while the vault works."""
