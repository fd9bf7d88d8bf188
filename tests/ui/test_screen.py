"""The gallery in process: hooks, fields, dialogs and failures as a client sees them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import flet as ft

from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.loop import Loop, Moments, Next
from app.ui.navigator import Place
from app.ui.routes import Home, Languages, Register
from app.ui.screen import Dispatch, Kit, MakeScreen, Screen, open_app
from app.ui.status import Network, Status
from app.ui.widgets import icon_button, quiet_button, text_field
from app.ui.widgets.steady import TapGuard
from tests.support.connection import Client, connected
from tests.ui import gallery


@asynccontextmanager
async def shown(
    make: MakeScreen = gallery.make, taps: TapGuard | None = None
) -> AsyncIterator[tuple[Client, Kit]]:
    async with connected() as client:
        kit = replace(gallery.new_kit(client.page), taps=taps or TapGuard(0))
        open_app(client.page, kit, make)
        await client.settle()
        yield client, kit


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def value_of(client: Client, key: str) -> object:
    field = client.find(key)
    assert isinstance(field, ft.TextField)
    return field.value


async def open_page(client: Client, page: str) -> None:
    await client.tap(f"pages.{page}")


def test_a_tap_reaches_the_model_and_the_screen() -> None:
    async def scenario() -> None:
        async with shown() as (client, _):
            await client.tap("main")
            assert "Save (1)" in client.texts()

    run(scenario)


def test_two_events_before_a_render_are_both_decided() -> None:
    async def scenario() -> None:
        async with shown() as (client, _):
            await open_page(client, "fields")
            main, name = client.find("main"), client.find("name")
            session = client.session
            session.apply_patch(name._i, {"value": "Asha"})
            await asyncio.gather(
                session.dispatch_event(name._i, "change", "Asha"),
                session.dispatch_event(main._i, "click", None),
            )
            await client.settle()
            assert "Save (1)" in client.texts()
            assert "model: Asha" in client.texts()

    run(scenario)


def test_a_late_render_takes_back_no_keystroke() -> None:
    async def scenario() -> None:
        async with shown() as (client, _):
            await open_page(client, "fields")
            field = client.find("name")._i
            client.session.apply_patch(field, {"value": "A"})
            first = client.session.dispatch_event(field, "change", "A")
            # The next keystroke has arrived, its event has not been handled.
            client.session.apply_patch(field, {"value": "As"})
            await first
            await client.settle()
            assert value_of(client, "name") == "As"
            assert not _was_sent(client, "A")
            assert "model: A" in client.texts()

    run(scenario)


def _was_sent(client: Client, value: str) -> bool:
    patches = client.connection.patches
    return any(
        value in operation for patch in patches for operation in patch.operations
    )


def clearing(_place: Place) -> Screen:
    def view(model: str, dispatch: Dispatch, _look: Look) -> Frame:
        clear = ft.TextButton("Clear", key="clear", on_click=lambda _e: dispatch(""))
        return Frame("", [text_field("name", "Name", model, dispatch), clear])

    loop: Loop[str, str, None] = Loop(
        "before", lambda _model, event: Next(event), lambda _effect, _dispatch: None
    )
    return Screen(loop, view)


def test_a_model_can_fill_and_clear_a_field_by_its_own_decision() -> None:
    async def scenario() -> None:
        async with shown(clearing) as (client, _):
            assert value_of(client, "name") == "before"
            await client.enter("name", "Asha")
            await client.tap("clear")
            assert value_of(client, "name") == ""
            await client.enter("name", "Sara")
            assert value_of(client, "name") == "Sara"
            await client.tap("clear")
            assert value_of(client, "name") == ""

    run(scenario)


def test_a_tap_in_a_long_form_sends_little() -> None:
    async def scenario() -> None:
        async with shown() as (client, _):
            await open_page(client, "form")
            before = len(client.sizes)
            await client.tap("q30.no")
            assert 0 < sum(client.sizes[before:]) < 2_000

    run(scenario)


def test_the_answers_of_a_memoised_part_reach_the_model_and_come_back() -> None:
    async def scenario() -> None:
        async with shown() as (client, _):
            await open_page(client, "form")
            await client.tap("q30.no")
            await client.tap("q31.yes")
            for key, expected in (("q30.no", 2), ("q31.yes", 2), ("q31.no", 1)):
                tile = client.find(key)
                assert isinstance(tile, ft.Container)
                assert tile.border is not None
                assert tile.border.top.width == expected

    run(scenario)


def test_a_dialog_opens_and_its_choice_is_told() -> None:
    async def scenario() -> None:
        async with shown() as (client, _):
            await client.tap("leave")
            assert "Why does the person leave?" in client.texts()
            await client.tap("dialog.better")
            assert "Save (1)" in client.texts()

    run(scenario)


def test_the_language_is_switched_without_a_restart_and_nothing_typed_is_lost() -> None:
    async def scenario() -> None:
        async with shown() as (client, kit):
            await open_page(client, "fields")
            await client.enter("name", "Asha")
            kit.look.set(kit.look.value.with_language("ar"))
            await client.settle()
            assert client.page.rtl
            assert value_of(client, "name") == "Asha"
            assert kit.look.value.t.gettext("Day") in client.texts()

    run(scenario)


def test_the_strip_follows_the_status() -> None:
    async def scenario() -> None:
        async with shown() as (client, kit):
            assert "12 records only on this tablet" in client.texts()
            kit.status.set(Status("Sara Holm", Network.ONLINE, 0))
            await client.settle()
            assert "Nothing waits to be sent" in client.texts()

    run(scenario)


def test_back_returns_to_a_screen_as_it_was_left() -> None:
    async def scenario() -> None:
        async with shown() as (client, kit):
            await client.tap("main")
            kit.navigator.go(Languages())
            await client.settle()
            assert [view.route for view in _views(client)] == ["/1", "/2"]
            await client.tap("back")
            assert [view.route for view in _views(client)] == ["/1"]
            assert "Save (1)" in client.texts()

    run(scenario)


def _views(client: Client) -> list[ft.View]:
    return [c for c in client.controls() if isinstance(c, ft.View)]


def test_an_unexpected_error_is_shown_and_stops_nothing() -> None:
    def failing(_place: Place) -> Screen:
        def update(model: int, event: str) -> Next[int, None]:
            if event == "fail":
                raise KeyError("Amina Haile")
            return Next(model + 1)

        def view(model: int, dispatch: Dispatch, _look: Look) -> Frame:
            buttons = [
                ft.TextButton(name, key=name, on_click=lambda _e, n=name: dispatch(n))
                for name in ("fail", "count")
            ]
            return Frame(f"count {model}", buttons)

        loop: Loop[int, str, None] = Loop(0, update, lambda _effect, _dispatch: None)
        return Screen(loop, view)

    async def scenario() -> None:
        async with shown(failing) as (client, _):
            await client.tap("fail")
            told = [text for text in client.texts() if "KeyError" in text]
            assert len(told) == 1
            assert "Amina" not in told[0]
            await client.tap("failure.dismiss")
            await client.tap("count")
            assert "count 1" in client.texts()
            assert not any("KeyError" in text for text in client.texts())

    run(scenario)


def test_a_screen_hears_that_it_is_shown_again_and_that_it_is_left() -> None:
    heard: list[str] = []

    def hearing(place: Place) -> Screen:
        name = type(place.route).__name__

        def update(model: int, event: str) -> Next[int, None]:
            heard.append(event)
            return Next(model)

        moments = Moments(shown=f"{name} shown", left=f"{name} left")
        loop: Loop[int, str, None] = Loop(0, update, lambda _e, _d: None, moments)
        return Screen(loop, lambda _model, _dispatch, _look: Frame(name, []))

    async def scenario() -> None:
        async with shown(hearing) as (client, kit):
            kit.navigator.go(Register())
            await client.until(lambda: "Register shown" in heard)
            kit.navigator.back()
            await client.until(lambda: heard.count("Home shown") == 2)
            kit.navigator.reset(Home())
            await client.until(lambda: heard.count("Home shown") == 3)
            assert heard == [
                "Home shown",
                "Register shown",
                "Register left",
                "Home shown",
                "Home left",
                "Home shown",
            ]

    run(scenario)


def test_the_echo_of_a_tap_presses_nothing() -> None:
    async def scenario() -> None:
        async with shown(taps=TapGuard(30)) as (client, _):
            await client.tap("main")
            await client.tap("main")
            assert "Save (1)" in client.texts()

    run(scenario)


def counting(_place: Place) -> Screen:
    def view(model: int, dispatch: Dispatch, _look: Look) -> Frame:
        def more() -> None:
            dispatch("more")

        buttons = [
            quiet_button("quiet", "Add another", more),
            icon_button("icon", "Add", ft.Icons.ADD, more),
        ]
        return Frame(f"count {model}", buttons)

    loop: Loop[int, str, None] = Loop(
        0, lambda model, _event: Next(model + 1), lambda _e, _d: None
    )
    return Screen(loop, view)


def test_the_echo_of_a_tap_on_a_quiet_button_or_a_sign_presses_nothing() -> None:
    async def scenario() -> None:
        async with shown(counting, TapGuard(30)) as (client, _):
            for key in ("quiet", "quiet", "icon", "icon"):
                await client.tap(key)
            assert "count 2" in client.texts()

    run(scenario)


def test_another_page_of_a_screen_begins_at_its_top() -> None:
    def paged(_place: Place) -> Screen:
        def view(model: str, dispatch: Dispatch, _look: Look) -> Frame:
            go = ft.TextButton("Go", key="go", on_click=lambda _e: dispatch("second"))
            return Frame("", [go], scroll_to_top=model)

        loop: Loop[str, str, None] = Loop(
            "first", lambda _model, event: Next(event), lambda _e, _d: None
        )
        return Screen(loop, view)

    async def scenario() -> None:
        async with shown(paged) as (client, _):
            before = client.find("pane.first")._i
            await client.tap("go")
            assert client.find("pane.second")._i != before

    run(scenario)


def test_the_strip_says_how_old_the_oldest_unsent_record_is() -> None:
    async def scenario() -> None:
        async with shown() as (client, kit):
            kit.status.set(Status("Sara Holm", Network.OFFLINE, 2, 180))
            await client.settle()
            assert any(text.startswith("Oldest: 3") for text in client.texts())

    run(scenario)
