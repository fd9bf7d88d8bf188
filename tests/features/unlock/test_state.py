"""Unlock: what each press leads to."""

import pytest

from app.core.problems import ProblemCode
from app.features.unlock.model import Model, Person, Step
from app.features.unlock.state import (
    AskWait,
    BackPressed,
    ChoosePin,
    CountSecond,
    Effect,
    Event,
    ForgotPressed,
    GoHome,
    LoadPeople,
    OpenForgotten,
    OpenVault,
    PeopleLoaded,
    PersonPressed,
    SecondPassed,
    Shown,
    Unlocked,
    UnlockFailed,
    WaitKnown,
    update,
)
from app.features.unlock.unsent import (
    LoadUnsent,
    OpenHandover,
    Unsent,
    UnsentLoaded,
    WayPressed,
)
from app.ui.routes import Way
from app.ui.secret import (
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    KeysSwitched,
    TextTyped,
)

ANA = Person("ana", "Ana", "nurse", has_pin=True)
FIRST = Person("ana", "Ana", "nurse", has_pin=False, may_choose=True)
LATER = Person("bo", "Bo", "mediator", has_pin=False)


def after(
    *events: Event, model: Model | None = None
) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    current = model or Model()
    for event in events:
        step = update(current, event)
        current, effects = step.model, step.effects
    return current, effects


def typed(pin: str) -> list[Event]:
    return [DigitPressed(digit) for digit in pin]


def at_pad(person: Person = ANA) -> Model:
    loaded = PeopleLoaded((person, LATER), "Port")
    return after(loaded, PersonPressed(person.practitioner_id))[0]


def test_the_people_are_loaded_each_time_the_screen_is_shown() -> None:
    assert after(Shown())[1] == (LoadPeople(), LoadUnsent())


def test_who_has_a_pin_is_asked_for_it_and_how_long_they_must_wait() -> None:
    model, effects = after(PeopleLoaded((ANA,), "Port"), PersonPressed("ana"))
    assert model.step is Step.PIN
    assert effects == (AskWait("ana"),)


def test_who_needs_a_colleague_cannot_be_picked() -> None:
    model, effects = after(PeopleLoaded((ANA, LATER), "Port"), PersonPressed("bo"))
    assert model.person is None
    assert effects == ()


def test_a_pin_opens_the_vault_once() -> None:
    model, effects = after(*typed("428193"), ContinuePressed(), model=at_pad())
    assert effects == (OpenVault("ana", "428193"),)
    assert after(ContinuePressed(), model=model)[1] == ()


def test_a_digit_can_be_taken_back() -> None:
    model, _ = after(*typed("12"), ErasePressed(), model=at_pad())
    assert model.secret.text == "1"


def test_a_short_pin_is_not_tried() -> None:
    model, effects = after(*typed("42819"), ContinuePressed(), model=at_pad())
    assert model.problem is ProblemCode.PIN_TOO_SHORT
    assert effects == ()


def test_the_first_pin_is_chosen_and_said_twice() -> None:
    pad = at_pad(FIRST)
    assert pad.step is Step.CHOOSE
    once, effects = after(*typed("428193"), ContinuePressed(), model=pad)
    assert (once.secret.first, once.secret.text, effects) == ("428193", "", ())
    _, effects = after(*typed("428193"), ContinuePressed(), model=once)
    assert effects == (ChoosePin("ana", "428193"),)


def test_two_pins_that_differ_are_asked_again() -> None:
    once, _ = after(*typed("428193"), ContinuePressed(), model=at_pad(FIRST))
    again, effects = after(*typed("428194"), ContinuePressed(), model=once)
    assert (again.secret.differs, again.secret.first) == (True, "")
    assert effects == ()


def test_a_wrong_pin_leaves_the_screen_and_the_wait_is_counted_down() -> None:
    trying, _ = after(*typed("428193"), ContinuePressed(), model=at_pad())
    failed = UnlockFailed(ProblemCode.WRONG_PIN, 2)
    model, effects = after(failed, model=trying)
    assert (model.secret.text, model.busy, model.wait_seconds) == ("", False, 2)
    assert effects == (CountSecond(),)
    model, effects = after(SecondPassed(), model=model)
    assert (model.wait_seconds, effects) == (1, (CountSecond(),))
    model, effects = after(SecondPassed(), model=model)
    assert (model.wait_seconds, model.problem, effects) == (0, None, ())


def test_while_one_must_wait_a_pin_is_not_tried() -> None:
    waiting, _ = after(WaitKnown("ana", 30), model=at_pad())
    assert after(*typed("428193"), ContinuePressed(), model=waiting)[1] == ()


def test_the_wait_of_somebody_else_is_no_wait_of_mine() -> None:
    model, effects = after(WaitKnown("bo", 30), model=at_pad())
    assert (model.wait_seconds, effects) == (0, ())


@pytest.mark.parametrize("event", [BackPressed(), Unlocked()])
def test_nothing_of_a_pin_stays_when_one_leaves_the_pad(event: Event) -> None:
    model, effects = after(*typed("428193"), event, model=at_pad())
    assert (model.secret.text, model.person) == ("", None)
    assert (GoHome() in effects) == isinstance(event, Unlocked)


def test_nobody_goes_back_while_the_vault_opens() -> None:
    trying, _ = after(*typed("428193"), ContinuePressed(), model=at_pad())
    assert after(BackPressed(), model=trying)[0] == trying


def test_letters_are_there_for_whom_wants_them_and_first_for_a_coordinator() -> None:
    switched, _ = after(DigitPressed("1"), KeysSwitched(), model=at_pad())
    assert (switched.secret.has_letters, switched.secret.text) == (True, "")
    _, effects = after(TextTyped("olive tree 7"), ContinuePressed(), model=switched)
    assert effects == (OpenVault("ana", "olive tree 7"),)
    clara = Person("clara", "Clara", "coordinator", has_pin=True)
    assert at_pad(clara).secret.has_letters


def test_a_forgotten_pin_leads_on_and_leaves_nothing_typed() -> None:
    model, effects = after(DigitPressed("1"), ForgotPressed(), model=at_pad())
    assert OpenForgotten() in effects
    assert (model.secret.text, model.person) == ("", None)


def test_a_closed_name_says_so_as_it_is_picked_and_takes_no_more_digits() -> None:
    picked = after(WaitKnown("ana", 0, is_closed=True), model=at_pad())[0]
    assert picked.problem is ProblemCode.SLOT_CLOSED
    typed_on, effects = after(*typed("428193"), ContinuePressed(), model=picked)
    assert typed_on.secret.text == ""
    assert effects == ()
    another = after(BackPressed(), model=typed_on)[0]
    assert another.problem is None


def test_the_pin_that_closes_a_name_says_what_to_do() -> None:
    busy = after(*typed("428193"), ContinuePressed(), model=at_pad())[0]
    closed, effects = after(UnlockFailed(ProblemCode.SLOT_CLOSED), model=busy)
    assert closed.is_closed
    assert not closed.busy
    assert effects == ()


@pytest.mark.parametrize("way", list(Way))
def test_what_waits_leads_to_the_way_that_was_pressed(way: Way) -> None:
    model, effects = after(
        UnsentLoaded(Unsent(3, 60_000, is_something=True)), WayPressed(way)
    )
    assert model.unsent.records == 3
    assert effects == (OpenHandover(way),)


def test_what_waits_stays_in_view_whatever_is_typed_and_given_up() -> None:
    waits = Unsent(3, 60_000, is_something=True)
    model, _ = after(
        UnsentLoaded(waits),
        PeopleLoaded((ANA, LATER), "Port"),
        PersonPressed("ana"),
        BackPressed(),
    )
    assert model.unsent == waits
