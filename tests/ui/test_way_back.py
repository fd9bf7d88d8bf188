"""One way back, whoever asks for it: the bar's sign, the device, the browser."""

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
from app.ui.routes import Home, Register
from app.ui.screen import Dispatch, Kit, Screen, open_app
from app.ui.shell import turn_the_tablet
from app.ui.widgets.steady import TapGuard
from tests.support.connection import Client, connected
from tests.ui import gallery

DEVICE, SIGN, BROWSER = "device", "sign", "browser"


def a_form(_place: Place) -> Screen:
    """Pages 1 to 3; back goes to the page before, and asks before it leaves."""

    def view(model: str, dispatch: Dispatch, look: Look) -> Frame:
        if model == "turned away":
            return turn_the_tablet("turned", look, lambda: dispatch("1"))
        if model == "nothing of its own":
            return Frame(title=model, body=[])
        back = {"1": "asked", "2": "1", "asked": "asked"}[model]
        leave = w.Deed("Leave", lambda: dispatch("nothing of its own"))
        dialog = w.ask("Leave?", "", leave, look, lambda: dispatch("1"))
        return Frame(
            title=f"page {model}",
            body=[],
            back=lambda: dispatch(back),
            dialog=dialog if model == "asked" else None,
        )

    loop: Loop[str, str, None] = Loop(
        "2", lambda _model, event: Next(event), lambda _e, _d: None
    )
    return Screen(loop, view)


def make(place: Place) -> Screen:
    if isinstance(place.route, Register):
        made = a_form(place)
        FORM.append(made)
        return made
    return gallery.make(place)


FORM: list[Screen] = []


@asynccontextmanager
async def in_the_form() -> AsyncIterator[tuple[Client, Kit]]:
    async with connected() as client:
        client.page.web = True
        client.connection.page_url = "http://tablet"
        kit = replace(gallery.new_kit(client.page), taps=TapGuard(0))
        open_app(client.page, kit, make)
        await client.settle()
        kit.navigator.go(Register())
        await client.settle()
        yield client, kit


def run(scenario: Callable[[Client, Kit], Coroutine[Any, Any, None]]) -> None:
    async def in_loop() -> None:
        async with in_the_form() as (client, kit):
            await scenario(client, kit)

    asyncio.run(in_loop())


async def back_by(way: str, client: Client) -> None:
    views = [c for c in client.controls() if isinstance(c, ft.View)]
    if way == SIGN:
        await client.tap("back")
    elif way == DEVICE:
        await client.session.dispatch_event(views[-1]._i, "confirm_pop", None)
    else:
        event = {"route": "/1"}
        await client.session.dispatch_event(client.page._i, "route_change", event)
    await client.settle()


def show(model: str) -> None:
    FORM[-1].loop.dispatch(model)


def answers(client: Client) -> list[object]:
    calls = client.connection.calls
    return [c.arguments["should_pop"] for c in calls if c.name == "confirm_pop"]


def address(client: Client) -> str:
    (*_, last) = [c for c in client.connection.calls if c.name == "push_route"]
    return str(last.arguments["route"])


def test_every_way_back_goes_one_page_back_within_a_form_that_has_pages() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        for way in (SIGN, DEVICE, BROWSER):
            show("2")
            await client.settle()
            await back_by(way, client)
            assert kit.navigator.top.route == Register()
            assert "page 1" in client.texts()
        assert address(client) == "/2"
        assert answers(client) == []

    run(scenario)


def test_every_way_back_asks_before_it_leaves_what_was_not_saved() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        for way in (SIGN, DEVICE, BROWSER):
            show("1")
            await client.settle()
            await back_by(way, client)
            assert "Leave?" in client.texts()
            assert kit.navigator.top.route == Register()

    run(scenario)


def test_what_a_person_may_see_is_not_left_by_the_device_or_the_browser() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        for way in (DEVICE, BROWSER):
            show("turned away")
            await client.settle()
            await back_by(way, client)
            assert kit.navigator.top.route == Register()
            assert "Turn the tablet to you" in client.texts()

    run(scenario)


def test_a_screen_without_a_way_of_its_own_is_left_to_the_one_before() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        for way in (SIGN, DEVICE, BROWSER):
            show("nothing of its own")
            await client.settle()
            await back_by(way, client)
            assert kit.navigator.top.route == Home()
            kit.navigator.go(Register())
            await client.settle()

    run(scenario)


def test_only_the_first_place_is_left_to_the_device() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        kit.navigator.reset(Home())
        await client.settle()
        await back_by(DEVICE, client)
        assert answers(client) == [True]
        assert kit.navigator.top.route == Home()

    run(scenario)


def test_a_first_place_with_pages_of_its_own_goes_back_within_them() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        kit.navigator.reset(Register())
        await client.settle()
        for way in (SIGN, DEVICE):
            show("2")
            await client.settle()
            await back_by(way, client)
            assert "page 1" in client.texts()
        assert answers(client) == []

    run(scenario)


def test_an_address_that_was_left_changes_nothing() -> None:
    async def scenario(client: Client, kit: Kit) -> None:
        event = {"route": "/77"}
        await client.session.dispatch_event(client.page._i, "route_change", event)
        await client.settle()
        assert kit.navigator.top.route == Register()
        assert "page 2" in client.texts()
        assert address(client) == "/2"

    run(scenario)


def test_a_question_that_the_device_closes_counts_as_left_alone() -> None:
    async def scenario(client: Client, _kit: Kit) -> None:
        show("asked")
        await client.settle()
        (dialog,) = [c for c in client.controls() if isinstance(c, ft.AlertDialog)]
        client.session.apply_patch(dialog._i, {"open": False})
        await client.session.dispatch_event(dialog._i, "dismiss", None)
        await client.settle()
        assert FORM[-1].loop.model == "1"

    run(scenario)


def test_a_question_that_was_answered_is_not_left_alone_as_it_closes() -> None:
    async def scenario(client: Client, _kit: Kit) -> None:
        show("asked")
        await client.settle()
        (dialog,) = [c for c in client.controls() if isinstance(c, ft.AlertDialog)]
        await client.tap("dialog.do")
        await client.session.dispatch_event(dialog._i, "dismiss", None)
        await client.settle()
        assert FORM[-1].loop.model == "nothing of its own"

    run(scenario)
