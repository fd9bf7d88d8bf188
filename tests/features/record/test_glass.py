"""What is closed to a role is shown for a reason, after the audit, until one leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.core.audit import AuditEvent, AuditKind
from app.features.record.effects import load, loop
from app.features.record.events import (
    ConflictPressed,
    EntryPressed,
    Event,
    FieldPressed,
    Left,
    Loaded,
    RecordLoaded,
)
from app.features.record.state import Asking, Model, update
from app.features.record.view import view
from app.i18n.formats import local_day
from app.ui.frame import Frame
from app.ui.glass import INTACT, Asked, Broken, Confirmed, Glass, OnGlass, WhyChosen
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.routes import Record
from app.ui.screen import Screen
from tests.clinic.desks import Table, a_table, on_screen
from tests.clinic.test_auditing import events
from tests.features.record.people import register, screen
from tests.features.record.test_roles import FLAG, as_role, texts_of
from tests.support.connection import Client

SHOW, NOT_SHOWN = "record.hidden.show", "Not shown to your role"


@asynccontextmanager
async def the_record(
    table: Table, patient_id: str, tag: str = "en"
) -> AsyncIterator[Client]:
    """A record on its screen."""

    def draw(model: object, dispatch: object, look: Look) -> Frame:
        desk = table.desk
        today = local_day(desk.wall(), desk.setup.site.zone)
        words = RecordWords(look.t, desk.library, desk.setup.site.zone, today)
        return view(model, dispatch, look, words)  # type: ignore[arg-type]

    async with on_screen(
        Record(patient_id),
        lambda place, work: Screen(loop(table.desk, work, place, patient_id), draw),
        tag,
    ) as client:
        await client.until(lambda: client.shows("record.person"))
        yield client


def broken(table: Table) -> list[AuditEvent]:
    return [e for e in events(table.vault) if e.kind == AuditKind.BREAK_GLASS]


@pytest.mark.parametrize("tag", ["en", "ar"])
@pytest.mark.parametrize("role", ["mediator", "ngo-staff"])
def test_it_is_shown_after_a_reason_that_stands_in_the_audit(
    tmp_path: Path, role: str, tag: str
) -> None:
    async def run(table: Table, patient_id: str) -> None:
        async with the_record(table, patient_id, tag) as client:
            await client.tap(SHOW)
            await client.tap("glass.show")
            assert broken(table) == []
            await client.tap("glass.why.danger")
            await client.enter("glass.text", "  She  bleeds ")
            await client.tap("glass.show")
            await client.until(lambda: client.shows("record.broken"))
            assert client.shows(FLAG)
            assert not client.shows("record.hidden")

    with a_table(tmp_path) as nurse:
        amina = register(nurse.desk, "Amina")
        screen(nurse.desk, amina)
        table = as_role(nurse, role)
        asyncio.run(run(table, amina.patient_id))
        (event,) = broken(table)
        assert (event.patient_id, event.reason) == (
            amina.patient_id,
            "danger: She bleeds",
        )


def test_where_the_reason_can_not_be_written_nothing_is_shown(tmp_path: Path) -> None:
    async def run(table: Table, patient_id: str) -> None:
        async with the_record(table, patient_id) as client:
            fill(table)
            await client.tap(SHOW)
            await client.tap("glass.why.no-nurse")
            await client.tap("glass.show")
            await client.until(lambda: client.shows("glass.problem"))
            assert not client.shows(FLAG)
            pragma(table, "max_page_count = 1000000")
            await client.tap("glass.show")
            await client.until(lambda: client.shows(FLAG))

    with a_table(tmp_path) as nurse:
        amina = register(nurse.desk, "Amina")
        screen(nurse.desk, amina)
        asyncio.run(run(as_role(nurse, "mediator"), amina.patient_id))


def fill(table: Table) -> None:
    """Use up what is free in the file, and let it grow no more."""
    pragma(table, "max_page_count = 1")
    for number in range(200):
        table.desk.trail.read(f"patient-{number}")


def pragma(table: Table, statement: str) -> None:
    with table.vault._unlocked.database.read() as driver:
        driver.execute(f"PRAGMA {statement}").fetchall()


@pytest.mark.parametrize("role", ["nurse", "administrator"])
def test_there_is_no_way_for_whom_it_opens_nothing(tmp_path: Path, role: str) -> None:
    with a_table(tmp_path) as nurse:
        amina = register(nurse.desk, "Amina")
        screen(nurse.desk, amina)
        assert SHOW not in texts_of(as_role(nurse, role), amina)[1]


def test_what_is_opened_so_may_be_read_and_not_corrected(tmp_path: Path) -> None:
    with a_table(tmp_path) as nurse:
        amina = register(nurse.desk, "Amina")
        screen(nurse.desk, amina)
        desk = as_role(nurse, "mediator").desk
        loaded = load(desk, amina.patient_id, 1, is_broken=True)
        assert loaded.hidden == frozenset()
        model = Model(amina.patient_id, loaded)
        for event in (
            EntryPressed("Score-1"),
            FieldPressed("Score-1", "result"),
            ConflictPressed("Score-1", "result"),
        ):
            step = update(model, event)
            assert (step.model.asking, step.effects) == (Asking.NOTHING, ())
        assert update(model, EntryPressed("response-1")).model.asking is Asking.WHAT


def after(model: Model, *happened: Event) -> Model:
    for event in happened:
        model = update(model, event).model
    return model


def test_it_is_closed_as_the_screen_is_left_and_no_late_answer_opens_it() -> None:
    asked = [OnGlass(Asked()), OnGlass(WhyChosen("danger")), OnGlass(Confirmed())]
    opened = after(Model("amina"), *asked, OnGlass(Broken()))
    assert opened.glass == Glass(is_broken=True)
    opened = after(opened, RecordLoaded(Loaded(is_broken=True)))
    assert after(opened, Left()) == Model("amina")
    late = after(Model("amina"), *asked, Left(), OnGlass(Broken()))
    assert late.glass == INTACT
