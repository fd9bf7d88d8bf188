"""Register as a client sees it: from the first page to the saved code."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.core.ids import check_character, format_card_code
from app.features.register.effects import loop
from app.features.register.view import view
from app.i18n import Translator
from app.ui.frame import Frame
from app.ui.loop import Loop, Next
from app.ui.navigator import Place
from app.ui.routes import Register
from app.ui.screen import Screen
from app.ui.work import Work
from tests.clinic.desks import Table, a_table, on_screen
from tests.support.connection import Client

CODE = "23456789AB" + check_character("23456789AB")
PAGES = ("name", "origin", "phones", "arrival")


def blank() -> Screen:
    def update(model: int, _event: object) -> Next[int, object]:
        return Next(model)

    def perform(_effect: object, _dispatch: object) -> None: ...

    return Screen(Loop(0, update, perform), lambda _m, _d, _l: Frame("Elsewhere", []))


@asynccontextmanager
async def shown(
    table: Table, route: Register | None = None, tag: str = "en"
) -> AsyncIterator[Client]:
    def make(place: Place, work: Work) -> Screen:
        if not isinstance(place.route, Register):
            return blank()
        return Screen(loop(table.desk, work, place, place.route), view)

    async with on_screen(route or Register(), make, tag) as client:
        await client.until(lambda: client.shows("register.save"))
        yield client


def run(folder: Path, scenario: Callable[[Table], Coroutine[Any, Any, None]]) -> None:
    with a_table(folder) as table:
        asyncio.run(scenario(table))


async def fill_minimum(client: Client, years: str = "30") -> None:
    await client.tap("register.no_card")
    await client.tap("register.sex.female")
    await client.enter("register.age", years)
    await client.tap("register.language.ar")


def test_the_minimum_is_saved_and_the_minted_code_stands_large(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table) as client:
            await fill_minimum(client)
            await client.tap("register.save")
            await client.until(lambda: client.shows("register.notice"))
            (person,) = table.vault.queue(table.desk.station)
            assert format_card_code(person.card) in client.texts()
            assert "Write this code on a wristband" in client.texts()

    run(tmp_path, scenario)


def test_what_is_missing_is_said_at_its_place(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table) as client:
            await client.tap("register.save")
            said = client.texts()
            assert "Type the code on the card, or tap “No card”." in said
            assert "Choose one, also if it is not known." in said
            assert "Give an age, a birth date, or the age group you see." in said

    run(tmp_path, scenario)


def test_a_mistyped_card_is_said_at_once(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table) as client:
            await client.enter("register.card", CODE[:-1] + "!")
            assert any("mistyped" in text for text in client.texts())

    run(tmp_path, scenario)


def test_a_child_with_nobody_is_flagged_visibly(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table) as client:
            await fill_minimum(client, "9")
            await client.tap("register.who.nobody")
            assert client.shows("register.child_flag")
            await client.enter("register.age", "30")
            assert not client.shows("register.child_flag")

    run(tmp_path, scenario)


def test_a_known_card_shows_whose_record_it_is(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table) as client:
            await client.enter("register.card", CODE)
            await client.tap("register.sex.male")
            await client.enter("register.age", "40")
            await client.tap("register.language.ti")
            await client.tap("register.save")
            await client.until(lambda: client.shows("register.next_person"))
            await client.tap("register.next_person")
            await client.until(lambda: client.shows("register.save"))
            await client.enter("register.card", CODE)
            await client.until(lambda: client.shows("register.came_back"))
            assert any("Male · 40 years" in text for text in client.texts())
            await client.tap("register.came_back")
            await client.until(lambda: client.shows("register.visit.new"))

    run(tmp_path, scenario)


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_every_page_can_be_drawn(tmp_path: Path, tag: str) -> None:
    async def scenario(table: Table) -> None:
        async with shown(table, tag=tag) as client:
            for mode in ("date", "band", "age"):
                await client.tap(f"register.mode.{mode}")
            for page in PAGES:
                await client.tap(f"register.more.{page}")
                await client.until(lambda: client.shows("register.save"))
                await client.tap("back")
            await client.tap("register.other_language")
            await client.enter("register.search", "am")
            assert client.shows("register.found.am")
            await client.tap("back")
            await client.tap("register.more.origin")
            await client.tap("register.country")
            await client.enter("register.search", Translator(tag).tag)
            await client.tap("back")
            await client.tap("register.languages")
            await client.tap("register.found.fr")
            await client.tap("register.done")

    run(tmp_path, scenario)
