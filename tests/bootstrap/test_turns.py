"""Sessions that take turns at one vault: a lock that lasts, and who comes meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.core.summary import Station
from app.ui.routes import Notice, Unlock
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked


def guest(process: TabletProcess) -> TabletSession:
    assert isinstance(process._guest, TabletSession)
    return process._guest


def test_an_unlock_while_a_lock_waits_for_a_slow_job_ends_after_it(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        async with a_page(process) as page:
            await unlocked(page)
            session, before = guest(process), guest(process).desk.vault
            done: list[str] = []
            session.work.run(lambda: time.sleep(0.5), done.append, lambda _: "slow")
            session.lock()
            assert session.kit.navigator.top.route == Unlock()
            await page.settle()
            await unlocked(page)
            assert done == ["slow"]
            assert not before.is_open
            assert session.desk.vault.is_open
        await process.close()

    asyncio.run(scenario())


@asynccontextmanager
async def a_slow_server(
    let_go: asyncio.Event, asked: asyncio.Event | None = None
) -> AsyncIterator[str]:
    """A server that takes each question and answers none before it is let go."""

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if asked is not None:
            asked.set()
        await let_go.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        let_go.set()
        server.close()


def test_a_page_reloaded_during_a_slow_round_syncs_once_the_one_before_has_locked(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        let_go = asyncio.Event()
        async with a_slow_server(let_go) as url:
            process = an_enrolled_process(tmp_path, url)
            async with a_page(process) as first:
                await unlocked(first)
                before = guest(process)
                await first.until(lambda: process.scheduler.status.running)
                async with a_page(process) as second:
                    asyncio.get_running_loop().call_later(0.5, let_go.set)
                    await unlocked(second)
                    await before.locked()
                    await second.until(lambda: process.scheduler.status.attached)
                    report = process.scheduler.status.report
                    process.scheduler.sync_now()
                    await second.until(
                        lambda: process.scheduler.status.report is not report
                    )
            await process.close()

    asyncio.run(scenario())


def test_the_end_of_the_process_waits_for_a_page_that_still_locks(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        async with a_page(process) as first:
            await unlocked(first)
            session, vault = guest(process), guest(process).desk.vault
            kept: list[str] = []

            def slow_save() -> None:
                time.sleep(0.3)
                vault.save_draft("slow", "patient", b"typed")

            session.work.run(slow_save, kept.append, lambda _: "kept")
            async with a_page(process):
                await process.close()
                assert kept == ["kept"]

    asyncio.run(scenario())


def test_the_station_that_is_chosen_holds_for_every_screen_and_the_next_start(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        async with a_page(process) as page:
            await unlocked(page)
            session = guest(process)
            await page.tap(f"home.station.{Station.NURSE.value}")
            assert session.desk.station is Station.NURSE
            session.kit.navigator.go(Notice("patient", "encounter"))
            await page.settle()
            session.kit.navigator.back()
            await session.locked()
            await unlocked(page)
            tile = page.find(f"home.station.{Station.NURSE.value}")
            assert tile.border.top.width == 2  # type: ignore[attr-defined]
        await process.close()
        again = an_enrolled_process(tmp_path)
        assert again.station.value is Station.NURSE
        await again.close()

    asyncio.run(scenario())
