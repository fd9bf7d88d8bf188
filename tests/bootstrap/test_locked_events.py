"""What happened while nobody was unlocked is in the audit after the next unlock."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.core.audit import AuditEvent, AuditKind
from app.storage import LockedKind
from sync_server.services.audit import event_of
from sync_server.tables import AUDIT_EVENT
from tests.bootstrap.tablets import a_page, a_process, an_enrolled_process, unlocked
from tests.clinic.test_auditing import events
from tests.storage.tablets import ANA, PIN
from tests.support.connection import Client
from tests.sync.real import NURSE, RealServer, enrolled, real_server

WRONG = "582046"
TRIES = 120
Scenario = Callable[[TabletProcess], Coroutine[Any, Any, None]]


def run(process: TabletProcess, scenario: Scenario) -> None:
    async def in_loop() -> None:
        try:
            await scenario(process)
        finally:
            await process.close()

    asyncio.run(in_loop())


def holder(process: TabletProcess) -> TabletSession:
    assert isinstance(process._holder, TabletSession)
    return process._holder


def of_tries(found: list[AuditEvent]) -> list[tuple[str, str, int]]:
    """What is about unlocking, apart from what was read since."""
    return [
        (e.kind, e.practitioner_id, e.count) for e in found if e.kind != AuditKind.READ
    ]


def written(process: TabletProcess) -> list[tuple[str, str, int]]:
    """What the tablet would send now."""
    return of_tries(events(holder(process).desk.vault))


async def lock(process: TabletProcess, page: Client) -> None:
    await holder(process).locked()
    await page.until(lambda: "Who are you?" in page.texts())


async def give(page: Client, who: str, pin: str) -> None:
    """Pick a name and give a PIN."""
    await page.until(lambda: page.shows(f"unlock.person.{who}"))
    await page.tap(f"unlock.person.{who}")
    await page.until(lambda: page.shows(f"unlock.pad.{pin[0]}"))
    await type_in(page, pin)


async def type_in(page: Client, pin: str) -> None:
    for digit in pin:
        await page.tap(f"unlock.pad.{digit}")
    await page.tap("unlock.continue")


async def guess(page: Client, who: str = ANA) -> None:
    """Give a wrong PIN, and go back to the names."""
    await give(page, who, WRONG)
    await page.until(lambda: page.shows("unlock.problem"))
    await page.tap("back")


def test_a_wrong_pin_is_an_audit_event_once_somebody_unlocked_and_only_once(
    tmp_path: Path,
) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            assert written(process) == []
            await lock(process, page)
            await guess(page)
            await unlocked(page)
            once = [("unlock-failed", ANA, 1)]
            assert written(process) == once
            assert process.file().locked_events() == ()
            await lock(process, page)
            await unlocked(page)
            assert written(process) == once

    run(an_enrolled_process(tmp_path), scenario)


def test_a_full_disk_keeps_nobody_out_and_events_come_with_the_next_unlock(
    tmp_path: Path,
) -> None:
    async def scenario(process: TabletProcess) -> None:
        async with a_page(process) as page:
            await unlocked(page)
            await lock(process, page)
            many_tries(process)
            happened = process.file().locked_events()
            fill(process)
            await unlocked(page)
            assert written(process) == []
            assert process.file().locked_events() == happened
            empty(process)
            await lock(process, page)
            await unlocked(page)
            assert written(process) == [("unlock-failed", ANA, 1)] * TRIES
            assert process.file().locked_events() == ()

    run(an_enrolled_process(tmp_path), scenario)


def many_tries(process: TabletProcess) -> None:
    """So many that their events need pages of their own, and no delay between them."""
    file = process.file()
    with file._database.write() as transaction:
        for _ in range(TRIES):
            file._events.add(transaction, LockedKind.UNLOCK_FAILED, ANA)


def fill(process: TabletProcess) -> None:
    """Let SQLite say that the disk is full: not one page more."""
    _pragmas(process, "VACUUM", "PRAGMA max_page_count = 1")


def empty(process: TabletProcess) -> None:
    _pragmas(process, "PRAGMA max_page_count = 1000000")


def _pragmas(process: TabletProcess, *statements: str) -> None:
    with process.file()._database.read() as driver:
        for statement in statements:
            driver.execute(statement).fetchall()


def test_the_server_has_it_in_its_chain(tmp_path: Path) -> None:
    async def scenario(process: TabletProcess) -> None:
        who = noor(process)
        async with a_page(process) as page:
            await give(page, who, PIN)
            await type_in(page, PIN)  # chosen, so once more
            await page.until(lambda: page.shows("home.register"))
            await lock(process, page)
            await guess(page, who)
            await give(page, who, PIN)
            await page.until(lambda: page.shows("home.register"))
            await page.until(lambda: bool(of_tries(at_server(server))))
            assert of_tries(at_server(server)) == [("unlock-failed", who, 1)]

    with real_server(tmp_path / "server") as server:
        process = a_process(tmp_path / "tablet")
        enrolled(process.file(), server.url, server.code())
        run(process, scenario)


def noor(process: TabletProcess) -> str:
    found = (entry.practitioner for entry in process.file().practitioners())
    return next(who.practitioner_id for who in found if who.name == NURSE)


def at_server(server: RealServer) -> list[AuditEvent]:
    with server.context.database.read() as connection:
        return [event_of(row) for row in connection.execute(AUDIT_EVENT.select())]
