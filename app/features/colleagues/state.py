"""Colleagues: who may work here; PINs set beside a colleague, changed, set anew."""

from dataclasses import replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.features.colleagues.events import (
    AddColleague,
    AddConfirmed,
    Added,
    AddPressed,
    BackPressed,
    ChangePin,
    Effect,
    Event,
    Failed,
    FindGrant,
    GrantFound,
    GrantPressed,
    HandedOver,
    Kept,
    Leave,
    Left,
    LoadPeople,
    NameTyped,
    PeopleLoaded,
    Person,
    PersonPressed,
    ResetPin,
    RoleChosen,
    SecondPressed,
    SetByGrant,
    SetPin,
    Shown,
)
from app.features.colleagues.model import Model, Step
from app.ui.loop import Next
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


def _kept(model: Model) -> Model:
    """The list once a PIN is kept; who has it now is known before it is read again."""
    if model.person is None:
        return model.at_list()
    whose = model.person.practitioner_id
    people = tuple(
        replace(p, has_pin=True) if p.practitioner_id == whose else p
        for p in model.people
    )
    return replace(model.at_list(), people=people, done_for=model.person.name)


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown():
            return Next(model, (LoadPeople(),))
        case PeopleLoaded(people, me, roles):
            return Next(
                replace(model, people=people, me=me, roles=roles, is_loaded=True)
            )
        case PersonPressed(practitioner_id):
            return Next(_picked(model, practitioner_id))
        case SecondPressed() | GrantPressed() | GrantFound() | HandedOver():
            return _beside(model, event)
        case DigitPressed() | ErasePressed() | TextTyped() | KeysSwitched():
            return Next(_typed(model, event))
        case ContinuePressed():
            return _continued(model)
        case AddPressed() | NameTyped() | RoleChosen() | AddConfirmed():
            return _adding(model, event)
        case Added(practitioner_id):
            fresh = Person(
                practitioner_id, model.name, model.role, has_pin=False,
                is_confirmed=False,
            )  # fmt: skip
            at_list = replace(model.at_list(), people=(*model.people, fresh))
            return Next(_picked(at_list, practitioner_id), (LoadPeople(),))
        case Kept():
            return Next(_kept(model), (LoadPeople(),))
        case Failed(problem, wait_seconds):
            return Next(_failed(model, problem, wait_seconds))
        case BackPressed():
            if model.busy:
                return Next(model)
            is_out = model.step is Step.LIST
            return Next(model.at_list(), (Leave(),) if is_out else ())
        case Left():
            return Next(model.at_list())
        case _:
            assert_never(event)


def _picked(model: Model, practitioner_id: str) -> Model:
    found = [p for p in model.people if p.practitioner_id == practitioner_id]
    if not found or model.busy:
        return model
    picked = replace(model.at_list(), person=found[0])
    if practitioner_id == model.me:
        return replace(picked, step=Step.OLD, secret=Secret.for_role(found[0].role))
    step = Step.SECOND if picked.needs_second else Step.HAND_OVER
    return replace(picked, step=step)


def _beside(
    model: Model, event: SecondPressed | GrantPressed | GrantFound | HandedOver
) -> Next[Model, Effect]:
    person = model.person
    if person is None or model.busy:
        return Next(model)
    whose = person.practitioner_id
    match event:
        case SecondPressed(second_id):
            return Next(_seconded(model, second_id))
        case GrantPressed():
            return Next(replace(model, problem=None), (FindGrant(whose),))
        case GrantFound(found) if model.step is Step.SECOND and found == whose:
            handed = replace(model, step=Step.HAND_OVER, by_grant=True, problem=None)
            return Next(handed)
        case GrantFound():
            return Next(model)
        case HandedOver():
            return Next(_to_choose(model))
        case _:
            assert_never(event)


def _seconded(model: Model, second_id: str) -> Model:
    found = [p for p in model.seconds if p.practitioner_id == second_id]
    if not found:
        return model
    secret = Secret.for_role(found[0].role)
    return replace(
        model, step=Step.SECOND_PIN, second=found[0], secret=secret, problem=None
    )


def _to_choose(model: Model) -> Model:
    secret = Secret.for_role(model.role_of_owner)
    return replace(model, step=Step.CHOOSE, secret=secret, problem=None)


def _typed(model: Model, event: KeyEvent) -> Model:
    if model.busy:
        return model
    secret = model.secret.pressed(event)
    return replace(model, secret=secret, problem=None, wait_seconds=0)


def _continued(model: Model) -> Next[Model, Effect]:
    if model.busy or model.person is None:
        return Next(model)
    text = model.secret.text
    if not model.secret.is_long_enough:
        return Next(replace(model, problem=ProblemCode.PIN_TOO_SHORT))
    match model.step:
        case Step.OLD:
            return Next(_to_choose(replace(model, given=text)))
        case Step.SECOND_PIN:
            handed = replace(model, given=text, secret=EMPTY, step=Step.HAND_OVER)
            return Next(handed)
        case Step.CHOOSE:
            secret = model.secret.confirmed()
            if not secret.is_chosen:
                return Next(replace(model, secret=secret))
            return Next(replace(model, busy=True), (_deed(model, model.person, text),))
        case _:
            return Next(model)


def _deed(model: Model, person: Person, pin: str) -> Effect:
    whose = person.practitioner_id
    if model.is_mine:
        return ChangePin(model.given, pin)
    if model.by_grant:
        return SetByGrant(whose, pin)
    if model.second is None:
        return SetPin(whose, pin)
    deed = ResetPin if person.has_pin else SetPin
    return deed(whose, pin, model.second.practitioner_id, model.given)


_ABOUT_GIVEN = frozenset({ProblemCode.WRONG_PIN, ProblemCode.WAIT_BEFORE_RETRY})
_ABOUT_CHOSEN = frozenset(
    {
        ProblemCode.PIN_TOO_SHORT,
        ProblemCode.PIN_TOO_SIMPLE,
        ProblemCode.PASSPHRASE_NEEDED,
    }
)


def _failed(model: Model, problem: ProblemCode, wait_seconds: int) -> Model:
    """Go back to what was wrong: a PIN that was given, the new one, or the list."""
    idle = replace(model, busy=False, secret=EMPTY)
    if model.step in {Step.ADD, Step.SECOND}:
        return replace(idle, problem=problem)
    if problem in _ABOUT_CHOSEN:
        return replace(_to_choose(idle), problem=problem)
    if problem in _ABOUT_GIVEN and model.is_mine:
        step, secret = Step.OLD, Secret.for_role(model.role_of_owner)
    elif problem in _ABOUT_GIVEN and model.second is not None:
        step, secret = Step.SECOND_PIN, Secret.for_role(model.second.role)
    else:
        return replace(model.at_list(), problem=problem)
    return replace(
        idle, step=step, secret=secret, given="", problem=problem,
        wait_seconds=wait_seconds,
    )  # fmt: skip


def _adding(
    model: Model, event: AddPressed | NameTyped | RoleChosen | AddConfirmed
) -> Next[Model, Effect]:
    match event:
        case AddPressed():
            role = model.roles[-1] if len(model.roles) == 1 else ""
            return Next(replace(model.at_list(), step=Step.ADD, role=role))
        case NameTyped(text):
            return Next(replace(model, name=text, problem=None))
        case RoleChosen(role):
            return Next(replace(model, role=role, problem=None))
        case AddConfirmed():
            if model.busy or not model.role:
                return Next(model)
            deed = AddColleague(model.name, model.role)
            return Next(replace(model, busy=True), (deed,))
        case _:
            assert_never(event)
