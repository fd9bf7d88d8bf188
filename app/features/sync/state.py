"""Sync: what exists only on this tablet, how sending goes, what was set aside."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.features.sync.carried import (
    NOT_YET,
    AnswerFailed,
    AnswerHeard,
    Answering,
    AnswerPressed,
    TakeAnswer,
    WaitingHere,
    answering,
)
from app.features.sync.progress import NOTHING_LOST, Kept, Lost, Progress
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
class Model:
    """The screen."""

    progress: Progress | None = None
    kept: tuple[Kept, ...] = ()
    now_ms: int = 0
    server: str = ""
    lost: Lost = NOTHING_LOST
    may_back_up: bool = False
    """Whether this role may take all records out of this tablet."""
    waiting: tuple[WaitingHere, ...] = ()
    answering: Answering = NOT_YET
    is_stopping: bool = False
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
    lost: Lost = NOTHING_LOST
    waiting: tuple[WaitingHere, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncPressed:
    pass


@dataclass(frozen=True, slots=True)
class StopPressed:
    pass


@dataclass(frozen=True, slots=True)
class PersonPressed:
    patient_id: str


@dataclass(frozen=True, slots=True)
class TabletPressed:
    pass


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
    | StopPressed
    | PersonPressed
    | TabletPressed
    | TimePassed
    | AnswerPressed
    | AnswerHeard
    | AnswerFailed
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
class StopSync:
    pass


@dataclass(frozen=True, slots=True)
class OpenRecord:
    patient_id: str


@dataclass(frozen=True, slots=True)
class OpenTablet:
    pass


@dataclass(frozen=True, slots=True)
class ConnectAgain:
    code: str


Effect = (
    Listen
    | StopListening
    | LoadKept
    | SyncNow
    | StopSync
    | OpenRecord
    | OpenTablet
    | TakeAnswer
    | ConnectAgain
)


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (Listen(), LoadKept()))
        case Left():
            return Next(model, (StopListening(),))
        case ProgressCame():
            return _progressed(model, event)
        case KeptLoaded(kept, server, lost, waiting):
            loaded = replace(model, kept=kept, server=server, lost=lost)
            return Next(replace(loaded, waiting=waiting))
        case SyncPressed():
            return Next(model, (SyncNow(),))
        case StopPressed():
            return Next(replace(model, is_stopping=True), (StopSync(),))
        case AnswerPressed() | AnswerHeard() | AnswerFailed():
            return _answered(model, event)
        case PersonPressed(patient_id):
            return Next(model, (OpenRecord(patient_id),) if patient_id else ())
        case TabletPressed():
            return Next(model, (OpenTablet(),) if model.may_back_up else ())
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


def _progressed(model: Model, event: ProgressCame) -> Next[Model, Effect]:
    before, now = model.progress, event.progress
    ended = before is not None and before.running and not now.running
    changed = before is not None and before.records_only_here != now.records_only_here
    effects: tuple[Effect, ...] = (LoadKept(),) if ended or changed else ()
    shown = replace(model, progress=now, now_ms=event.now_ms)
    if not now.running:
        shown = replace(shown, is_stopping=False)
    return Next(shown, effects)


def _answered(
    model: Model, event: AnswerPressed | AnswerHeard | AnswerFailed
) -> Next[Model, Effect]:
    if isinstance(event, AnswerPressed) and model.answering.is_busy:
        return Next(model)
    answered = replace(model, answering=answering(model.answering, event))
    match event:
        case AnswerPressed():
            return Next(answered, (TakeAnswer(),))
        case AnswerHeard():
            return Next(answered, (LoadKept(),))
        case AnswerFailed():
            return Next(answered)
        case _:
            assert_never(event)
