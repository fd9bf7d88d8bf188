"""Sync: a file from the server, and of whom something exists on this tablet alone."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode


@dataclass(frozen=True, slots=True)
class WaitingHere:
    """Of one person: how many records exist only here, and since when."""

    patient_id: str
    name: str
    card: str
    records: int
    oldest_at: int
    is_sent: bool
    """Whether it left this tablet once, and nobody confirmed it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file said: of this tablet's changes, and how many came from others."""

    confirmed: int
    set_aside: int
    received: int


@dataclass(frozen=True, slots=True)
class Answering:
    """Taking in a file that came back."""

    is_busy: bool = False
    heard: Heard | None = None
    problem: ProblemCode | None = None


NOT_YET = Answering()


@dataclass(frozen=True, slots=True)
class AnswerPressed:
    """Somebody has a file from the server."""


@dataclass(frozen=True, slots=True)
class AnswerHeard:
    """A file was taken in; None where none was chosen."""

    heard: Heard | None


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """It can't be taken in."""

    problem: ProblemCode


CarriedEvent = AnswerPressed | AnswerHeard | AnswerFailed


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """Let somebody choose the file, and take it in."""


def answering(model: Answering, event: CarriedEvent) -> Answering:
    """Decide an event."""
    match event:
        case AnswerPressed():
            return Answering(is_busy=True)
        case AnswerHeard(heard):
            return replace(model, is_busy=False, heard=heard)
        case AnswerFailed(problem):
            return replace(model, is_busy=False, problem=problem)
        case _:
            assert_never(event)
