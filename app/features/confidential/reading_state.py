"""Reading a confidential note: shown once it is written down that it was read."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.confidential import Note
from app.core.merge import Write
from app.core.problems import ProblemCode
from app.ui.loop import Next
from app.ui.provenance import Names


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What was said, who wrote it down, and what ids are called."""

    note: Note
    write: Write
    names: Names


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """The screen; `readers` are the names of those who may read."""

    readers: tuple[str, ...] = ()
    opened: Opened | None = None
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The screen stands."""


@dataclass(frozen=True, slots=True)
class Left:
    """The screen is gone, and what was read with it."""


@dataclass(frozen=True, slots=True, repr=False)
class NoteOpened:
    """It is written down that it was read."""

    opened: Opened


@dataclass(frozen=True, slots=True)
class NoteClosed:
    """It stays closed, and why."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class AgainPressed:
    """What was refused may go by now."""


Event = Shown | Left | NoteOpened | NoteClosed | AgainPressed


@dataclass(frozen=True, slots=True)
class OpenNote:
    """Write down that it is read, then open it."""


Effect = OpenNote


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | AgainPressed():
            return Next(replace(model, problem=None), (OpenNote(),))
        case Left():
            return Next(replace(model, opened=None))
        case NoteOpened(opened):
            return Next(replace(model, opened=opened))
        case NoteClosed(problem):
            return Next(replace(model, opened=None, problem=problem))
        case _:
            assert_never(event)
