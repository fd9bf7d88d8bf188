"""Colleagues: who may work here; PINs set beside a colleague, changed, set anew."""

from dataclasses import dataclass, replace
from enum import Enum, auto
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
    ResetByGrant,
    ResetPin,
    RoleChosen,
    SecondPressed,
    SetPin,
    Shown,
)
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
    def seconds(self) -> tuple[Person, ...]:
        """Who may be the second of two, beside who unlocked."""
        first = [p for p in self.people if p.practitioner_id == self.me]
        if self.person is None or not first or not first[0].is_confirmed:
            return ()
        out = {self.me, self.person.practitioner_id}
        return tuple(
            p
            for p in self.people
            if p.has_pin and p.is_confirmed and p.practitioner_id not in out
        )

    def at_list(self) -> "Model":
        """The same people, and nothing of what was typed."""
        return Model(self.people, self.me, self.roles, self.is_loaded)


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
        case SecondPressed() | GrantPressed() | HandedOver():
            return Next(_beside(model, event))
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
    step = Step.SECOND if found[0].has_pin else Step.HAND_OVER
    return replace(picked, step=step)


def _beside(model: Model, event: SecondPressed | GrantPressed | HandedOver) -> Model:
    match event:
        case SecondPressed(second_id):
            found = [p for p in model.seconds if p.practitioner_id == second_id]
            if not found:
                return model
            secret = Secret.for_role(found[0].role)
            return replace(
                model,
                step=Step.SECOND_PIN,
                second=found[0],
                secret=secret,
                problem=None,
            )
        case GrantPressed():
            return replace(model, step=Step.HAND_OVER, by_grant=True, problem=None)
        case HandedOver():
            return _to_choose(model)
        case _:
            assert_never(event)


def _to_choose(model: Model) -> Model:
    role = model.person.role if model.person else ""
    secret = Secret.for_role(role)
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
        return ResetByGrant(whose, pin)
    if model.second is not None:
        return ResetPin(whose, pin, model.second.practitioner_id, model.given)
    return SetPin(whose, pin)


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
    if model.step is Step.ADD:
        return replace(idle, problem=problem)
    if problem in _ABOUT_CHOSEN:
        return replace(_to_choose(idle), problem=problem)
    if problem in _ABOUT_GIVEN and model.is_mine:
        role = model.person.role if model.person else ""
        step, secret = Step.OLD, Secret.for_role(role)
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
