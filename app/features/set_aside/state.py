"""Set aside: changes that the server did not accept, and what is decided of them."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.core.set_aside_wire import (
    MAX_DECIDED,
    LeaveOutReason,
    SetAsideChange,
    SetAsideList,
    Tried,
)
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Model:
    """The changes, and the one that is selected; `tried` is what was just heard."""

    shows_left_out: bool = False
    listed: SetAsideList | None = None
    selected: str = ""
    opened: SetAsideChange | None = None
    is_asking: bool = False
    """Whether it is asked why the change is left out."""
    busy: bool = False
    tried: Tried | None = None
    has_left_out: bool = False
    """Whether one was just left out."""
    problem: ProblemCode | None = None

    @property
    def waiting_ids(self) -> tuple[str, ...]:
        """What can be tried again at once."""
        changes = self.listed.changes if self.listed else ()
        return tuple(each.set_aside_id for each in changes)[:MAX_DECIDED]


@dataclass(frozen=True, slots=True)
class Shown:
    """The screen came to the top."""


@dataclass(frozen=True, slots=True)
class RefreshPressed:
    """The server is asked again."""


@dataclass(frozen=True, slots=True)
class LeftOutToggled:
    """Those to decide, or those that were left out."""


@dataclass(frozen=True, slots=True)
class ChangesFound:
    """What the server says, and of which it was asked."""

    listed: SetAsideList
    left_out: bool


@dataclass(frozen=True, slots=True)
class ChangePressed:
    """A change is selected."""

    set_aside_id: str


@dataclass(frozen=True, slots=True)
class ChangeOpened:
    """What was written in it."""

    change: SetAsideChange


@dataclass(frozen=True, slots=True)
class TryPressed:
    """The selected change is offered again."""


@dataclass(frozen=True, slots=True)
class TryAllPressed:
    """All that are listed are offered again."""


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """What became of them."""

    tried: Tried


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """The selected change may be left out: it is asked why."""


@dataclass(frozen=True, slots=True)
class ReasonChosen:
    """It is left out, for this reason."""

    reason: LeaveOutReason


@dataclass(frozen=True, slots=True)
class AskingClosed:
    """It is not."""


@dataclass(frozen=True, slots=True)
class ChangeLeftOut:
    """The server keeps it on record, and nobody has to decide it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The server did not answer, or refused."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class BackPressed:
    """To the changes."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over: nothing of it stays here."""


Event = (
    Shown
    | RefreshPressed
    | LeftOutToggled
    | ChangesFound
    | ChangePressed
    | ChangeOpened
    | TryPressed
    | TryAllPressed
    | TriedAgain
    | LeavePressed
    | ReasonChosen
    | AskingClosed
    | ChangeLeftOut
    | Failed
    | BackPressed
    | Closed
)


@dataclass(frozen=True, slots=True)
class FindChanges:
    """Ask the server for those to decide, or those that were left out."""

    left_out: bool


@dataclass(frozen=True, slots=True)
class OpenChange:
    """Ask the server what was written."""

    set_aside_id: str


@dataclass(frozen=True, slots=True)
class Try:
    """Offer changes again."""

    set_aside_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a change out."""

    set_aside_id: str
    reason: LeaveOutReason


@dataclass(frozen=True, slots=True)
class SignOut:
    """The session ended at the server."""


Effect = FindChanges | OpenChange | Try | Leave | SignOut


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | RefreshPressed() | LeftOutToggled() | ChangesFound():
            return _list(model, event)
        case ChangePressed() | ChangeOpened() | BackPressed():
            return _one(model, event)
        case (
            TryPressed()
            | TryAllPressed()
            | LeavePressed()
            | ReasonChosen()
            | AskingClosed()
        ):
            return Next(model) if model.busy else _decide(model, event)
        case TriedAgain(tried):
            done = replace(model, busy=False, tried=tried)
            if model.selected in tried.accepted:
                done = replace(done, selected="", opened=None)
            return Next(done, (FindChanges(model.shows_left_out),))
        case ChangeLeftOut():
            left = replace(model, busy=False, has_left_out=True)
            left = replace(left, selected="", opened=None)
            return Next(left, (FindChanges(model.shows_left_out),))
        case Failed(problem):
            failed = replace(model, busy=False, problem=problem)
            is_over = problem is ProblemCode.UNAUTHENTICATED
            return Next(failed, (SignOut(),) if is_over else ())
        case Closed():
            return Next(Model())
        case _:
            assert_never(event)


def _list(
    model: Model, event: Shown | RefreshPressed | LeftOutToggled | ChangesFound
) -> Next[Model, Effect]:
    match event:
        case Shown() | RefreshPressed():
            effects = (FindChanges(model.shows_left_out), *_again(model))
            return Next(replace(model, problem=None), effects)
        case LeftOutToggled():
            other = not model.shows_left_out
            return Next(Model(shows_left_out=other), (FindChanges(other),))
        case ChangesFound(listed, left_out):
            is_wanted = left_out == model.shows_left_out
            return Next(replace(model, listed=listed) if is_wanted else model)


def _again(model: Model) -> tuple[Effect, ...]:
    return (OpenChange(model.selected),) if model.selected else ()


def _one(
    model: Model, event: ChangePressed | ChangeOpened | BackPressed
) -> Next[Model, Effect]:
    match event:
        case ChangePressed(set_aside_id):
            chosen = replace(_quiet(model), selected=set_aside_id, opened=None)
            return Next(chosen, (OpenChange(set_aside_id),))
        case ChangeOpened(change):
            is_wanted = change.entry.set_aside_id == model.selected
            return Next(replace(model, opened=change) if is_wanted else model)
        case BackPressed():
            return Next(replace(_quiet(model), selected="", opened=None))


def _quiet(model: Model) -> Model:
    """Take away what was said of the deed before."""
    return replace(model, tried=None, has_left_out=False, problem=None)


def _decide(
    model: Model,
    event: TryPressed | TryAllPressed | LeavePressed | ReasonChosen | AskingClosed,
) -> Next[Model, Effect]:
    """Nothing is left out before somebody said why."""
    match event:
        case TryPressed() if model.selected:
            return Next(replace(_quiet(model), busy=True), (Try((model.selected,)),))
        case TryAllPressed() if model.waiting_ids:
            return Next(replace(_quiet(model), busy=True), (Try(model.waiting_ids),))
        case LeavePressed() if model.opened is not None:
            return Next(replace(_quiet(model), is_asking=True))
        case ReasonChosen(reason) if model.is_asking:
            leave = Leave(model.selected, reason)
            return Next(replace(model, is_asking=False, busy=True), (leave,))
        case AskingClosed():
            return Next(replace(model, is_asking=False))
        case _:
            return Next(model)
