"""What one round did, and how far it has come while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.core.problems import ProblemCode


class Phase(StrEnum):
    """What a round is doing."""

    PUSH = "push"
    PULL = "pull"


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How many operations a phase has moved; `total` is None where nobody knows.

    Bytes are those of the round so far, as they went over the wire.
    """

    phase: Phase
    done: int
    total: int | None
    sent_bytes: int = 0
    received_bytes: int = 0


OnProgress = Callable[[SyncProgress], None]


@dataclass(frozen=True, slots=True)
class SetAside:
    """An operation that the server did not accept, and why; it is kept here."""

    operation_id: str
    reason: ProblemCode


@dataclass(frozen=True, slots=True)
class SyncReport:
    """One round. What was moved before a failure stays moved."""

    started_at: int
    ended_at: int
    pushed: int = 0
    """Operations that the server has answered: accepted, duplicates and set aside."""
    accepted: int = 0
    duplicates: int = 0
    set_aside: tuple[SetAside, ...] = ()
    pulled: int = 0
    """Operations of other devices."""
    sent_bytes: int = 0
    received_bytes: int = 0
    failure: ProblemCode | None = None
    wait_seconds: int | None = None
    """How long the server asks to be left alone."""
    cancelled: bool = False
    clock_ahead_ms: int | None = None
    """How far this device's clock is ahead of the server's, where it answered."""
    is_another: bool = False
    """Whether this tablet took a new identity: it was a copy, or was not known."""
    differed: int = 0
    """Patients who were not the same here as at the server; they were read anew."""

    @property
    def succeeded(self) -> bool:
        """Whether everything was pushed and pulled."""
        return self.failure is None and not self.cancelled
