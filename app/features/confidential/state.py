"""Confidential: a disclosure is written down, for those alone who may read it."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.confidential import Category
from app.core.problems import ProblemCode
from app.ui.leaving import GoBack, LeavePressed, LossAccepted, StayPressed
from app.ui.loop import Next


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """The screen; `readers` are the names of those who may read."""

    readers: tuple[str, ...] = ()
    category: str = ""
    text: str = ""
    busy: bool = False
    problem: ProblemCode | None = None
    asks_to_leave: bool = False
    """There is no draft: one goes, and loses what is typed, or stays."""

    @property
    def can_save(self) -> bool:
        """Whether there is something to save, and somebody to read it."""
        is_written = bool(self.category and self.text.strip())
        return is_written and bool(self.readers) and not self.busy


@dataclass(frozen=True, slots=True)
class CategoryChosen:
    category: str


@dataclass(frozen=True, slots=True, repr=False)
class TextTyped:
    text: str


@dataclass(frozen=True, slots=True)
class SavePressed:
    pass


@dataclass(frozen=True, slots=True)
class Saved:
    pass


@dataclass(frozen=True, slots=True)
class SaveFailed:
    problem: ProblemCode


Leaving = LeavePressed | LossAccepted | StayPressed
Event = CategoryChosen | TextTyped | SavePressed | Saved | SaveFailed | Leaving


@dataclass(frozen=True, slots=True, repr=False)
class SaveNote:
    """Seal it, and write it."""

    category: str
    text: str


Effect = SaveNote | GoBack


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case CategoryChosen(category):
            known = category if category in set(Category) else ""
            return Next(replace(model, category=known))
        case TextTyped(text):
            return Next(replace(model, text=text))
        case SavePressed() if not model.can_save:
            return Next(model)
        case SavePressed():
            saving = replace(model, busy=True, problem=None)
            return Next(saving, (SaveNote(model.category, model.text.strip()),))
        case Saved():
            return Next(replace(model, text=""), (GoBack(),))
        case SaveFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case LeavePressed() | LossAccepted() | StayPressed():
            return _leaving(model, event)
        case _:
            assert_never(event)


def _leaving(model: Model, event: Leaving) -> Next[Model, Effect]:
    match event:
        case LeavePressed() if model.busy:
            return Next(model)
        case LeavePressed() if model.text.strip():
            return Next(replace(model, asks_to_leave=True))
        case LeavePressed() | LossAccepted():
            return Next(replace(model, text="", asks_to_leave=False), (GoBack(),))
        case StayPressed():
            return Next(replace(model, asks_to_leave=False))
        case _:
            assert_never(event)
