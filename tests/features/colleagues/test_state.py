"""Colleagues: what each press leads to."""

from dataclasses import replace

import pytest

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
)
from app.features.colleagues.model import Model, Step
from app.features.colleagues.state import update
from app.ui.secret import ContinuePressed, DigitPressed, KeysSwitched, TextTyped

ANA = Person("ana", "Ana", "nurse", has_pin=True)
BO = Person("bo", "Bo", "mediator", has_pin=True)
CY = Person("cy", "Cy", "nurse", has_pin=False)
DI = Person("di", "Di", "nurse", has_pin=True, is_confirmed=False)
CLARA = Person("clara", "Clara", "coordinator", has_pin=False)
LOADED = PeopleLoaded((ANA, BO, CY, DI, CLARA), "ana", ("nurse", "mediator"))
PIN, NEW = "428193", "906152"


def after(
    *events: Event, model: Model | None = None
) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    current = model or update(Model(), LOADED).model
    for event in events:
        step = update(current, event)
        current, effects = step.model, step.effects
    return current, effects


def given(pin: str) -> list[Event]:
    return [*(DigitPressed(digit) for digit in pin), ContinuePressed()]


def test_who_has_no_pin_gets_the_tablet_and_types_one_twice() -> None:
    handed, _ = after(PersonPressed("cy"))
    assert handed.step is Step.HAND_OVER
    model, effects = after(HandedOver(), *given(NEW), *given(NEW), model=handed)
    assert (model.busy, effects) == (True, (SetPin("cy", NEW),))
    done, effects = after(Kept(), model=model)
    assert (done.step, done.done_for, done.secret.first) == (Step.LIST, "Cy", "")
    assert effects == (LoadPeople(),)
    again, _ = after(PersonPressed("cy"), model=done)  # before it was read again
    assert again.step is Step.SECOND


def test_two_that_differ_are_asked_again() -> None:
    begun = (PersonPressed("cy"), HandedOver(), *given(NEW), *given("906153"))
    model, effects = after(*begun)
    assert (model.step, model.secret.differs, model.secret.first) == (
        Step.CHOOSE,
        True,
        "",
    )
    assert effects == ()


def test_ones_own_pin_is_asked_before_a_new_one() -> None:
    begun = (PersonPressed("ana"), *given(PIN), *given(NEW), *given(NEW))
    model, effects = after(*begun)
    assert effects == (ChangePin(PIN, NEW),)
    wrong, _ = after(Failed(ProblemCode.WRONG_PIN, 15), model=model)
    assert (wrong.step, wrong.given, wrong.wait_seconds) == (Step.OLD, "", 15)


def test_a_forgotten_pin_takes_a_second_colleague_who_is_confirmed() -> None:
    asked, _ = after(PersonPressed("di"))
    assert asked.step is Step.SECOND
    assert asked.seconds == (BO,)  # Ana is a nurse as well: anybody else will do.
    begun = (SecondPressed("bo"), *given("739164"), HandedOver())
    model, effects = after(*begun, *given(NEW), *given(NEW), model=asked)
    assert effects == (ResetPin("di", NEW, "bo", "739164"),)
    wrong, _ = after(Failed(ProblemCode.WRONG_PIN), model=model)
    assert (wrong.step, wrong.second, wrong.given) == (Step.SECOND_PIN, BO, "")


def test_neither_who_forgot_nor_who_unlocked_is_the_second() -> None:
    asked, _ = after(PersonPressed("bo"))
    assert asked.seconds == ()
    for one in ("ana", "bo", "di", "nobody"):
        assert after(SecondPressed(one), model=asked)[0].step is Step.SECOND


def test_a_coordinators_permission_is_looked_for_before_anything_is_typed() -> None:
    asked, effects = after(PersonPressed("bo"), GrantPressed())
    assert (asked.step, effects) == (Step.SECOND, (FindGrant("bo"),))
    none, _ = after(Failed(ProblemCode.NO_GRANT), model=asked)
    assert (none.step, none.problem) == (Step.SECOND, ProblemCode.NO_GRANT)
    elsewhere, _ = after(BackPressed(), GrantFound("bo"), model=asked)
    assert elsewhere.step is Step.LIST
    begun = (GrantFound("bo"), HandedOver(), *given(NEW), *given(NEW))
    assert after(*begun, model=asked)[1] == (SetByGrant("bo", NEW),)


def test_whoever_may_do_more_takes_somebody_of_their_role_or_permission() -> None:
    asked, _ = after(PersonPressed("clara"))
    assert (asked.step, asked.seconds) == (Step.SECOND, ())
    granted, _ = after(GrantPressed(), GrantFound("clara"), model=asked)
    assert (granted.step, granted.by_grant) == (Step.HAND_OVER, True)
    ada = Person("ada", "Ada", "administrator", has_pin=True)
    model = update(Model(), replace(LOADED, people=(*LOADED.people, ada))).model
    asked, _ = after(PersonPressed("clara"), model=model)
    assert asked.seconds == (ada,)
    typed = (TextTyped("quiet river 5"), ContinuePressed(), HandedOver())
    begun, _ = after(SecondPressed("ada"), *typed, model=asked)
    chosen = (TextTyped("olive tree 7"), ContinuePressed())
    effects = after(*chosen, *chosen, model=begun)[1]
    assert effects == (SetPin("clara", "olive tree 7", "ada", "quiet river 5"),)


def test_who_is_not_confirmed_lets_nobody_choose_a_pin_alone() -> None:
    as_di = replace(LOADED, me="di")
    asked, _ = after(PersonPressed("cy"), model=update(Model(), as_di).model)
    assert (asked.step, asked.seconds) == (Step.SECOND, (ANA,))
    forgot, _ = after(PersonPressed("ana"), model=update(Model(), as_di).model)
    assert forgot.seconds == ()


def test_of_two_who_let_somebody_choose_anew_one_has_such_a_role() -> None:
    as_bo = update(Model(), replace(LOADED, me="bo")).model
    mo = Person("mo", "Mo", "mediator", has_pin=True)
    as_bo = replace(as_bo, people=(*as_bo.people, mo))
    assert after(PersonPressed("di"), model=as_bo)[0].seconds == (ANA,)
    assert after(PersonPressed("mo"), model=as_bo)[0].seconds == (ANA,)
    assert after(PersonPressed("ana"), model=as_bo)[0].seconds == ()


def test_a_coordinator_is_asked_for_letters_and_everybody_may_have_them() -> None:
    asked, _ = after(PersonPressed("clara"), GrantPressed())
    handed, _ = after(GrantFound("clara"), HandedOver(), model=asked)
    assert handed.secret.has_letters
    still, _ = after(KeysSwitched(), model=handed)
    assert still.secret.has_letters  # Digits alone would be refused.
    digits, _ = after(PersonPressed("cy"), HandedOver())
    assert not digits.secret.has_letters
    switched, _ = after(DigitPressed("1"), KeysSwitched(), model=digits)
    assert (switched.secret.has_letters, switched.secret.text) == (True, "")
    typed, _ = after(TextTyped("olive tree"), ContinuePressed(), model=switched)
    assert (typed.step, typed.secret.first) == (Step.CHOOSE, "olive tree")


def test_what_is_too_simple_is_chosen_again() -> None:
    begun = (PersonPressed("cy"), HandedOver(), *given("111111"), *given("111111"))
    model, _ = after(*begun, Failed(ProblemCode.PIN_TOO_SIMPLE))
    assert (model.step, model.problem) == (Step.CHOOSE, ProblemCode.PIN_TOO_SIMPLE)


def test_a_colleague_is_added_once_with_a_role_and_gets_the_tablet() -> None:
    form, effects = after(AddPressed(), NameTyped("Maria"), AddConfirmed())
    assert (form.step, effects) == (Step.ADD, ())
    model, effects = after(RoleChosen("nurse"), AddConfirmed(), model=form)
    assert effects == (AddColleague("Maria", "nurse"),)
    assert after(AddConfirmed(), model=model)[1] == ()
    taken, _ = after(Failed(ProblemCode.NAME_TAKEN), model=model)
    assert (taken.step, taken.name, taken.busy) == (Step.ADD, "Maria", False)
    added, _ = after(Added("new"), model=model)
    assert added.step is Step.HAND_OVER
    assert added.person is not None
    assert (added.person.name, added.person.is_confirmed) == ("Maria", False)


@pytest.mark.parametrize("event", [BackPressed(), Left()])
def test_nothing_of_a_pin_stays_when_one_leaves(event: Event) -> None:
    model, effects = after(PersonPressed("ana"), *given(PIN), DigitPressed("1"), event)
    assert (model.given, model.secret.text, model.step) == ("", "", Step.LIST)
    assert effects == ()
    assert after(BackPressed())[1] == (Leave(),)
