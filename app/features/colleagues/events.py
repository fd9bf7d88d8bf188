"""What happens on Colleagues, and what it asks to be done."""

from dataclasses import dataclass

from app.core.problems import ProblemCode
from app.ui.pin_words import PinSet
from app.ui.secret import (
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    KeysSwitched,
    TextTyped,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may work on this tablet."""

    practitioner_id: str
    name: str
    role: str
    has_pin: bool
    is_confirmed: bool = True
    pin_set: PinSet | None = None
    """When and by whose leave the PIN was set, where that is known."""


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class PeopleLoaded:
    people: tuple[Person, ...]
    me: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonPressed:
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class SecondPressed:
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class GrantPressed:
    pass


@dataclass(frozen=True, slots=True)
class GrantFound:
    """There is a permission for whom it was asked of."""

    practitioner_id: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    pass


@dataclass(frozen=True, slots=True)
class AddPressed:
    pass


@dataclass(frozen=True, slots=True)
class NameTyped:
    text: str


@dataclass(frozen=True, slots=True)
class RoleChosen:
    role: str


@dataclass(frozen=True, slots=True)
class AddConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class Added:
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


Event = (
    Shown
    | PeopleLoaded
    | PersonPressed
    | SecondPressed
    | GrantPressed
    | GrantFound
    | HandedOver
    | DigitPressed
    | ErasePressed
    | TextTyped
    | KeysSwitched
    | ContinuePressed
    | AddPressed
    | NameTyped
    | RoleChosen
    | AddConfirmed
    | Added
    | Kept
    | Failed
    | BackPressed
    | Left
)


@dataclass(frozen=True, slots=True)
class LoadPeople:
    pass


@dataclass(frozen=True, slots=True)
class FindGrant:
    practitioner_id: str


@dataclass(frozen=True, slots=True, repr=False)
class SetPin:
    """The first; a second colleague's PIN where who unlocked may not alone."""

    practitioner_id: str
    pin: str
    second_id: str = ""
    second_pin: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ChangePin:
    old: str
    new: str


@dataclass(frozen=True, slots=True, repr=False)
class ResetPin:
    practitioner_id: str
    new: str
    second_id: str
    second_pin: str


@dataclass(frozen=True, slots=True, repr=False)
class SetByGrant:
    practitioner_id: str
    new: str


@dataclass(frozen=True, slots=True)
class AddColleague:
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Leave:
    pass


Effect = (
    LoadPeople
    | FindGrant
    | SetPin
    | ChangePin
    | ResetPin
    | SetByGrant
    | AddColleague
    | Leave
)
