"""Record as it is seen: who wrote what, where and when, and both of two values."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.bootstrap.session import TabletSession
from app.clinic.consents import ConsentGiven, Purpose, record_consents
from app.clinic.desk import Desk
from app.clinic.registration import Registered, Registration, update
from app.core.birth import Birth, BirthSource, birth_of_parts
from app.core.change import Authorship, build
from app.core.clock import HybridClock
from app.core.ids import RandomIds
from app.core.operation import EncodedOperation
from app.core.projections import View
from app.core.values import Decision, GivenBy
from app.core.wire import FeedItem, PullResponse
from app.i18n.formats import local_day
from app.storage import Vault
from app.ui.routes import Amend, Record
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked
from tests.features.record.people import child_of, register, screen
from tests.storage.tablets import BO, PORT
from tests.support.connection import Client
from tests.support.operations import envelope

Scenario = Callable[[Client, TabletSession], Coroutine[Any, Any, None]]


def run(folder: Path, scenario: Scenario) -> None:
    async def in_loop() -> None:
        process = an_enrolled_process(folder)
        async with a_page(process) as page:
            await unlocked(page)
            assert isinstance(process._guest, TabletSession)
            await scenario(page, process._guest)
        await process.close()

    asyncio.run(in_loop())


def birth(desk: Desk, year: str) -> Birth:
    today = local_day(desk.wall(), desk.setup.site.zone)
    found = birth_of_parts((year, "3", "14"), BirthSource.SAID, today)
    assert found is not None
    return found


def another_tablet_writes(desk: Desk, person: Registered, year: str) -> None:
    """Bring a birth date by Bohdana on another tablet, who saw none."""
    change = update(person.patient_id, Registration(birth=birth(desk, year)), desk.ids)
    clock = HybridClock("device-b", desk.wall)
    author = Authorship(BO, PORT.site_id)
    built = build(change, author, clock, RandomIds(), lambda _record_id: None)
    receive(desk.vault, [encoded for _operation, encoded in built])


def receive(vault: Vault, operations: list[EncodedOperation]) -> None:
    items = tuple(
        FeedItem(sequence=n, device_id="device-b", operation=envelope(encoded))
        for n, encoded in enumerate(operations, start=1)
    )
    page = PullResponse(cursor="epoch-1.1", items=items, more=False, server_ms=1)
    vault.apply_feed(page)


def test_a_contradiction_shows_both_values_with_their_authors_and_is_decided(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        desk = session.desk
        amina = register(desk, "Amina")
        first = Registration(birth=birth(desk, "1991"))
        desk.save(update(amina.patient_id, first, desk.ids))
        another_tablet_writes(desk, amina, "1990")
        session.kit.navigator.go(Record(amina.patient_id))
        decide = f"record.conflict.{amina.patient_id}.birth.decide"
        await page.until(lambda: page.shows(decide))
        said = "\n".join(page.texts())
        for part in ("1991", "1990", "Anastasia", "Bohdana", "Port"):
            assert part in said, part
        await page.tap(decide)
        await page.until(lambda: page.shows("amend.birth.year"))
        top = session.kit.navigator.top.route
        assert isinstance(top, Amend)
        said = "\n".join(page.texts())
        assert "Bohdana" in said
        assert "Anastasia" in said
        await page.enter("amend.birth.year", "1991")
        await page.tap("amend.save")
        await page.until(lambda: not page.shows("amend.save"))
        await page.until(lambda: not page.shows(decide))

    run(tmp_path, scenario)


def test_family_consents_danger_and_what_is_only_here_are_in_view(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        desk = session.desk
        mother = register(desk, "Amina")
        child = register(desk, "Sara", child_of(mother))
        screen(desk, child)
        consent = ConsentGiven(Purpose.RESEARCH, Decision.NO, GivenBy.PARENT)
        desk.save(record_consents(child.patient_id, (consent,), desk.ids))
        session.kit.navigator.go(Record(child.patient_id))
        await page.until(lambda: page.shows("record.person"))
        said = "\n".join(page.texts())
        for part in ("Amina", "Mother", "Research", "No · A parent", "only on this"):
            assert part in said, part
        assert page.shows("record.flag.response-1.suicide-risk")
        assert "newer version" not in said
        assert "encounter" not in said

    run(tmp_path, scenario)


async def press(page: Client, key: str) -> None:
    """Tap a control once it is there."""
    await page.until(lambda: page.shows(key))
    await page.tap(key)


def test_what_can_be_corrected_is_a_page_and_a_dialog_asks_why(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        amina = register(session.desk, "Amina")
        response_id = screen(session.desk, amina)
        session.kit.navigator.go(Record(amina.patient_id))
        await page.until(lambda: page.shows("record.person"))
        newest = session.desk.vault.operations(amina.patient_id)[-1].header.change
        for key in (
            f"record.{newest.change_id}.0",
            "record.what.error",
            "dialog.twice",
        ):
            await press(page, key)
        await page.until(lambda: page.shows("record.done"))
        document = session.desk.vault.document(response_id)
        assert document is not None
        assert View(document).entered_in_error

    run(tmp_path, scenario)
