"""A registration of a test, over a real vault."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.core.ids import check_character
from app.features.register.doing import Effect
from app.features.register.effects import loop
from app.features.register.events import Entered, Event, Pressed, SavePressed
from app.features.register.form import Field
from app.features.register.model import Model
from app.ui.failures import Failures
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Register
from app.ui.work import Work
from tests.clinic.desks import Table, a_place, a_table, until

CODE = "23456789AB" + check_character("23456789AB")
GIVEN: tuple[Event, ...] = (
    Pressed(Field.SEX, "female"),
    Entered(Field.YEARS, "30"),
    Pressed(Field.LANGUAGE, "ar"),
)
WITH_CARD: tuple[Event, ...] = (Entered(Field.CARD, CODE), *GIVEN)


class Screen:
    """One registration of a test."""

    def __init__(self, table: Table, route: Register) -> None:
        self.table = table
        self.place: Place = a_place(route)
        self.failures = Failures()
        work = Work(asyncio.get_running_loop(), self.failures)
        self.loop: Loop[Model, Event, Effect] = loop(
            table.desk, work, self.place, route
        )

    @property
    def model(self) -> Model:
        return self.loop.model

    @property
    def top(self) -> object:
        return self.place.navigator.top.route

    async def fill(self, *events: Event) -> "Screen":
        for event in events:
            self.loop.dispatch(event)
        await self.rest()
        return self

    async def rest(self) -> None:
        # Each draft is kept by a thread; what they bring back is decided in order.
        for _turn in range(20):
            await asyncio.sleep(0.005)

    async def save(self) -> str:
        self.loop.dispatch(SavePressed())
        await until(lambda: self.model.saved is not None)
        assert self.model.saved is not None
        return self.model.saved.patient_id


async def opened(table: Table, route: Register | None = None) -> Screen:
    screen = Screen(table, route or Register())
    screen.loop.shown()
    await until(lambda: screen.model.context is not None)
    return screen


def run(folder: Path, scenario: Callable[[Table], Coroutine[Any, Any, None]]) -> None:
    with a_table(folder) as table:
        asyncio.run(scenario(table))
