"""Files: a coordinator takes a tablet's file in, and gives one back."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

from app.core.answer import TakenIn
from app.core.problems import ProblemCode
from app.ui.loop import Next


class Busy(Enum):
    """What is under way."""

    CHOOSING = auto()
    TAKING = auto()
    GIVING = auto()


@dataclass(frozen=True, slots=True)
class Moved:
    """How far taking in has come: changes answered, of how many; bytes sent."""

    done: int
    total: int
    sent_bytes: int


@dataclass(frozen=True, slots=True)
class Given:
    """The file that was given back, and what is in it."""

    name: str
    confirmed: int
    from_others: int
    more: bool


@dataclass(frozen=True, slots=True)
class Model:
    """The screen."""

    busy: Busy | None = None
    moved: Moved | None = None
    is_stopping: bool = False
    was_stopped: bool = False
    taken: TakenIn | None = None
    given: Given | None = None
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True)
class TakePressed:
    pass


@dataclass(frozen=True, slots=True)
class FileChosen:
    """A file is being taken in."""


@dataclass(frozen=True, slots=True)
class NothingChosen:
    pass


@dataclass(frozen=True, slots=True)
class MovedOn:
    moved: Moved


@dataclass(frozen=True, slots=True)
class StopPressed:
    pass


@dataclass(frozen=True, slots=True)
class Taken:
    """It was taken in; None where it was stopped before anything was."""

    taken: TakenIn | None


@dataclass(frozen=True, slots=True)
class GivePressed:
    pass


@dataclass(frozen=True, slots=True)
class GaveBack:
    """A file was saved; None where somebody thought better of it."""

    given: Given | None


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class Left:
    pass


Event = (
    TakePressed
    | FileChosen
    | NothingChosen
    | MovedOn
    | StopPressed
    | Taken
    | GivePressed
    | GaveBack
    | Failed
    | Left
)


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Let somebody choose a file, and hand it to the server."""


@dataclass(frozen=True, slots=True)
class StopTaking:
    pass


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Save what the server says to a tablet."""

    device_id: str


@dataclass(frozen=True, slots=True)
class SignOut:
    """The session at the server has ended."""


Effect = TakeIn | StopTaking | GiveBack | SignOut


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case TakePressed() | FileChosen() | NothingChosen() | MovedOn():
            return _taking(model, event)
        case StopPressed():
            stopping = replace(model, is_stopping=model.busy is Busy.TAKING)
            return Next(stopping, (StopTaking(),))
        case Taken(taken):
            stopped = replace(_idle(model), was_stopped=model.is_stopping)
            return Next(replace(stopped, taken=taken))
        case GivePressed():
            if model.busy is not None or model.taken is None:
                return Next(model)
            begun = replace(model, busy=Busy.GIVING, given=None, problem=None)
            return Next(begun, (GiveBack(model.taken.device_id),))
        case GaveBack(given):
            return Next(replace(_idle(model), given=given))
        case Failed(problem):
            ended = problem is ProblemCode.UNAUTHENTICATED
            failed = replace(_idle(model), problem=problem)
            return Next(failed, (SignOut(),) if ended else ())
        case Left():
            return Next(model, (StopTaking(),))
        case _:
            assert_never(event)


def _taking(
    model: Model, event: TakePressed | FileChosen | NothingChosen | MovedOn
) -> Next[Model, Effect]:
    match event:
        case TakePressed():
            if model.busy is not None:
                return Next(model)
            return Next(Model(busy=Busy.CHOOSING), (TakeIn(),))
        case FileChosen():
            return Next(replace(model, busy=Busy.TAKING))
        case NothingChosen():
            return Next(_idle(model))
        case MovedOn(moved):
            is_taking = model.busy is Busy.TAKING
            return Next(replace(model, moved=moved) if is_taking else model)
        case _:
            assert_never(event)


def _idle(model: Model) -> Model:
    return replace(model, busy=None, moved=None, is_stopping=False)
