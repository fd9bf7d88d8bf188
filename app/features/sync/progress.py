"""What a round moved, what is kept here and what is damaged, for the Sync screen."""

from dataclasses import dataclass

from app.core.problems import ProblemCode


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a round has come, in changes and bytes; the total where it is known."""

    sending: bool
    done: int
    total: int | None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the last round did, as a person wants to know it."""

    sent: int
    already_there: int
    received: int
    set_aside: tuple[tuple[ProblemCode, int], ...] = ()
    """How many changes the server refused, by reason."""
    clock_ahead_ms: int | None = None
    is_another: bool = False
    """Whether this tablet goes on as another one: it was a copy, or not known."""
    differed: int = 0
    """People who were not the same here as at the server, and were read again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the server did not take of one person: kept here, with the reason."""

    patient_id: str
    name: str
    card: str
    reason: ProblemCode
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What the scheduler last said."""

    online: bool | None = None
    running: bool = False
    moved: Moved | None = None
    outcome: Outcome | None = None
    failure: ProblemCode | None = None
    last_success_at: int | None = None
    records_only_here: int = 0
    records_refused: int = 0
    oldest_at: int | None = None
    paused: bool = False
    """Whether somebody stopped it, for some minutes."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What of this tablet's own file can't be read."""

    damaged: int = 0
    """How many parts of the records."""
    is_stuck: bool = False
    """Whether one of them stands before what waits to be sent."""
    is_put_back: bool = False
    """Whether an older copy of all of it was put back."""


NOTHING_LOST = Lost()
