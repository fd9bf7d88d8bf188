"""A reading that a full disk refuses is said, and audited once there is room."""

import asyncio
from pathlib import Path

from app.bootstrap.session import TabletSession
from app.clinic.auditing import AuditTrail
from app.core.audit import AuditEvent
from app.ui import routes as to
from tests.bootstrap.test_locked_events import empty, fill
from tests.bootstrap.test_same_question import run, unlock
from tests.clinic.test_auditing import events
from tests.storage.tablets import ANA, PIN
from tests.support.connection import Client

TOLD = "Free some space: "


def read(session: TabletSession) -> list[str]:
    found: list[AuditEvent] = events(session.desk.vault)
    return [event.patient_id for event in found if event.kind == "read"]


def read_many(trail: AuditTrail) -> None:
    for number in range(60):
        trail.read(f"p{number}")


def test_the_strip_says_so_over_a_lock_until_there_is_room(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        def told() -> bool:
            return any(TOLD in text for text in page.texts())

        assert not told()
        fill(session.process)
        trail = session.desk.trail
        # Until what is free in the file is used up.
        await asyncio.to_thread(read_many, trail)
        waiting = trail.waiting
        assert waiting > 0
        session.kit.navigator.go(to.Record("amina"))
        await page.until(told)
        await session.locked()
        await page.until(lambda: not told())
        await unlock(page, ANA, PIN)
        await page.until(told)
        assert session.desk.trail.waiting > waiting  # over the lock, and one more
        empty(session.process)
        await session.locked()
        await unlock(page, ANA, PIN)
        await page.until(lambda: session.desk.trail.waiting == 0)
        assert read(session).count("amina") >= 1
        assert set(read(session)) >= {f"p{n}" for n in range(60)}

    run(tmp_path, scenario)
