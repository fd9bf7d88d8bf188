"""What stands around every screen: the strip, the lock, and who reviewed the words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import flet as ft

from app.ui.failures import Failures
from app.ui.frame import Frame
from app.ui.look import first_look
from app.ui.loop import Loop, Next
from app.ui.navigator import Navigator, Place
from app.ui.routes import Home, Sync
from app.ui.screen import Kit, Screen, open_app
from app.ui.shell import turn_the_tablet
from app.ui.source import Source
from app.ui.status import Network, Status
from app.ui.widgets.steady import TapGuard
from tests.support.connection import Client, connected

ANA = Status("Ana", Network.OFFLINE, 2)


@asynccontextmanager
async def drawn(
    frame: Frame, tag: str = "en", status: Status = ANA
) -> AsyncIterator[tuple[Client, Kit, list[str]]]:
    """One frame on every place of a session that can be locked."""

    def make(_place: Place) -> Screen:
        loop: Loop[int, int, None] = Loop(0, lambda m, _e: Next(m), lambda _e, _d: None)
        return Screen(loop, lambda _model, _dispatch, _look: frame)

    locked: list[str] = []
    async with connected() as client:
        look = Source(first_look(tag, client.page.width))
        kit = Kit(
            Navigator(Home()),
            look,
            Source(status),
            Failures(),
            TapGuard(0),
            lock=lambda: locked.append("locked"),
        )
        open_app(client.page, kit, make)
        await client.settle()
        yield client, kit, locked


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def is_button(client: Client) -> bool:
    box = client.find("strip.box")
    assert isinstance(box, ft.MergeSemantics)
    assert isinstance(box.content, ft.Semantics)
    return bool(box.content.button)


def marks(client: Client) -> list[str]:
    """What is read aloud of the review of the words on the page."""
    if not client.shows("review"):
        return []
    line = client.find("review")
    assert isinstance(line, ft.Container)
    assert isinstance(line.content, ft.Column)
    said = line.content.controls
    return [str(s.label) for s in said if isinstance(s, ft.Semantics)]


def test_the_lock_is_at_hand_on_every_unlocked_screen() -> None:
    async def scenario() -> None:
        async with drawn(Frame("", [])) as (client, kit, locked):
            kit.navigator.go(Sync())
            await client.settle()
            locks = [c for c in client.controls() if str(c.key) == "strip.lock"]
            assert len(locks) == 2
            await client.session.dispatch_event(locks[-1]._i, "click", None)
            assert locked == ["locked"]

    run(scenario)


def test_a_locked_screen_has_no_lock_and_a_strip_that_is_no_button() -> None:
    async def scenario() -> None:
        locked = Status(None, Network.NONE, 2)
        async with drawn(Frame("", []), status=locked) as (client, _, _locked):
            assert not client.shows("strip.lock")
            assert not is_button(client)

    run(scenario)


def test_the_strip_is_a_button_only_where_it_leads_to_what_is_unsent() -> None:
    async def scenario() -> None:
        async with drawn(Frame("", [])) as (client, kit, _):
            assert is_button(client)
            kit.navigator.reset(Sync())
            await client.settle()
            assert not is_button(client)
        console = Status("Kim", Network.NONE, None, zone="UTC")
        async with drawn(Frame("", []), status=console) as (client, _, _locked):
            assert not is_button(client)
            assert any("UTC" in text for text in client.texts())

    run(scenario)


def test_the_strip_says_where_records_are_damaged() -> None:
    async def scenario() -> None:
        for is_damaged in (True, False):
            status = Status("Ana", is_damaged=is_damaged)
            async with drawn(Frame("", []), status=status) as (client, _, _locked):
                said = "Some records are damaged" in client.texts()
                assert said is is_damaged

    run(scenario)


def test_words_that_no_clinician_reviewed_are_marked_on_every_page() -> None:
    async def scenario() -> None:
        for tag in ("ar", "ti", "fr"):
            async with drawn(Frame("", []), tag) as (client, _, _locked):
                assert len(marks(client)) == 1
        async with drawn(Frame("", [])) as (client, _, _locked):
            assert marks(client) == []

    run(scenario)


def test_a_page_in_two_languages_marks_the_persons_words_too() -> None:
    async def scenario() -> None:
        page = Frame("", [], person_language="ar")
        async with drawn(page) as (client, _, _locked):
            (mark,) = marks(client)
            assert "Arabic" in mark
            assert "Not yet reviewed by a clinician" in mark
        async with drawn(page, "ti") as (client, _, _locked):
            assert len(marks(client)) == 2
        async with drawn(page, "ar") as (client, _, _locked):
            assert len(marks(client)) == 1

    run(scenario)


def test_what_a_person_holds_in_their_hands_is_marked_too() -> None:
    async def scenario() -> None:
        look = first_look("en", 360)
        turned = turn_the_tablet("key", look, lambda: None, look.in_language("ar"))
        async with drawn(turned) as (client, _, _locked):
            assert len(marks(client)) == 1

    run(scenario)


def test_what_asks_to_turn_the_tablet_stands_in_the_middle_as_its_sign_does() -> None:
    async def scenario() -> None:
        for tag, person in (("ar", None), ("ar", "en"), ("en", "ar")):
            look = first_look(tag, 360)
            words = look.in_language(person) if person else None
            turned = turn_the_tablet("key", look, lambda: None, words)
            async with drawn(turned, tag) as (client, _, _locked):
                texts = [c for c in client.controls() if isinstance(c, ft.Text)]
                asked = look.t.lookup("Turn the tablet to you").text
                said = [text for text in texts if text.value == asked]
                if words is not None:
                    back = words.lookup("Please give the tablet back").text
                    said += [text for text in texts if back in text.value]
                assert len(said) == (2 if person else 1)
                assert {text.text_align for text in said} == {ft.TextAlign.CENTER}

    run(scenario)


def test_the_light_is_the_devices() -> None:
    async def scenario() -> None:
        async with drawn(Frame("", [])) as (client, _, _locked):
            assert client.page.theme_mode is ft.ThemeMode.SYSTEM
            assert client.page.dark_theme is not None

    run(scenario)
