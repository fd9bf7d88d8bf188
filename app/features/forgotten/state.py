"""Somebody can't unlock: who, what helps, and a new PIN by a coordinator's grant."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

from app.core.problems import ProblemCode
from app.ui.loop import Next
from app.ui.pin_words import PinSet
from app.ui.secret import (
    EMPTY,
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    KeyEvent,
    KeysSwitched,
    Secret,
    TextTyped,
)


class Step(Enum):
    """Where one is."""

    NAMES = auto()
    TOLD = auto()
    CHOOSE = auto()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may work on this tablet."""

    practitioner_id: str
    name: str
    role: str
    pin_set: PinSet | None = None
    """When and by whose leave their PIN was set here, where that is known."""


@dataclass(frozen=True, slots=True)
class Model:
    """The screen; a PIN stands in it only while it is typed."""

    people: tuple[Person, ...] = ()
    is_loaded: bool = False
    step: Step = Step.NAMES
    person: Person | None = None
    secret: Secret = EMPTY
    busy: bool = False
    problem: ProblemCode | None = None

    def at_names(self) -> "Model":
        """The same people, and nothing of what was typed."""
        return Model(self.people, self.is_loaded)


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class PeopleLoaded:
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class PersonPressed:
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class FetchPressed:
    pass


@dataclass(frozen=True, slots=True)
class GrantFetched:
    people: tuple[Person, ...]
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    problem: ProblemCode


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
    | FetchPressed
    | GrantFetched
    | DigitPressed
    | ErasePressed
    | TextTyped
    | KeysSwitched
    | ContinuePressed
    | Opened
    | Failed
    | BackPressed
    | Left
)


@dataclass(frozen=True, slots=True)
class LoadPeople:
    pass


@dataclass(frozen=True, slots=True)
class FetchGrant:
    """Of this practitioner; "" fetches who works here by now."""

    practitioner_id: str


@dataclass(frozen=True, slots=True, repr=False)
class Recover:
    practitioner_id: str
    pin: str


@dataclass(frozen=True, slots=True)
class GoHome:
    pass


@dataclass(frozen=True, slots=True)
class Leave:
    pass


Effect = LoadPeople | FetchGrant | Recover | GoHome | Leave
_ABOUT_PIN = frozenset(
    {
        ProblemCode.PIN_TOO_SHORT,
        ProblemCode.PIN_TOO_SIMPLE,
        ProblemCode.PASSPHRASE_NEEDED,
    }
)


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (LoadPeople(),))
        case PeopleLoaded(people):
            return Next(replace(model, people=people, is_loaded=True))
        case PersonPressed(practitioner_id):
            return Next(_picked(model, practitioner_id))
        case FetchPressed():
            if model.busy:
                return Next(model)
            who = model.person.practitioner_id if model.person else ""
            return Next(replace(model, busy=True, problem=None), (FetchGrant(who),))
        case GrantFetched(people, problem):
            fetched = replace(model, people=people, busy=False, problem=problem)
            is_granted = model.person is not None and problem is None
            return Next(_to_choose(fetched) if is_granted else fetched)
        case DigitPressed() | ErasePressed() | TextTyped() | KeysSwitched():
            return Next(_typed(model, event))
        case ContinuePressed():
            return _continued(model)
        case Opened():
            return Next(model.at_names(), (GoHome(),))
        case Failed(problem):
            return Next(_failed(model, problem))
        case BackPressed():
            if model.busy:
                return Next(model)
            is_out = model.step is Step.NAMES
            return Next(model.at_names(), (Leave(),) if is_out else ())
        case Left():
            return Next(model.at_names())
        case _:
            assert_never(event)


def _picked(model: Model, practitioner_id: str) -> Model:
    found = [p for p in model.people if p.practitioner_id == practitioner_id]
    if not found or model.busy:
        return model
    return replace(model.at_names(), step=Step.TOLD, person=found[0])


def _failed(model: Model, problem: ProblemCode) -> Model:
    """Choose again where the PIN was refused; else what helps is told again."""
    idle = replace(model, busy=False, secret=EMPTY)
    if problem in _ABOUT_PIN:
        idle = _to_choose(idle)
    elif model.step is Step.CHOOSE:
        idle = replace(idle, step=Step.TOLD)
    return replace(idle, problem=problem)


def _to_choose(model: Model) -> Model:
    secret = Secret.for_role(model.person.role if model.person else "")
    return replace(model, step=Step.CHOOSE, secret=secret, problem=None)


def _typed(model: Model, event: KeyEvent) -> Model:
    if model.busy:
        return model
    return replace(model, secret=model.secret.pressed(event), problem=None)


def _continued(model: Model) -> Next[Model, Effect]:
    if model.busy or model.person is None or model.step is not Step.CHOOSE:
        return Next(model)
    if not model.secret.is_long_enough:
        return Next(replace(model, problem=ProblemCode.PIN_TOO_SHORT))
    secret = model.secret.confirmed()
    if not secret.is_chosen:
        return Next(replace(model, secret=secret))
    deed = Recover(model.person.practitioner_id, secret.text)
    return Next(replace(model, busy=True), (deed,))
