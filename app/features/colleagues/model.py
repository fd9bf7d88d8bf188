"""What Colleagues knows: who works here, whose PIN is set, and who may stand by."""

from dataclasses import dataclass
from enum import Enum, auto

from app.core.problems import ProblemCode
from app.core.roles import may_reset_pin, may_set_first_pin
from app.features.colleagues.events import Person
from app.ui.secret import EMPTY, Secret


class Step(Enum):
    """Where one is."""

    LIST = auto()
    ADD = auto()
    OLD = auto()
    """My own PIN, before a new one."""
    SECOND = auto()
    SECOND_PIN = auto()
    HAND_OVER = auto()
    CHOOSE = auto()


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """The screen; what is secret stands in it only while it is needed."""

    people: tuple[Person, ...] = ()
    me: str = ""
    roles: tuple[str, ...] = ()
    is_loaded: bool = False
    step: Step = Step.LIST
    person: Person | None = None
    second: Person | None = None
    by_grant: bool = False
    given: str = ""
    """My old PIN, or the second colleague's."""
    secret: Secret = EMPTY
    name: str = ""
    role: str = ""
    busy: bool = False
    problem: ProblemCode | None = None
    wait_seconds: int = 0
    done_for: str = ""
    """Whose PIN was just kept: a name."""

    @property
    def is_mine(self) -> bool:
        """Whether the PIN is that of who unlocked."""
        return self.person is not None and self.person.practitioner_id == self.me

    @property
    def role_of_owner(self) -> str:
        """The role of whose PIN it is."""
        return self.person.role if self.person else ""

    @property
    def needs_second(self) -> bool:
        """Whether who unlocked is not enough for this person's PIN."""
        is_reset = self.person is not None and self.person.has_pin
        return is_reset or not may_set_first_pin(self.role_of_owner, self._my_roles)

    @property
    def seconds(self) -> tuple[Person, ...]:
        """Who may stand by, beside who unlocked, and is enough with them."""
        person = self.person
        if person is None:
            return ()
        enough = may_reset_pin if person.has_pin else may_set_first_pin
        apart = {self.me, person.practitioner_id}
        return tuple(
            p
            for p in self.people
            if p.has_pin and p.is_confirmed and p.practitioner_id not in apart
            if enough(person.role, (*self._my_roles, p.role))
        )

    @property
    def _my_roles(self) -> tuple[str, ...]:
        """The role of who unlocked, while it counts: once they are confirmed."""
        mine = (p for p in self.people if p.practitioner_id == self.me)
        return tuple(p.role for p in mine if p.is_confirmed)

    def at_list(self) -> "Model":
        """The same people, and nothing of what was typed."""
        return Model(self.people, self.me, self.roles, self.is_loaded)
