"""Tablet: a backup of all that is on it, and old files that were set aside."""

from dataclasses import dataclass, field, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next

LEAST = 12
"""Characters of a backup's passphrase: nothing else protects the file."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was typed, what was kept, and what lies about."""

    first: str = field(default="", repr=False)
    second: str = field(default="", repr=False)
    busy: bool = False
    missing: bool = False
    problem: ProblemCode | None = None
    outcome: bool | None = None
    """Whether the newest backup was kept by whoever asked for it."""
    kept: tuple[str, ...] = ()
    """Names of damaged files that were set aside here."""
    asks_to_delete: bool = False

    @property
    def is_long(self) -> bool:
        """Whether the passphrase has what it needs."""
        return len(self.first) >= LEAST

    @property
    def is_same(self) -> bool:
        """Whether it was typed twice alike."""
        return self.first == self.second


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class KeptFound:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstTyped:
    text: str


@dataclass(frozen=True, slots=True)
class SecondTyped:
    text: str


@dataclass(frozen=True, slots=True)
class BackUpPressed:
    pass


@dataclass(frozen=True, slots=True)
class HandedOut:
    kept: bool


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class DeletePressed:
    pass


@dataclass(frozen=True, slots=True)
class DeleteConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class AskingClosed:
    pass


Event = (
    Shown
    | KeptFound
    | FirstTyped
    | SecondTyped
    | BackUpPressed
    | HandedOut
    | Failed
    | DeletePressed
    | DeleteConfirmed
    | AskingClosed
)


@dataclass(frozen=True, slots=True)
class FindKept:
    pass


@dataclass(frozen=True, slots=True)
class BackUp:
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeleteKept:
    pass


Effect = FindKept | BackUp | DeleteKept


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (FindKept(),))
        case KeptFound(names):
            return Next(replace(model, kept=names))
        case FirstTyped(text):
            return Next(replace(model, first=text, outcome=None, problem=None))
        case SecondTyped(text):
            return Next(replace(model, second=text, outcome=None, problem=None))
        case BackUpPressed():
            return _pressed(model)
        case HandedOut(kept):
            empty = replace(model, first="", second="") if kept else model
            return Next(replace(empty, busy=False, outcome=kept))
        case Failed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case DeletePressed():
            return Next(replace(model, asks_to_delete=bool(model.kept)))
        case DeleteConfirmed():
            return Next(replace(model, asks_to_delete=False), (DeleteKept(),))
        case AskingClosed():
            return Next(replace(model, asks_to_delete=False))
        case _:
            assert_never(event)


def _pressed(model: Model) -> Next[Model, Effect]:
    if model.busy:
        return Next(model)
    if not (model.is_long and model.is_same):
        return Next(replace(model, missing=True, outcome=None))
    begun = replace(model, busy=True, missing=False, problem=None, outcome=None)
    return Next(begun, (BackUp(model.first),))
