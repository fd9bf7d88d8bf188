"""Register over a real vault: what is saved, restored, carried on, never doubled."""

from pathlib import Path

import pytest

from app.core.encounters import encounters
from app.core.projections import View, by_type, patient_view
from app.core.records import RecordType
from app.core.summary import Station
from app.features.register.desk_work import CARRIED
from app.features.register.events import (
    CameBackPressed,
    Entered,
    HomePressed,
    NoCardPressed,
    Page,
    PageOpened,
    PhoneTyped,
    Pressed,
    SavePressed,
    StartAfreshPressed,
)
from app.features.register.form import Field
from app.storage import DiskFullError
from app.ui.routes import Home, Register
from tests.clinic.desks import Table, until
from tests.features.register.desk import CODE, GIVEN, WITH_CARD, opened, run


def test_a_registered_person_waits_and_the_draft_is_gone(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        screen = await (await opened(table)).fill(*WITH_CARD)
        assert table.vault.draft("register") is not None
        patient_id = await screen.save()
        assert patient_id == table.vault.patient_id_of_card(CODE)
        (waiting,) = table.vault.queue(Station.TRIAGE)
        assert waiting.patient_id == patient_id
        await screen.rest()
        assert table.vault.draft("register") is None

    run(tmp_path, scenario)


def test_a_doubled_tap_on_save_makes_one_record(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        screen = await (await opened(table)).fill(NoCardPressed(), *GIVEN)
        screen.loop.dispatch(SavePressed())
        patient_id = await screen.save()
        await screen.rest()
        assert len(table.vault.queue(Station.TRIAGE)) == 1
        assert len(encounters(table.vault.documents(patient_id))) == 1

    run(tmp_path, scenario)


def test_what_was_on_the_screen_is_back_after_a_crash(tmp_path: Path) -> None:
    async def before(table: Table) -> None:
        await (await opened(table)).fill(
            NoCardPressed(), *GIVEN, PageOpened(Page.NAME), Entered(Field.LATIN, "Am")
        )

    async def after(table: Table) -> None:
        screen = await opened(table)
        assert screen.model.restored
        assert screen.model.page is Page.NAME
        form = screen.model.form
        assert (form.sex, form.years, form.latin) == ("female", "30", "Am")
        assert form.code is not None
        screen.loop.dispatch(StartAfreshPressed())
        await until(lambda: not screen.model.restored and not screen.model.busy)
        assert screen.model.form.latin == ""
        assert table.vault.draft("register") is None

    run(tmp_path, before)
    run(tmp_path, after)


def test_a_card_that_is_known_opens_the_same_record(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        table.tablet.wall.advance(60_000)
        again = await (await opened(table)).fill(
            Pressed(Field.SEX, "female"), Entered(Field.CARD, CODE)
        )
        await until(lambda: again.model.known is not None)
        again.loop.dispatch(CameBackPressed())
        await until(lambda: again.top == Register(returning=patient_id))
        back = await opened(table, Register(returning=patient_id))
        assert not back.model.restored
        await back.fill(
            Pressed(Field.VISIT, "new"),
            Pressed(Field.ORIGIN, "SY"),
            PhoneTyped(0, "0900 1"),
        )
        assert await back.save() == patient_id
        documents = table.vault.documents(patient_id)
        patient = patient_view(documents)
        assert patient is not None
        assert (patient.text("origin"), patient.language) == ("SY", "ar")
        assert len(encounters(documents)) == 2
        assert len(by_type(documents, RecordType.CONTACT_POINT)) == 1
        assert table.vault.drafts(patient_id) == ()

    run(tmp_path, scenario)


def test_what_was_just_typed_wins_over_an_older_draft_and_the_rest_of_it_stays(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        older = await opened(table, Register(returning=patient_id))
        await older.fill(
            Pressed(Field.ORIGIN, "SY"),
            Entered(Field.VESSEL, "MV 1"),
            Pressed(Field.MODE, "band"),
            Pressed(Field.BAND, "18-39"),
        )
        again = await opened(table)
        await again.fill(
            Entered(Field.YEARS, "41"),
            Pressed(Field.ORIGIN, "ER"),
            Entered(Field.CARD, CODE),
        )
        await until(lambda: again.model.known is not None)
        again.loop.dispatch(CameBackPressed())
        await until(lambda: again.top == Register(returning=patient_id))
        form = (await opened(table, Register(returning=patient_id))).model.form
        assert (form.mode, form.years, form.band) == ("age", "41", "")
        assert (form.origin, form.vessel) == ("ER", "MV 1")

    run(tmp_path, scenario)


def test_a_visit_that_is_open_here_can_go_on(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        back = await opened(table, Register(returning=patient_id))
        assert await back.save() == patient_id
        assert len(encounters(table.vault.documents(patient_id))) == 1

    run(tmp_path, scenario)


def test_a_card_that_came_by_sync_meanwhile_is_not_written_twice(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        late = await (await opened(table)).fill(*WITH_CARD)
        await (await (await opened(table)).fill(*WITH_CARD)).save()
        late.loop.dispatch(SavePressed())
        await until(lambda: late.model.known is not None)
        assert not late.model.busy
        patient_id = table.vault.patient_id_of_card(CODE)
        assert len(encounters(table.vault.documents(patient_id))) == 1

    run(tmp_path, scenario)


def test_a_family_shares_what_is_common_and_is_written_on_both(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        first = await opened(table)
        await first.fill(*WITH_CARD, Pressed(Field.ORIGIN, "SY"))
        mother = await first.save()
        child = await opened(table, Register(family_of=mother))
        form = child.model.form
        assert (form.language, form.origin) == ("ar", "SY")
        await child.fill(
            NoCardPressed(),
            Pressed(Field.RELATION, "CHILD"),
            Pressed(Field.SEX, "unknown"),
            Entered(Field.YEARS, "4"),
        )
        patient_id = await child.save()
        for owner, other in ((mother, patient_id), (patient_id, mother)):
            documents = table.vault.documents(owner)
            (relative,) = by_type(documents, RecordType.RELATED_PERSON)
            assert View(relative).text("other") == other

    run(tmp_path, scenario)


def test_an_arrival_is_set_once_and_carried_on_for_a_day(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        first = await opened(table)
        await first.fill(
            *WITH_CARD, PageOpened(Page.ARRIVAL), Entered(Field.VESSEL, "MV 1")
        )
        patient_id = await first.save()
        kept = table.vault.draft(CARRIED)
        assert kept is not None
        patient = patient_view(table.vault.documents(patient_id))
        assert patient is not None
        second = await opened(table)
        assert second.model.form.vessel == "MV 1"
        context = second.model.context
        assert context is not None
        arrival = second.model.form.arrival_entry.arrival(context.zone)
        assert arrival == patient.arrival
        table.tablet.wall.advance(25 * 60 * 60 * 1000)
        assert (await opened(table)).model.form.vessel == ""

    run(tmp_path, scenario)


def test_a_full_disk_loses_nothing_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(table: Table) -> None:
        screen = await (await opened(table)).fill(*WITH_CARD)

        def full(*_arguments: object, **_options: object) -> None:
            raise DiskFullError

        with monkeypatch.context() as patched:
            patched.setattr(type(table.vault), "commit", full)
            screen.loop.dispatch(SavePressed())
            await until(lambda: screen.model.problem is not None)
        assert screen.model.form.years == "30"
        assert table.vault.draft("register") is not None
        await screen.save()
        screen.loop.dispatch(HomePressed())
        assert screen.top == Home()

    run(tmp_path, scenario)
