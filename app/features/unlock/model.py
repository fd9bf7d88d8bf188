"""What the unlock screen knows: who may unlock, who tries, and what is typed."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from app.core.problems import ProblemCode
from app.features.unlock.unsent import NOTHING, Unsent
from app.ui.secret import EMPTY, Secret


class Step(Enum):
    """Where one is."""

    NAMES = auto()
    PIN = auto()
    CHOOSE = auto()


@dataclass(frozen=True, slots=True)
class Person:
    """A practitioner who may unlock this tablet."""

    practitioner_id: str
    name: str
    role: str
    has_pin: bool
    is_confirmed: bool = True
    may_choose: bool = False
    """Whether a first PIN can be chosen here and now."""


@dataclass(frozen=True, slots=True)
class Model:
    """The screen; a PIN stands in it only while it is typed."""

    people: tuple[Person, ...] = ()
    site: str = ""
    is_loaded: bool = False
    step: Step = Step.NAMES
    person: Person | None = None
    secret: Secret = EMPTY
    busy: bool = False
    problem: ProblemCode | None = None
    wait_seconds: int = 0
    sent_away: str = ""
    """Who had unlocked, and was revoked meanwhile."""
    unsent: Unsent = NOTHING

    @property
    def must_wait(self) -> bool:
        """Whether a PIN would not be looked at yet."""
        return self.wait_seconds > 0

    @property
    def is_closed(self) -> bool:
        """Whether no PIN of this person would be looked at any more."""
        return self.problem is ProblemCode.SLOT_CLOSED

    def at_names(self) -> "Model":
        """The same people, and nothing of what was typed."""
        known = Model(self.people, self.site, self.is_loaded)
        return replace(known, sent_away=self.sent_away, unsent=self.unsent)
