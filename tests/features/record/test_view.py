"""Record as it is seen: who wrote what, where and when, and both of two values."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.bootstrap.session import TabletSession
from app.clinic.consents import ConsentGiven, Purpose, record_consents
from app.clinic.desk import Desk
from app.clinic.registration import Registered, Registration, update
from app.clinic.visits import LeftReason, encounter_key, leave
from app.core.birth import Birth, BirthSource, birth_of_parts
from app.core.change import Authorship, build
from app.core.clock import HybridClock
from app.core.document_json import as_mapping
from app.core.encounters import encounters
from app.core.ids import RandomIds, format_card_code
from app.core.merge import Document
from app.core.operation import EncodedOperation
from app.core.problems import ProblemCode
from app.core.projections import PatientView, View, patient_view
from app.core.values import Decision, GivenBy
from app.core.wire import FeedItem, Outcome, PullResponse, PushOutcome
from app.features.register.desk_work import CARRIED
from app.i18n.formats import local_day
from app.storage import Vault
from app.ui.routes import Amend, Record
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked
from tests.features.record.people import child_of, register, screen
from tests.storage.tablets import BO, PORT
from tests.storage.test_outbox import answer, head_of, ids_of, next_batch
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


def patient_document(desk: Desk, person: Registered) -> Document:
    found = desk.vault.document(person.patient_id)
    assert found is not None
    return found


def another_tablet_writes(desk: Desk, person: Registered, given: Registration) -> None:
    """Bring what Bohdana wrote on another tablet, who saw nothing."""
    change = update(person.patient_id, given, desk.ids)
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
        another_tablet_writes(desk, amina, Registration(birth=birth(desk, "1990")))
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
        error = as_mapping(View(document).value("entered_in_error"))
        assert error["reason"] == "twice"

    run(tmp_path, scenario)


def test_both_persons_and_what_moves_are_read_before_a_record_moves(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        amina = register(session.desk, "Amina")
        sara = register(session.desk, "Sara")
        response_id = screen(session.desk, amina)
        session.kit.navigator.go(Record(amina.patient_id))
        await page.until(lambda: page.shows("record.person"))
        newest = session.desk.vault.operations(amina.patient_id)[-1].header.change
        for key in (f"record.{newest.change_id}.0", "record.what.wrong"):
            await press(page, key)
        await page.until(lambda: page.shows("record.right"))
        await page.enter("record.right", "sar")
        await press(page, f"record.right.{sara.patient_id}")
        await page.until(lambda: page.shows("record.whether"))
        said = "\n".join(page.texts())
        codes = [format_card_code(p.card) for p in (amina, sara)]
        for part in ("Amina", "Sara", *codes, "Score", "Measurement"):
            assert part in said, part
        for key in ("record.move", "dialog.mistyped"):
            await press(page, key)
        await page.until(lambda: page.shows("record.done"))
        document = session.desk.vault.document(response_id)
        assert document is not None
        assert View(document).entered_in_error

    run(tmp_path, scenario)


def test_a_child_of_whom_nobody_asked_is_told_and_it_can_be_said(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        desk = session.desk
        sara = register(desk, "Sara")
        child = Registration(birth=birth(desk, "2020"))
        desk.save(update(sara.patient_id, child, desk.ids))
        session.kit.navigator.go(Record(sara.patient_id))
        await press(page, "record.company.say")
        await press(page, "register.who.nobody")
        await page.tap("register.save")
        await page.until(lambda: page.shows("record.child"))
        assert not page.shows("record.company")
        await press(page, "record.correct")
        await press(page, "record.what.page:company")
        await press(page, "register.who.parent")
        await page.tap("register.save")
        await page.until(lambda: not page.shows("record.child"))

    run(tmp_path, scenario)


def test_a_contradiction_without_an_editor_is_decided_among_what_was_written(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        desk = session.desk
        amina = register(desk, "Amina")
        desk.save(update(amina.patient_id, Registration(origin="SY"), desk.ids))
        another_tablet_writes(desk, amina, Registration(origin="ER"))
        session.kit.navigator.go(Record(amina.patient_id))
        decide = f"record.conflict.{amina.patient_id}.origin.decide"
        await press(page, decide)
        shown = PatientView(patient_document(desk, amina)).shown("origin")
        assert shown is not None
        (other,) = shown.others
        await press(page, f"record.version.{other.operation_id}")
        await page.tap("record.decide")
        await page.until(lambda: page.shows("record.done"))
        patient = PatientView(patient_document(desk, amina))
        assert patient.text("origin") == other.value
        assert patient.conflicts() == {}

    run(tmp_path, scenario)


def test_what_the_server_refused_is_marked_with_its_reason(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        desk = session.desk
        amina = register(desk, "Amina")
        batch = next_batch(desk.vault)
        refused, *others = ids_of(batch)
        outcomes = [
            PushOutcome(operation_id=i, outcome=Outcome.ACCEPTED) for i in others
        ]
        wrong = PushOutcome(
            operation_id=refused,
            outcome=Outcome.REJECTED,
            reason=ProblemCode.UNKNOWN_SITE,
        )
        acknowledged = head_of(batch).number
        said = answer(wrong, *outcomes, acknowledged=acknowledged)
        desk.vault.record_outcomes(said)
        session.kit.navigator.go(Record(amina.patient_id))
        await page.until(lambda: page.shows("record.refused.unknown-site"))
        texts = page.texts()
        assert "Set aside by the server, kept here" in texts
        assert any("does not know this site" in text for text in texts)
        assert not page.shows("record.only_here")

    run(tmp_path, scenario)


def test_an_arrival_is_corrected_from_the_record_and_no_visit_is_begun(
    tmp_path: Path,
) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        desk = session.desk
        amina = register(desk, "Amina")
        key = encounter_key(amina.patient_id, amina.encounter_id)
        desk.save(leave(key, LeftReason.MOVED_ON))
        grown = Registration(birth=birth(desk, "1990"))
        desk.save(update(amina.patient_id, grown, desk.ids))
        session.kit.navigator.go(Record(amina.patient_id))
        await press(page, "record.correct")
        await page.until(lambda: page.shows("record.what.field:birth"))
        assert not page.shows("record.what.page:company")
        await press(page, "record.what.page:arrival")
        await page.until(lambda: page.shows("register.place"))
        await page.enter("register.place", "Pozzallo")
        await page.tap("register.save")
        await page.until(lambda: not page.shows("register.save"))
        documents = desk.vault.documents(amina.patient_id)
        patient = patient_view(documents)
        assert patient is not None
        assert patient.arrival.place == "Pozzallo"
        assert [v.record_id for v in encounters(documents)] == [amina.encounter_id]
        assert desk.vault.draft(CARRIED) is None
        assert desk.vault.drafts(amina.patient_id) == ()

    run(tmp_path, scenario)
