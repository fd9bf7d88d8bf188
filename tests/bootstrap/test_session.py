"""A tablet's sessions: one at a time, and none that loses what was typed."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import session as sessions
from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.storage import VaultFile
from app.ui.frame import Frame
from app.ui.loop import Loop, Moments, Next
from app.ui.navigator import Navigator
from app.ui.routes import Home, Register, Sync, Unlock
from app.ui.screen import Screen
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked
from tests.features.record.people import register
from tests.storage.tablets import ANA, PIN
from tests.support.connection import Client

Scenario = Callable[[TabletProcess], Coroutine[Any, Any, None]]


def run(folder: Path, scenario: Scenario) -> None:
    async def in_loop() -> None:
        process = an_enrolled_process(folder)
        try:
            await scenario(process)
        finally:
            await process.close()

    asyncio.run(in_loop())


def guest(process: TabletProcess) -> TabletSession:
    assert isinstance(process._guest, TabletSession)
    return process._guest


def test_a_new_page_locks_the_one_before_and_must_unlock_itself(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as first:
            await unlocked(first)
            before = guest(process)
            async with a_page(process) as second:
                assert not before.is_unlocked
                await first.until(lambda: "Who are you?" in first.texts())
                await unlocked(second)
                assert guest(process).is_unlocked

    run(tmp_path, scenario)


def test_the_page_before_may_come_back_and_then_the_other_one_is_locked(
    tmp_path: Path,
) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as first:
            await unlocked(first)
            before = guest(process)
            async with a_page(process) as second:
                await unlocked(second)
                other = guest(process)
                await first.until(lambda: "Who are you?" in first.texts())
                await unlocked(first)
                assert before.is_unlocked
                assert not other.is_unlocked
                await second.until(lambda: "Who are you?" in second.texts())

    run(tmp_path, scenario)


def test_what_a_screen_keeps_as_it_is_left_is_durable_before_the_keys_go(
    tmp_path: Path,
) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            hand_on(session)
            vault = session.desk.vault
            await session.locked()
            assert not vault.is_open
            await unlocked(page)
            kept = guest(process).desk.vault.draft("page")
            assert kept is not None
            assert kept.content == b"typed"

    run(tmp_path, scenario)


def hand_on(session: TabletSession) -> None:
    """Put a screen on the stack that saves what was typed when it is left."""

    def save(_effect: str, dispatch: Callable[[str], None]) -> None:
        vault = session.desk.vault
        session.work.run(
            lambda: vault.save_draft("page", "patient", b"typed"),
            dispatch,
            lambda _none: "kept",
        )

    loop: Loop[str, str, str] = Loop(
        "",
        lambda _model, event: Next(event, ("save",) if event == "left" else ()),
        save,
        Moments(left="left"),
    )
    entry = Navigator(Register()).top
    session._screens[entry] = Screen(loop, lambda *_: Frame(title="", body=[]))


def test_a_lost_connection_locks_after_a_while_even_if_nobody_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LOST_SECONDS", 0.05)

    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            vault = session.desk.vault
            await page.session.disconnect(60)
            await page.until(lambda: not vault.is_open)
            assert session.kit.navigator.top.route == Unlock()
            page.session.attach_connection(page.connection)
            await page.session.dispatch_connect_event()
            await page.until(lambda: "Who are you?" in page.texts())

    run(tmp_path, scenario)


def test_a_connection_that_is_back_in_time_stays_unlocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LOST_SECONDS", 0.2)

    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            session.disconnected()
            session.reconnected()
            await asyncio.sleep(0.4)
            assert session.is_unlocked

    run(tmp_path, scenario)


def test_locking_while_a_save_runs_lets_it_end(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            vault = session.desk.vault
            done: list[bool] = []

            def slow_save() -> bool:
                time.sleep(0.3)
                vault.save_draft("slow", "patient", b"saved")
                return True

            session.work.run(slow_save, done.append, lambda ended: ended)
            await session.locked()
            assert done == [True]

    run(tmp_path, scenario)


def test_the_strip_leads_to_sync_only_while_unlocked(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            session = guest(process)
            session.kit.open_sync()
            assert not session.kit.navigator.can_go_back
            await unlocked(page)
            await page.until(lambda: session.kit.status.value.practitioner is not None)
            session.kit.open_sync()
            assert session.kit.navigator.top.route == Sync()

    run(tmp_path, scenario)


def test_the_language_is_remembered_for_the_next_session(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process):
            look = guest(process).look
            look.set(look.value.with_language("ar"))
        async with a_page(process) as again:
            await again.until(lambda: again.shows(f"unlock.person.{ANA}"))
            assert again.page.rtl

    run(tmp_path, scenario)


def test_the_end_of_the_process_locks_and_lets_the_file_go(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            vault = guest(process).desk.vault
            await process.close()
            assert not vault.is_open
            again = VaultFile(tmp_path, process.secret, process.wall, process.ids)
            again.close()

    run(tmp_path, scenario)


def test_a_page_that_closes_while_its_pin_is_looked_at_leaves_nothing_open(
    tmp_path: Path,
) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            await session.locked()
            session._closed()
            file = process.file()
            with pytest.raises(Exception, match="locked"):
                await asyncio.to_thread(session.unlock, lambda: file.unlock(ANA, PIN))
            assert not session.is_unlocked

    run(tmp_path, scenario)


def test_home_is_where_an_unlocked_page_stands(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            assert guest(process).kit.navigator.value[0].route == Home()
            await lock(page)

    async def lock(page: Client) -> None:
        await page.until(lambda: page.shows("strip.lock"))
        await page.tap("strip.lock")
        await page.until(lambda: "Who are you?" in page.texts())

    run(tmp_path, scenario)


def test_what_the_vault_cannot_read_is_in_view_from_the_unlock_on(
    tmp_path: Path,
) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            register(session.desk, "Amina")
            register(session.desk, "Omar")
            await session.locked()
            assert "Some records are damaged" not in page.texts()
            with process.file()._database.write() as transaction:
                transaction.driver.execute("DELETE FROM operation WHERE number = 2")
            await unlocked(page)
            await page.until(lambda: "Some records are damaged" in page.texts())

    run(tmp_path, scenario)
