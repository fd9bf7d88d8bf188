"""Handover: what a locked tablet has for its server is sent, or saved to a stick."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next
from app.ui.routes import Way


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: counts and times (UTC milliseconds), and nobody's name."""

    records: int
    changes: int
    changes_sent: int
    oldest_at: int
    refused: int = 0
    """Changes that the server did not accept."""
    saved_at: int | None = None
    """When it was last saved as a file."""

    @property
    def is_sent(self) -> bool:
        """Whether the server has answered all of it."""
        return self.changes_sent == self.changes


@dataclass(frozen=True, slots=True)
class Moved:
    """How far sending has come: changes answered, of how many; bytes sent."""

    done: int
    total: int
    sent_bytes: int


@dataclass(frozen=True, slots=True)
class Model:
    """The screen; `begins` is what it does first, once it knows what waits."""

    now_ms: int = 0
    begins: Way | None = None
    waiting: Waiting | None = None
    is_loaded: bool = False
    moved: Moved | None = None
    is_sending: bool = False
    is_stopping: bool = False
    was_stopped: bool = False
    is_saving: bool = False
    saved_as: str = ""
    problem: ProblemCode | None = None
    may_send: bool = True
    """Whether a server is known that this device may send it to."""

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self.is_sending or self.is_saving

    @property
    def has_something(self) -> bool:
        """Whether there is anything to send or to save."""
        return self.waiting is not None and not self.waiting.is_sent


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


@dataclass(frozen=True, slots=True)
class Loaded:
    waiting: Waiting | None
    now_ms: int


@dataclass(frozen=True, slots=True)
class LoadFailed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class SendPressed:
    pass


@dataclass(frozen=True, slots=True)
class StopPressed:
    pass


@dataclass(frozen=True, slots=True)
class MovedOn:
    moved: Moved


@dataclass(frozen=True, slots=True)
class SendEnded:
    """It sent all, or was stopped."""


@dataclass(frozen=True, slots=True)
class SendFailed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class SavePressed:
    pass


@dataclass(frozen=True, slots=True)
class Saved:
    """A file was saved under a name; without one, nothing was chosen."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class SaveFailed:
    problem: ProblemCode


Event = (
    Shown
    | Left
    | Loaded
    | LoadFailed
    | SendPressed
    | StopPressed
    | MovedOn
    | SendEnded
    | SendFailed
    | SavePressed
    | Saved
    | SaveFailed
)


@dataclass(frozen=True, slots=True)
class Load:
    pass


@dataclass(frozen=True, slots=True)
class Send:
    pass


@dataclass(frozen=True, slots=True)
class StopSending:
    pass


@dataclass(frozen=True, slots=True)
class LetSleep:
    """The screen may go dark again."""


@dataclass(frozen=True, slots=True)
class Save:
    pass


Effect = Load | Send | StopSending | LetSleep | Save


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (Load(),))
        case Left():
            return Next(model, (StopSending(), LetSleep()))
        case Loaded(waiting, now_ms):
            known = replace(model, waiting=waiting, now_ms=now_ms, is_loaded=True)
            return _begun(known)
        case LoadFailed(problem):
            return Next(replace(model, is_loaded=True, problem=problem))
        case SendPressed() | StopPressed() | MovedOn() | SendEnded() | SendFailed():
            return _sending(model, event)
        case SavePressed() | Saved() | SaveFailed():
            return _saving(model, event)
        case _:
            assert_never(event)


def _begun(model: Model) -> Next[Model, Effect]:
    """Begin what whoever came here pressed on the lock screen, once."""
    way, rest = model.begins, replace(model, begins=None)
    match way:
        case Way.SEND:
            return _sending(rest, SendPressed())
        case Way.SAVE:
            return _saving(rest, SavePressed())
        case None:
            return Next(rest)
        case _:
            assert_never(way)


def _sending(
    model: Model,
    event: SendPressed | StopPressed | MovedOn | SendEnded | SendFailed,
) -> Next[Model, Effect]:
    match event:
        case SendPressed():
            if model.is_busy or not (model.has_something and model.may_send):
                return Next(model)
            begun = replace(model, is_sending=True, was_stopped=False, problem=None)
            return Next(replace(begun, moved=None, saved_as=""), (Send(),))
        case StopPressed():
            if not model.is_sending:
                return Next(model)
            return Next(replace(model, is_stopping=True), (StopSending(),))
        case MovedOn(moved):
            return Next(replace(model, moved=moved) if model.is_sending else model)
        case SendEnded():
            ended = replace(model, was_stopped=model.is_stopping)
            return Next(_ended(ended), (LetSleep(), Load()))
        case SendFailed(problem):
            return Next(_ended(replace(model, problem=problem)), (LetSleep(), Load()))
        case _:
            assert_never(event)


def _ended(model: Model) -> Model:
    return replace(model, is_sending=False, is_stopping=False, moved=None)


def _saving(
    model: Model, event: SavePressed | Saved | SaveFailed
) -> Next[Model, Effect]:
    match event:
        case SavePressed():
            if model.is_busy or not model.has_something:
                return Next(model)
            begun = replace(model, is_saving=True, saved_as="", problem=None)
            return Next(replace(begun, was_stopped=False), (Save(),))
        case Saved(name):
            return Next(replace(model, is_saving=False, saved_as=name), (Load(),))
        case SaveFailed(problem):
            return Next(replace(model, is_saving=False, problem=problem))
        case _:
            assert_never(event)
