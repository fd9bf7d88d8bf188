"""Sync: what exists only on this tablet, how sending goes, what was set aside."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next

_NOT_KNOWN = frozenset(
    {
        ProblemCode.UNKNOWN_DEVICE,
        ProblemCode.OTHER_DEPLOYMENT,
        ProblemCode.ENROLMENT_CODE_WRONG,
        ProblemCode.ENROLMENT_CODE_USED,
        ProblemCode.ENROLMENT_CODE_EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a round has come, in records; the total where it is known."""

    sending: bool
    done: int
    total: int | None


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


@dataclass(frozen=True, slots=True)
class Lost:
    """What of this tablet's own file can't be read."""

    damaged: int = 0
    """How many parts of the records."""
    is_stuck: bool = False
    """Whether one of them stands before what waits to be sent."""
    is_put_back: bool = False
    """Whether an older copy of all of it was put back."""


@dataclass(frozen=True, slots=True)
class Model:
    """The screen."""

    progress: Progress | None = None
    kept: tuple[Kept, ...] = ()
    now_ms: int = 0
    server: str = ""
    lost: Lost = Lost()
    code: str = ""
    """The one-time code of a tablet that the server does not know."""
    code_problem: ProblemCode | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether the server does not know this tablet, or refused the code for it."""
        failure = None if self.progress is None else self.progress.failure
        return failure in _NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


@dataclass(frozen=True, slots=True)
class ProgressCame:
    progress: Progress
    now_ms: int


@dataclass(frozen=True, slots=True)
class KeptLoaded:
    kept: tuple[Kept, ...]
    server: str
    lost: Lost = Lost()


@dataclass(frozen=True, slots=True)
class SyncPressed:
    pass


@dataclass(frozen=True, slots=True)
class PersonPressed:
    patient_id: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    now_ms: int


@dataclass(frozen=True, slots=True)
class CodeTyped:
    text: str


@dataclass(frozen=True, slots=True)
class ConnectPressed:
    pass


@dataclass(frozen=True, slots=True)
class CodeRefused:
    problem: ProblemCode


Event = (
    Shown
    | Left
    | ProgressCame
    | KeptLoaded
    | SyncPressed
    | PersonPressed
    | TimePassed
    | CodeTyped
    | ConnectPressed
    | CodeRefused
)


@dataclass(frozen=True, slots=True)
class Listen:
    pass


@dataclass(frozen=True, slots=True)
class StopListening:
    pass


@dataclass(frozen=True, slots=True)
class LoadKept:
    pass


@dataclass(frozen=True, slots=True)
class SyncNow:
    pass


@dataclass(frozen=True, slots=True)
class OpenRecord:
    patient_id: str


@dataclass(frozen=True, slots=True)
class ConnectAgain:
    code: str


Effect = Listen | StopListening | LoadKept | SyncNow | OpenRecord | ConnectAgain


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (Listen(), LoadKept()))
        case Left():
            return Next(model, (StopListening(),))
        case ProgressCame(progress, now_ms):
            was_running = model.progress is not None and model.progress.running
            ended = was_running and not progress.running
            effects: tuple[Effect, ...] = (LoadKept(),) if ended else ()
            return Next(replace(model, progress=progress, now_ms=now_ms), effects)
        case KeptLoaded(kept, server, lost):
            return Next(replace(model, kept=kept, server=server, lost=lost))
        case SyncPressed():
            return Next(model, (SyncNow(),))
        case PersonPressed(patient_id):
            return Next(model, (OpenRecord(patient_id),) if patient_id else ())
        case CodeTyped(text):
            return Next(replace(model, code=text, code_problem=None))
        case ConnectPressed():
            code = model.code.strip()
            return Next(model, (ConnectAgain(code),) if code else ())
        case CodeRefused(problem):
            return Next(replace(model, code_problem=problem))
        case TimePassed(now_ms):
            return Next(replace(model, now_ms=now_ms), (Listen(),))
        case _:
            assert_never(event)
