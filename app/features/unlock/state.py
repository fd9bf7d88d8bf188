"""Unlock: pick a name, give the PIN; the first time, choose it."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.features.unlock.model import Model, Person, Step
from app.features.unlock.unsent import (
    LoadUnsent,
    OpenHandover,
    StopWatching,
    UnsentLoaded,
    WayPressed,
)
from app.ui.loop import Next
from app.ui.secret import (
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    KeyEvent,
    KeysSwitched,
    Secret,
    TextTyped,
)


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class PeopleLoaded:
    people: tuple[Person, ...]
    site: str


@dataclass(frozen=True, slots=True)
class PersonPressed:
    practitioner_id: str


@dataclass(frozen=True, slots=True)
class WaitKnown:
    practitioner_id: str
    wait_seconds: int
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class ForgotPressed:
    """Somebody can't unlock."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class LanguagesPressed:
    pass


@dataclass(frozen=True, slots=True)
class Unlocked:
    pass


@dataclass(frozen=True, slots=True)
class UnlockFailed:
    problem: ProblemCode
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class SecondPassed:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


Event = (
    Shown
    | PeopleLoaded
    | PersonPressed
    | WaitKnown
    | DigitPressed
    | ErasePressed
    | TextTyped
    | KeysSwitched
    | ForgotPressed
    | ContinuePressed
    | BackPressed
    | LanguagesPressed
    | Unlocked
    | UnlockFailed
    | SecondPassed
    | UnsentLoaded
    | WayPressed
    | Left
)


@dataclass(frozen=True, slots=True)
class LoadPeople:
    pass


@dataclass(frozen=True, slots=True)
class AskWait:
    practitioner_id: str


@dataclass(frozen=True, slots=True, repr=False)
class OpenVault:
    practitioner_id: str
    pin: str


@dataclass(frozen=True, slots=True, repr=False)
class ChoosePin:
    practitioner_id: str
    pin: str


@dataclass(frozen=True, slots=True)
class CountSecond:
    pass


@dataclass(frozen=True, slots=True)
class StopCounting:
    pass


@dataclass(frozen=True, slots=True)
class GoHome:
    pass


@dataclass(frozen=True, slots=True)
class OpenLanguages:
    pass


@dataclass(frozen=True, slots=True)
class OpenForgotten:
    """Leads to what can be done about a PIN that is forgotten."""


Effect = (
    LoadPeople
    | AskWait
    | OpenVault
    | ChoosePin
    | CountSecond
    | StopCounting
    | GoHome
    | OpenLanguages
    | OpenForgotten
    | LoadUnsent
    | OpenHandover
    | StopWatching
)


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (LoadPeople(), LoadUnsent()))
        case PeopleLoaded(people, site):
            return Next(replace(model, people=people, site=site, is_loaded=True))
        case PersonPressed(practitioner_id):
            return _picked(model, practitioner_id)
        case DigitPressed() | ErasePressed() | TextTyped() | KeysSwitched():
            return Next(_typed(model, event))
        case ContinuePressed():
            return _continued(model)
        case BackPressed():
            return Next(model if model.busy else model.at_names(), (StopCounting(),))
        case LanguagesPressed():
            return Next(model, (OpenLanguages(),))
        case ForgotPressed():
            return Next(model.at_names(), (StopCounting(), OpenForgotten()))
        case Unlocked():
            return Next(model.at_names(), (GoHome(),))
        case UnlockFailed() | WaitKnown() | SecondPassed():
            return _waiting(model, event)
        case UnsentLoaded(unsent):
            return Next(replace(model, unsent=unsent))
        case WayPressed(way):
            return Next(model, (OpenHandover(way),))
        case Left():
            return Next(model.at_names(), (StopCounting(), StopWatching()))
        case _:
            assert_never(event)


def _picked(model: Model, practitioner_id: str) -> Next[Model, Effect]:
    found = [p for p in model.people if p.practitioner_id == practitioner_id]
    if not found or not (found[0].has_pin or found[0].may_choose):
        return Next(model)
    step = Step.PIN if found[0].has_pin else Step.CHOOSE
    secret = Secret.for_role(found[0].role)
    picked = replace(model.at_names(), step=step, person=found[0], secret=secret)
    return Next(picked, (AskWait(practitioner_id),))


def _typed(model: Model, event: KeyEvent) -> Model:
    if model.busy or model.is_closed or model.step is Step.NAMES:
        return model
    return replace(model, secret=model.secret.pressed(event), problem=None)


def _continued(model: Model) -> Next[Model, Effect]:
    if model.person is None or model.busy or model.must_wait or model.is_closed:
        return Next(model)
    if not model.secret.is_long_enough:
        return Next(replace(model, problem=ProblemCode.PIN_TOO_SHORT))
    person, pin = model.person.practitioner_id, model.secret.text
    if model.step is Step.PIN:
        return Next(replace(model, busy=True), (OpenVault(person, pin),))
    secret = model.secret.confirmed()
    if not secret.is_chosen:
        return Next(replace(model, secret=secret))
    return Next(replace(model, busy=True), (ChoosePin(person, pin),))


def _waiting(
    model: Model, event: UnlockFailed | WaitKnown | SecondPassed
) -> Next[Model, Effect]:
    """How long to wait is shown, and grows shorter before one's eyes."""
    match event:
        case UnlockFailed(failed, seconds):
            waiting = _failed(model, failed, seconds)
        case WaitKnown(practitioner_id, seconds, is_closed):
            is_asked = model.person and model.person.practitioner_id == practitioner_id
            problem = ProblemCode.SLOT_CLOSED if is_closed else model.problem
            known = replace(model, wait_seconds=seconds, problem=problem)
            waiting = known if is_asked else model
        case SecondPassed():
            left = max(0, model.wait_seconds - 1)
            is_over = model.must_wait and left == 0
            problem_ = None if is_over else model.problem
            waiting = replace(model, wait_seconds=left, problem=problem_)
        case _:
            assert_never(event)
    return Next(waiting, (CountSecond(),) if waiting.must_wait else ())


def _failed(model: Model, problem: ProblemCode, wait_seconds: int) -> Model:
    freed = replace(model, busy=False, secret=model.secret.cleared())
    return replace(freed, problem=problem, wait_seconds=wait_seconds)
