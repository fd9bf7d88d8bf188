"""Reading a confidential note: by who may, after the audit, and gone with the lock."""

import asyncio
from pathlib import Path

import pytest

from app.bootstrap.watching import whose
from app.bootstrap.way import Way
from app.clinic.disclosures import write_note
from app.core.audit import AuditEvent, AuditKind
from app.core.confidential import Note
from app.core.problems import ProblemCode
from app.core.projections import by_type
from app.core.records import RecordType
from app.features.confidential.reading_effects import loop
from app.features.confidential.reading_state import (
    Left,
    Model,
    NoteClosed,
    NoteOpened,
    Opened,
    Shown,
    update,
)
from app.features.confidential.reading_view import view
from app.storage.compartments import Reader
from app.storage.hpke import BoxKey
from app.ui.routes import Disclosure, Home, Record
from app.ui.screen import Screen
from tests.clinic.desks import Table, a_table, on_screen
from tests.clinic.test_auditing import events
from tests.features.confidential.test_confidential import allow, renew
from tests.features.record.people import register
from tests.features.record.test_roles import texts_of
from tests.storage.tablets import ANA, BO
from tests.storage.test_compartments import EMPTY, IDS, allowing, half_of, published

SAID = "أخبرتني عن العنف"


def let_ana_read(table: Table) -> None:
    """Ana, who unlocked, may read with the pair that her slot opened."""
    vault = table.vault
    reader = Reader(ANA, vault.device_id, vault.box)
    allowed = allowing(EMPTY, ANA)
    renew(table, published(allowed, reader.owed(allowed, [half_of(reader)], IDS)))


def a_note(table: Table, patient_id: str) -> Disclosure:
    write_note(table.desk, patient_id, Note("violence", SAID))
    kind = RecordType.CONFIDENTIAL_NOTE
    (note,) = by_type(table.vault.documents(patient_id), kind)
    return Disclosure(patient_id, note.record_id)


def shown(
    table: Table, route: Disclosure, until: str, tag: str = "en"
) -> tuple[str, frozenset[str]]:
    """What stands on the screen once a control is there, and the keys of all."""

    async def drawn() -> tuple[str, frozenset[str]]:
        async with on_screen(
            route, lambda _place, work: Screen(loop(table.desk, work, route), view), tag
        ) as client:
            await client.until(lambda: client.shows(until))
            return "\n".join(client.texts()), frozenset(client.keys())

    return asyncio.run(drawn())


def readings(table: Table) -> list[AuditEvent]:
    return [e for e in events(table.vault) if e.kind == AuditKind.READ_NOTE]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_who_may_read_sees_what_was_said_by_whom_and_when(
    tmp_path: Path, tag: str
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        route = a_note(table, amina.patient_id)
        text, _keys = shown(table, route, "disclosure.text", tag)
        assert SAID in text
        assert "Anastasia" in text
        if tag == "en":
            assert "Violence" in text
        (event,) = readings(table)
        assert (event.practitioner_id, event.patient_id, event.record_id) == (
            ANA,
            amina.patient_id,
            route.record_id,
        )


def test_each_reading_is_written_down_however_soon_it_follows(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        route = a_note(table, amina.patient_id)
        for _ in range(2):
            shown(table, route, "disclosure.text")
        assert len(readings(table)) == 2


def test_where_it_can_not_be_written_down_nothing_is_shown_until_it_can(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        route = a_note(table, amina.patient_id)
        pragma(table, "max_page_count = 1")
        for number in range(200):  # until what is free in the file is used up
            table.desk.trail.read(f"patient-{number}")

        async def tried() -> None:
            async with on_screen(
                route, lambda _place, work: Screen(loop(table.desk, work, route), view)
            ) as client:
                await client.until(lambda: client.shows("disclosure.problem"))
                assert SAID not in "\n".join(client.texts())
                pragma(table, "max_page_count = 1000000")
                await client.tap("disclosure.again")
                await client.until(lambda: client.shows("disclosure.text"))

        asyncio.run(tried())


def pragma(table: Table, statement: str) -> None:
    with table.vault._unlocked.database.read() as driver:
        driver.execute(f"PRAGMA {statement}").fetchall()


def test_who_may_not_read_is_told_who_may_and_nothing_is_written_down(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        allow(table, BO)
        route = a_note(table, amina.patient_id)
        text, keys = shown(table, route, "disclosure.problem")
        assert SAID not in text
        assert "Bohdana" in text
        assert "disclosure.again" not in keys
        assert readings(table) == []


@pytest.mark.parametrize(
    "other", [Disclosure("boris", "{note}"), Disclosure("amina", "nothing")]
)
def test_a_note_opens_on_its_own_person_s_record_alone(
    tmp_path: Path, other: Disclosure
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        route = a_note(table, amina.patient_id)
        wrong = Disclosure(
            other.patient_id, other.record_id.format(note=route.record_id)
        )
        text, _keys = shown(table, wrong, "disclosure.problem")
        assert SAID not in text


def test_the_timeline_has_a_way_to_read_for_who_may_and_for_nobody_else(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        note = a_note(table, amina.patient_id)
        key = f"record.read.{note.record_id}"
        text, keys = texts_of(table, amina)
        assert key in keys
        assert SAID not in text
        box, table.vault._held = table.vault._held, None
        assert box is not None
        keys_of_another = box[0].__class__(
            box[0].data_key, BoxKey.generate().private_bytes
        )
        table.vault._held = keys_of_another, box[1]
        assert key not in texts_of(table, amina)[1]


def test_the_lock_drops_it_and_leads_nobody_back_to_it() -> None:
    way = Way((Home(), Record("amina"), Disclosure("amina", "note")))
    assert way.for_role("nurse") == (Home(), Record("amina"))
    assert whose(Disclosure("amina", "note")) == "amina"


def test_what_was_read_leaves_the_screen_with_it_and_is_in_no_error_text() -> None:
    opened = Opened(Note("hiv", SAID), None, None)  # type: ignore[arg-type]
    model = update(Model(), NoteOpened(opened)).model
    assert model.opened is opened
    assert SAID not in f"{model}{opened}{NoteOpened(opened)}"
    assert update(model, Left()).model.opened is None
    closed = update(model, NoteClosed(ProblemCode.DISK_FULL)).model
    assert closed.opened is None
    assert update(closed, Shown()).model.problem is None
