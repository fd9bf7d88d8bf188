"""A tablet that was revoked: what was typed is handed over, then it is empty."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.storage import FileDeviceSecret
from sync_server.services import administration, contacts
from sync_server.services.people import all_practitioners
from sync_server.tables import OPERATION, SET_ASIDE
from tests.bootstrap.tablets import a_page, a_process
from tests.features.record.people import register
from tests.storage.tablets import PIN
from tests.support.connection import Client
from tests.sync.real import NURSE, RealServer, enrolled, real_server

BLOCKED = "This tablet was blocked"


def an_enrolled_process(folder: Path, server: RealServer) -> TabletProcess:
    process = a_process(folder)
    enrolled(process.file(), server.url, server.code())
    return process


def nurse_of(server: RealServer) -> str:
    with server.context.database.read() as connection:
        found = all_practitioners(connection)
    return next(str(row.practitioner_id) for row in found if row.name == NURSE)


async def unlock(page: Client, practitioner_id: str) -> None:
    key = f"unlock.person.{practitioner_id}"
    await page.until(lambda: page.shows(key))
    await page.tap(key)
    await page.until(lambda: page.shows(f"unlock.pad.{PIN[0]}"))
    for _ in range(2):
        for digit in PIN:
            await page.tap(f"unlock.pad.{digit}")
        await page.tap("unlock.continue")
    await page.until(lambda: page.shows("home.register"))


def revoke(server: RealServer, device_id: str) -> None:
    context = server.context
    administration.revoke_device(context.ports, context.database, device_id)


def rows_of(server: RealServer, device_id: str) -> list[int]:
    """Return how many operations of a device were accepted, and set aside."""
    with server.context.database.read() as connection:
        counts = [
            connection.scalar(
                select(func.count())
                .select_from(table)
                .where(table.c.device_id == device_id)
            )
            for table in (OPERATION, SET_ASIDE)
        ]
    return [count or 0 for count in counts]


def run(folder: Path, check: Callable[[RealServer, TabletProcess], object]) -> None:
    async def scenario(server: RealServer) -> None:
        process = an_enrolled_process(folder / "tablet", server)
        device_id = process.file().identity.device_id
        async with a_page(process) as page:
            await unlock(page, nurse_of(server))
            session = process._guest
            assert isinstance(session, TabletSession)
            # Nothing is sent before the tablet is revoked: it learns of both at once.
            process.scheduler.detach()
            assert session._held is not None
            session._held.gateway.close()
            register(session.desk, "Amina")
            revoke(server, device_id)
            register(session.desk, "Omar")
            session._held = process.begin_sync(session.desk.vault)
            await page.until(lambda: BLOCKED in page.texts(), 60)
            texts = " ".join(page.texts())
            assert "handed over to the server" in texts
            assert page.shows("trouble.again")
            await page.tap("trouble.again")
            await page.until(lambda: page.shows("enrol.code"))
        check(server, process)
        assert [rows > 0 for rows in rows_of(server, device_id)] == [True, True]
        await process.close()

    with real_server(folder / "server") as server:
        asyncio.run(scenario(server))


def test_it_hands_over_empties_itself_and_says_so(tmp_path: Path) -> None:
    def check(server: RealServer, process: TabletProcess) -> None:
        with server.context.database.read() as connection:
            (device,) = contacts.states(connection).devices
        assert device.handed_over_at is not None
        folder = tmp_path / "tablet"
        assert FileDeviceSecret(folder / "device-secret").load() is not None
        assert not process.file().enrolled
        assert process.file().practitioners() == ()
        assert not (folder / "unsent.parcel").exists()

    run(tmp_path, check)
