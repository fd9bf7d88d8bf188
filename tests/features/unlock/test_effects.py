"""Unlock over a real vault's file: PINs, waits, and who may choose."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from app.core.problems import ProblemCode
from app.features.unlock.effects import Door, loop
from app.features.unlock.model import Model
from app.features.unlock.state import (
    Effect,
    Event,
    Left,
    PersonPressed,
)
from app.storage import SlotClosedError, Vault, VaultFile, WrongPinError
from app.ui.loop import Loop
from app.ui.navigator import Navigator, Place
from app.ui.routes import Home, Unlock
from app.ui.secret import ContinuePressed, DigitPressed
from tests.clinic.desks import some_work, until
from tests.storage.tablets import ANA, PIN, Tablet


class Screen:
    """One Unlock of a test; what it opened is closed at the end."""

    def __init__(self, file: VaultFile) -> None:
        self.vaults: list[Vault] = []
        self.place = Place(navigator := Navigator(Unlock()), navigator.top)
        door = Door(file, lambda open_vault: self.vaults.append(open_vault()))
        self.loop: Loop[Model, Event, Effect] = loop(door, some_work(), self.place)
        self.loop.shown()

    async def type(self, pin: str) -> None:
        for digit in pin:
            self.loop.dispatch(DigitPressed(digit))
        self.loop.dispatch(ContinuePressed())
        await until(lambda: not self.loop.model.busy)

    async def pick(self) -> None:
        await until(lambda: self.loop.model.is_loaded)
        self.loop.dispatch(PersonPressed(ANA))


@pytest.fixture
def tablet(tmp_path: Path) -> Tablet:
    return Tablet(tmp_path)


def run(
    tablet: Tablet, scenario: Callable[[Screen], Coroutine[Any, Any, None]]
) -> None:
    async def in_loop() -> None:
        file = tablet.open_enrolled()
        screen = Screen(file)
        try:
            await scenario(screen)
        finally:
            screen.loop.left()
            file.close()

    asyncio.run(in_loop())


def test_the_first_one_chooses_a_pin_and_the_others_need_a_colleague(
    tablet: Tablet,
) -> None:
    async def choose(screen: Screen) -> None:
        await screen.pick()
        assert all(person.may_choose for person in screen.loop.model.people)
        await screen.type(PIN)
        await screen.type(PIN)
        assert screen.place.navigator.top.route == Home()
        assert screen.vaults[0].is_open

    async def later(screen: Screen) -> None:
        await until(lambda: screen.loop.model.is_loaded)
        ana, bo = screen.loop.model.people
        assert (ana.has_pin, bo.has_pin, bo.may_choose) == (True, False, False)

    run(tablet, choose)
    run(tablet, later)


def test_wrong_pins_make_one_wait_and_the_wait_is_shown_to_who_comes_back(
    tablet: Tablet,
) -> None:
    file, vault = tablet.unlocked()
    vault.close()
    file.close()

    async def wrong(screen: Screen) -> None:
        await screen.pick()
        for _ in range(3):
            await screen.type("111222")
        assert screen.loop.model.problem is ProblemCode.WRONG_PIN
        assert screen.loop.model.wait_seconds == 15
        screen.loop.dispatch(Left())
        await screen.pick()
        await until(lambda: screen.loop.model.must_wait)
        assert screen.vaults == []

    run(tablet, wrong)


def test_a_pin_that_is_easily_guessed_is_refused_in_a_sentence(tablet: Tablet) -> None:
    async def simple(screen: Screen) -> None:
        await screen.pick()
        await screen.type("123456")
        await screen.type("123456")
        assert screen.loop.model.problem is ProblemCode.PIN_TOO_SIMPLE

    run(tablet, simple)


def test_what_nobody_expected_frees_the_pad_and_is_told(tablet: Tablet) -> None:
    async def scenario() -> None:
        file = tablet.open_enrolled()
        work = some_work()
        place = Place(navigator := Navigator(Unlock()), navigator.top)

        def refuse(_open: Callable[[], Vault]) -> None:
            raise LookupError("a plan without its form")

        unlock = loop(Door(file, refuse), work, place)
        unlock.shown()
        await until(lambda: unlock.model.is_loaded)
        unlock.dispatch(PersonPressed(ANA))
        for _ in range(2):
            for digit in PIN:
                unlock.dispatch(DigitPressed(digit))
            unlock.dispatch(ContinuePressed())
        await until(lambda: not unlock.model.busy)
        assert unlock.model.problem is ProblemCode.UNEXPECTED
        unlock.left()
        file.close()

    asyncio.run(scenario())


def test_who_picks_a_closed_name_is_told_what_to_do_at_once(tablet: Tablet) -> None:
    file, vault = tablet.unlocked()
    vault.close()
    for _ in range(10):
        tablet.seconds.now += file.wait_seconds(ANA)
        with pytest.raises((WrongPinError, SlotClosedError)):
            file.unlock(ANA, "650217")
    file.close()

    async def closed(screen: Screen) -> None:
        await screen.pick()
        await until(lambda: screen.loop.model.is_closed)
        await screen.type(PIN)
        assert screen.vaults == []

    run(tablet, closed)
