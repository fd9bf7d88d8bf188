"""Amend over a real vault: what is typed survives, what nobody saw is not replaced."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from app.clinic.corrections import key_of
from app.clinic.registration import Registration, register
from app.core.change import Authorship, Change
from app.core.problems import ProblemCode
from app.core.projections import PatientView
from app.core.values import NameStatus, PersonName, Sex
from app.features.amend import effects as amend
from app.features.amend.state import (
    Effect,
    Event,
    LatinTyped,
    Left,
    Model,
    SavePressed,
    SexChosen,
)
from app.features.amend.view import view as amend_view
from app.storage import DiskFullError
from app.ui.leaving import LeavePressed, LossAccepted, StayPressed
from app.ui.look import first_look
from app.ui.loop import Loop
from app.ui.record_words import RecordWords
from app.ui.routes import Amend
from tests.clinic.desks import Table, a_place, a_table, some_work, until
from tests.storage.tablets import BO

NAME = PersonName(NameStatus.SAID, "أمينة", "Amina")
LOOK = first_look("en", 800)
Amending = Loop[Model, Event, Effect]


@contextmanager
def somebody(folder: Path) -> Iterator[tuple[Table, str]]:
    """A tablet with one person on it."""
    with a_table(folder) as table:
        desk = table.desk
        given = Registration(Sex.FEMALE, None, "ar", name=NAME)
        made = register(given, desk.vault.patient_id_of_card, desk.ids, desk.wall())
        desk.save(made.change)
        yield table, made.patient_id


async def opened(table: Table, patient_id: str, field: str) -> Amending:
    route = Amend(patient_id, "Patient", patient_id, field)
    loop = amend.loop(table.desk, some_work(), a_place(route), route)
    loop.shown()
    await until(lambda: loop.model.document is not None)
    return loop


def test_what_is_typed_survives_back_lock_and_restart_until_it_is_saved(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with somebody(tmp_path) as (table, patient_id):
            first = await opened(table, patient_id, "name")
            first.dispatch(LatinTyped("Amna"))
            await until(lambda: len(table.vault.drafts(patient_id)) == 1)
            first.dispatch(Left())
            again = await opened(table, patient_id, "name")
            assert (again.model.typed.latin, again.model.restored) == ("Amna", True)
            again.dispatch(SavePressed())
            await until(lambda: table.vault.drafts(patient_id) == ())
            document = table.vault.document(patient_id)
            assert document is not None
            assert PatientView(document).name.latin == "Amna"

    asyncio.run(run())


def test_what_a_colleague_wrote_meanwhile_stands_beside_what_is_saved_here(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with somebody(tmp_path) as (table, patient_id):
            mine = await opened(table, patient_id, "sex")
            mine.dispatch(SexChosen("other"))
            document = table.vault.document(patient_id)
            assert document is not None
            change = Change()
            change.set(key_of(document), {"sex": "male"})
            table.vault.commit(change, author=Authorship(BO, "site-port"))
            await until(lambda: mine.model.is_overtaken)
            assert mine.model.typed.sex == "other"
            mine.dispatch(SavePressed())
            await until(lambda: table.vault.drafts(patient_id) == ())
            after = table.vault.document(patient_id)
            assert after is not None
            values = {write.value for write in after.writes("sex")}
            assert values == {"male", "other"}

    asyncio.run(run())


def full(*_arguments: object, **_options: object) -> None:
    raise DiskFullError


def test_on_a_full_disk_the_page_stays_until_the_loss_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with somebody(tmp_path) as (table, patient_id):
            route = Amend(patient_id, "Patient", patient_id, "name")
            place = a_place(route)
            loop = amend.loop(table.desk, some_work(), place, route)
            loop.shown()
            await until(lambda: loop.model.document is not None)
            with monkeypatch.context() as patched:
                patched.setattr(type(table.vault), "save_draft", full)
                loop.dispatch(LatinTyped("Amna"))
                loop.dispatch(LeavePressed())
                await until(lambda: loop.model.asks_to_leave)
                assert loop.model.draft_problem is ProblemCode.DISK_FULL
                assert (place.is_top, loop.model.typed.latin) == (True, "Amna")
                words = RecordWords(LOOK.t, table.desk.library, "UTC", date(2026, 3, 1))
                frame = amend_view(loop.model, loop.dispatch, LOOK, words)
                assert frame.dialog is not None
                loop.dispatch(StayPressed())
                assert not loop.model.asks_to_leave
                loop.dispatch(LeavePressed())
                await until(lambda: loop.model.asks_to_leave)
                loop.dispatch(LossAccepted())
                assert not place.is_top

    asyncio.run(run())


def test_one_leaves_once_what_was_typed_is_kept(tmp_path: Path) -> None:
    async def run() -> None:
        with somebody(tmp_path) as (table, patient_id):
            loop = await opened(table, patient_id, "name")
            loop.dispatch(LatinTyped("Amna"))
            loop.dispatch(LeavePressed())
            await until(lambda: loop.model.is_kept)
            assert len(table.vault.drafts(patient_id)) == 1
            assert not loop.model.asks_to_leave

    asyncio.run(run())
