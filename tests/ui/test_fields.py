"""Fields for numbers, codes and phones run left to right on every screen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import flet as ft

from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.loop import Loop, Next
from app.ui.navigator import Place
from app.ui.screen import Dispatch, Kit, Screen, open_app
from app.ui.widgets.steady import TapGuard
from tests.support.connection import Client, connected
from tests.ui import gallery

MARK = "\u2066"


@asynccontextmanager
async def phone_field(tag: str) -> AsyncIterator[tuple[Client, Kit, list[str]]]:
    heard: list[str] = []

    def update(_model: str, text: str) -> Next[str, None]:
        heard.append(text)
        return Next(text)

    def view(model: str, dispatch: Dispatch, _look: Look) -> Frame:
        digits = replace(w.DIGITS, max_length=3)
        return Frame(
            "",
            [
                w.text_field("phone", "Phone", model, dispatch, w.PHONE),
                w.text_field("digits", "Digits", "", dispatch, digits),
                w.text_field("name", "Name", "", dispatch),
            ],
        )

    def make(_place: Place) -> Screen:
        loop: Loop[str, str, None] = Loop("", update, lambda _e, _d: None)
        return Screen(loop, view)

    async with connected() as client:
        kit = gallery.new_kit(client.page, tag)
        open_app(client.page, replace(kit, taps=TapGuard(0)), make)
        await client.settle()
        yield client, kit, heard


def field(client: Client, key: str) -> ft.TextField:
    found = client.find(key)
    assert isinstance(found, ft.TextField)
    return found


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_what_runs_left_to_right_is_opened_by_a_mark_where_the_screen_does_not() -> (
    None
):
    async def scenario() -> None:
        async with phone_field("ar") as (client, _, _heard):
            assert field(client, "phone").value == MARK
            assert field(client, "name").value == ""
        async with phone_field("en") as (client, _, _heard):
            assert field(client, "phone").value == ""

    run(scenario)


def test_the_mark_is_no_part_of_what_was_typed_and_stays_in_the_field() -> None:
    async def scenario() -> None:
        async with phone_field("ar") as (client, _, heard):
            await client.enter("phone", f"{MARK}+49 170")
            await client.enter("phone", f"{MARK}+49 170 123")
            assert heard == ["+49 170", "+49 170 123"]
            assert field(client, "phone").value == f"{MARK}+49 170 123"

    run(scenario)


def test_the_mark_takes_no_digits_room_and_passes_the_filter() -> None:
    async def scenario() -> None:
        async with phone_field("ar") as (client, _, _heard):
            digits = field(client, "digits")
            assert digits.max_length == 4
            assert isinstance(digits.input_filter, ft.InputFilter)
            assert digits.input_filter.regex_string.startswith(f"^{MARK}?[")

    run(scenario)


def test_a_field_turns_with_the_language_and_keeps_what_was_typed() -> None:
    async def scenario() -> None:
        async with phone_field("en") as (client, kit, _):
            await client.enter("phone", "+49 170")
            kit.look.set(kit.look.value.with_language("ar"))
            await client.settle()
            assert field(client, "phone").value == f"{MARK}+49 170"

    run(scenario)
