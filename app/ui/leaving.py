"""Leaving a form: not before what is typed is kept, or known to be lost."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, assert_never

from app.core.canonical import Json
from app.core.problems import ProblemCode
from app.ui.loop import Next


@dataclass(frozen=True, slots=True, kw_only=True)
class Leavable(ABC):
    """The model of a form whose draft is kept at each change."""

    busy: bool = False
    """While something is saved, whose outcome is seen before one leaves."""
    draft_problem: ProblemCode | None = None
    kept: Mapping[str, Json] = field(default_factory=dict)
    """The draft as it was last kept."""
    is_leaving: bool = False
    """One goes as soon as the draft is kept."""
    asks_to_leave: bool = False
    """The draft could not be kept: one goes, and loses it, or stays."""

    @property
    @abstractmethod
    def draft(self) -> dict[str, Json]:
        """What is kept while it is not saved."""

    @property
    def is_kept(self) -> bool:
        """Whether nothing is lost if one leaves now."""
        return self.kept == self.draft


@dataclass(frozen=True, slots=True)
class DraftKept:
    """What was typed is kept, as it was then."""

    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class DraftFailed:
    """What is typed can't be kept while it is not saved."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """Away from here; what is typed comes back later, if it could be kept."""


@dataclass(frozen=True, slots=True)
class LossAccepted:
    """Away from here, although what is typed could not be kept."""


@dataclass(frozen=True, slots=True)
class StayPressed:
    """Not away from here."""


Away = DraftKept | DraftFailed | LeavePressed | LossAccepted | StayPressed


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep what is typed."""

    content: dict[str, Json]


@dataclass(frozen=True, slots=True)
class GoBack:
    """Leave."""


Form = TypeVar("Form", bound=Leavable)


def away(model: Form, event: Away) -> Next[Form, KeepDraft | GoBack]:
    """Decide what became of a draft, and whether one leaves."""
    match event:
        case DraftKept(content):
            kept = replace(model, kept=content, draft_problem=None)
            goes = kept.is_leaving and kept.is_kept
            return Next(kept, (GoBack(),) if goes else ())
        case DraftFailed(problem):
            asks = model.is_leaving
            failed = replace(model, draft_problem=problem, is_leaving=False)
            return Next(replace(failed, asks_to_leave=asks))
        case LeavePressed():
            return _pressed(model)
        case LossAccepted():
            return Next(replace(model, asks_to_leave=False), (GoBack(),))
        case StayPressed():
            return Next(replace(model, asks_to_leave=False))
        case _:
            assert_never(event)


def _pressed(model: Form) -> Next[Form, KeepDraft | GoBack]:
    if model.busy:
        return Next(model)
    if model.is_kept:
        return Next(model, (GoBack(),))
    return Next(replace(model, is_leaving=True), (KeepDraft(model.draft),))
