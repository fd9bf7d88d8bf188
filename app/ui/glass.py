"""What is closed to a role, opened for a reason. Pure; a screen carries one `Glass`.

The reason is written into the audit before anything is shown, and it is closed again as
the screen is left.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from app.core.problems import ProblemCode

MAX_REASON = 500


class Why(StrEnum):
    """Reasons to choose from; they stand in the audit as they are."""

    DANGER = "danger"
    NO_NURSE = "no-nurse"
    OTHER = "other"


@dataclass(frozen=True, slots=True, repr=False)
class Glass:
    """Whether it is broken, or what was said so far of why it should be."""

    is_broken: bool = False
    is_asked: bool = False
    why: str = ""
    text: str = ""
    busy: bool = False
    problem: ProblemCode | None = None

    @property
    def reason(self) -> str:
        """What is written down, or nothing while too little was said."""
        text = " ".join(self.text.split())[:MAX_REASON]
        if not self.why or (self.why == Why.OTHER and not text):
            return ""
        return f"{self.why}: {text}" if text else self.why


INTACT = Glass()


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants to see it."""


@dataclass(frozen=True, slots=True)
class WhyChosen:
    """One of the reasons."""

    why: str


@dataclass(frozen=True, slots=True, repr=False)
class WhyTyped:
    """What there is to say beside it."""

    text: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """They stand by the reason."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The reason is in the audit."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It could not be written, so nothing is shown."""

    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class Closed:
    """They go on without."""


Event = Asked | WhyChosen | WhyTyped | Confirmed | Broken | Refused | Closed


@dataclass(frozen=True, slots=True)
class OnGlass:
    """An event of the glass, among those of its screen."""

    event: Event


@dataclass(frozen=True, slots=True, repr=False)
class BreakGlass:
    """Write the reason into the audit; then it is Broken."""

    reason: str


def decide(glass: Glass, event: Event) -> tuple[Glass, tuple[BreakGlass, ...]]:
    """Return what it is after an event, and whether a reason is to be written."""
    match event:
        case Confirmed() if glass.busy or not glass.reason:
            return glass, ()
        case Confirmed():
            return replace(glass, busy=True, problem=None), (BreakGlass(glass.reason),)
        case _:
            return _after(glass, event), ()


def _after(
    glass: Glass, event: Asked | WhyChosen | WhyTyped | Broken | Refused | Closed
) -> Glass:
    match event:
        case Asked():
            return replace(INTACT, is_asked=True)
        case WhyChosen(why):
            return replace(glass, why=why if why in set(Why) else "")
        case WhyTyped(text):
            return replace(glass, text=text)
        case Broken():
            # The screen may have been left meanwhile: then it is closed again.
            return Glass(is_broken=True) if glass.busy else glass
        case Refused(problem):
            return replace(glass, busy=False, problem=problem)
        case Closed():
            return glass if glass.busy else INTACT
        case _:
            assert_never(event)
