"""A tablet that is left alone: warned, covered, locked, and nothing typed is lost."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.storage.hpke import BoxKey
from app.ui.routes import Home, Unlock
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked
from tests.bootstrap.test_turns import a_slow_server
from tests.features.record.people import register
from tests.support.connection import Client
from tests.support.timers import Timers

Scenario = Callable[[Client, TabletSession, Timers], Coroutine[Any, Any, None]]


def run(folder: Path, scenario: Scenario) -> None:
    """Unlock a tablet whose time is moved by hand."""

    async def in_loop() -> None:
        process = an_enrolled_process(folder)
        async with a_page(process) as page:
            timers = Timers()
            session = guest(process)
            presence = session.kit.presence
            presence._ticking = timers.ticking
            await unlocked(page)
            await scenario(page, session, timers)
        await process.close()

    asyncio.run(in_loop())


def guest(process: TabletProcess) -> TabletSession:
    assert isinstance(process._guest, TabletSession)
    return process._guest


async def becomes(page: Client, state: str) -> None:
    """The device tells of the foreground, as its client does."""
    data = {"state": state}
    await page.session.dispatch_event(1, "app_lifecycle_state_change", data)
    await page.settle()


def test_an_idle_tablet_warns_and_then_locks(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        vault = session.desk.vault
        timers.advance(285)
        await page.until(lambda: page.shows("shade.warning"))
        assert session.is_unlocked
        timers.advance(15)
        await page.until(lambda: "Who are you?" in page.texts())
        await session.locked()
        assert not vault.is_open
        assert not page.shows("shade.warning")

    run(tmp_path, scenario)


def test_a_touch_on_the_warning_takes_it_away_and_presses_nothing_else(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        timers.advance(285)
        await page.until(lambda: page.shows("shade.warning"))
        await page.tap("shade.warning")
        await page.until(lambda: not page.shows("shade.warning"))
        assert session.kit.navigator.top.route == Home()
        timers.advance(279)
        assert session.is_unlocked

    run(tmp_path, scenario)


@pytest.mark.parametrize("touch", ["tap", "type", "key", "scroll"])
def test_whatever_a_hand_does_counts(tmp_path: Path, touch: str) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        await page.tap("home.register")
        await page.until(lambda: page.shows("register.age"))
        timers.advance(270)
        match touch:
            case "tap":
                await page.tap("register.sex.female")
            case "type":
                await page.enter("register.age", "34")
            case "key":
                data = {"key": "A", "shift": False, "ctrl": False}
                whole = {**data, "alt": False, "meta": False}
                await page.session.dispatch_event(1, "keyboard_event", whole)
            case _:
                pane = next(k for k in page.keys() if k.startswith("pane."))  # noqa: SIM118
                await page.fire(pane, "scroll", scrolled(120.0))
        timers.advance(279)
        assert session.is_unlocked
        timers.advance(21)
        await page.until(lambda: not session.is_unlocked)

    run(tmp_path, scenario)


def scrolled(pixels: float) -> dict[str, object]:
    """What a client tells of a scroll."""
    place = {"pixels": pixels, "min_scroll_extent": 0.0, "max_scroll_extent": 900.0}
    return {"event_type": "update", "viewport_dimension": 800.0, **place}


def test_what_a_client_tells_by_itself_is_no_hand(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        timers.advance(270)
        await page.session.dispatch_event(1, "resize", {"width": 500, "height": 900})
        timers.advance(30)
        assert not session.is_unlocked

    run(tmp_path, scenario)


def test_out_of_the_foreground_nothing_of_anybody_is_in_view(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        for state in ("inactive", "hide", "pause"):
            await becomes(page, state)
            assert page.shows("shade.cover")
        timers.advance(59)
        for state in ("show", "resume"):
            assert page.shows("shade.cover")
            await becomes(page, state)
        assert not page.shows("shade.cover")
        assert session.is_unlocked
        assert session.kit.navigator.top.route == Home()

    run(tmp_path, scenario)


def test_out_of_the_foreground_for_a_minute_the_keys_go(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        vault = session.desk.vault
        await becomes(page, "pause")
        timers.advance(60)
        await session.locked()
        assert not vault.is_open
        await becomes(page, "resume")
        assert session.kit.navigator.top.route == Unlock()
        assert not page.shows("shade.cover")

    run(tmp_path, scenario)


@pytest.mark.parametrize(("seconds", "stays"), [(20, True), (61, False)])
def test_a_page_that_is_reloaded_in_time_is_not_left_covered(
    tmp_path: Path, seconds: float, *, stays: bool
) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        for state in ("hide", "detach"):
            await becomes(page, state)
        timers.sleep(seconds)
        session.reconnected()
        await page.settle()
        assert not page.shows("shade.cover")
        assert session.is_unlocked is stays

    run(tmp_path, scenario)


def test_a_site_says_how_long(tmp_path: Path) -> None:
    async def in_loop() -> None:
        process = an_enrolled_process(tmp_path)
        setup = process.file().setup
        assert setup is not None
        times = {"idle_seconds": 60, "cover_seconds": 10}
        process.file().renew_setup(setup.model_copy(update=times))
        async with a_page(process) as page:
            timers = Timers()
            session = guest(process)
            session.kit.presence._ticking = timers.ticking
            await unlocked(page)
            timers.advance(59)
            assert session.is_unlocked
            timers.advance(1)
            assert not guest(process).is_unlocked
        await process.close()

    asyncio.run(in_loop())


def test_what_is_typed_as_it_locks_is_there_after_the_unlock(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession, timers: Timers) -> None:
        await page.tap("home.register")
        await page.until(lambda: page.shows("register.age"))
        await page.enter("register.age", "34")
        timers.advance(300)
        await session.locked()
        await unlocked(page)
        await page.until(lambda: page.shows("register.age"))
        await page.until(lambda: page.find("register.age").value == "34")  # type: ignore[attr-defined]

    run(tmp_path, scenario)


def test_the_keys_stay_until_a_save_under_way_is_durable(tmp_path: Path) -> None:
    async def scenario(_: Client, session: TabletSession, timers: Timers) -> None:
        vault, may_end, done = session.desk.vault, threading.Event(), list[str]()

        def slow_save() -> None:
            may_end.wait(10)
            vault.save_draft("slow", "patient", b"typed")

        session.work.run(slow_save, done.append, lambda _none: "saved")
        timers.advance(300)
        assert session.kit.navigator.top.route == Unlock()
        await asyncio.sleep(0.05)
        assert vault.is_open
        may_end.set()
        await session.locked()
        assert done == ["saved"]
        assert not vault.is_open

    run(tmp_path, scenario)


def test_the_keys_stay_until_the_batch_under_way_is_answered(tmp_path: Path) -> None:
    async def in_loop() -> None:
        let_go, asked = asyncio.Event(), asyncio.Event()
        async with a_slow_server(let_go, asked) as url:
            process = an_enrolled_process(tmp_path, url)
            async with a_page(process) as page:
                timers, session = Timers(), guest(process)
                session.kit.presence._ticking = timers.ticking
                await unlocked(page)
                vault = session.desk.vault
                await asked.wait()
                timers.advance(300)
                assert session.kit.navigator.top.route == Unlock()
                await asyncio.sleep(0.05)
                open_meanwhile = vault.is_open
                let_go.set()
                await session.locked()
                assert (open_meanwhile, vault.is_open) == (True, False)
            await process.close()

    asyncio.run(in_loop())


def a_process_that_seals(folder: Path) -> TabletProcess:
    """A tablet whose server has a key to seal to."""
    process = an_enrolled_process(folder)
    setup = process.file().setup
    assert setup is not None
    key = {"sealing_key": BoxKey.generate().public_bytes}
    process.file().renew_setup(setup.model_copy(update=key))
    return process


def test_after_a_start_the_locked_tablet_says_what_it_has_for_the_server(
    tmp_path: Path,
) -> None:
    async def in_loop() -> None:
        process = a_process_that_seals(tmp_path)
        async with a_page(process) as page:
            await unlocked(page)
            register(guest(process).desk, "Amina")
        await process.close()
        again = an_enrolled_process(tmp_path)
        async with a_page(again) as page:
            status = guest(again).kit.status
            told = "only on this tablet"
            await page.until(lambda: any(told in text for text in page.texts()))
            assert status.value.practitioner is None
        await again.close()

    asyncio.run(in_loop())


def test_what_was_only_looked_at_is_no_record_that_a_locked_tablet_has(
    tmp_path: Path,
) -> None:
    async def in_loop() -> None:
        process = a_process_that_seals(tmp_path)
        async with a_page(process) as page:
            await unlocked(page)
            guest(process).desk.trail.read("amina")
        await process.close()
        again = an_enrolled_process(tmp_path)
        assert again.left_unsent() is not None
        async with a_page(again):
            await guest(again).door_work.settled()
            assert guest(again).kit.status.value.only_here is None
        await again.close()

    asyncio.run(in_loop())
