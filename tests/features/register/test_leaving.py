"""Leaving a registration: never before what is typed is kept, or known to be lost."""

from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from app.features.register.events import BackPressed, Entered, Page, SavePressed
from app.features.register.form import Field
from app.storage import DiskFullError
from app.ui.leaving import LeavePressed, LossAccepted, StayPressed
from app.ui.routes import Home, Register
from tests.clinic.desks import Table, until
from tests.features.register.desk import WITH_CARD, opened, run


def full(*_arguments: object, **_options: object) -> None:
    raise DiskFullError


def broken(*_arguments: object, **_options: object) -> None:
    raise ZeroDivisionError


def test_one_leaves_once_what_was_typed_is_kept(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        screen = await opened(table)
        screen.loop.dispatch(Entered(Field.YEARS, "30"))
        screen.loop.dispatch(LeavePressed())
        assert screen.top == Register()
        await until(lambda: screen.top == Home())
        again = await opened(table)
        assert again.model.form.years == "30"

    run(tmp_path, scenario)


def test_a_form_that_was_not_touched_is_left_at_once(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        screen = await opened(table)
        screen.loop.dispatch(LeavePressed())
        assert screen.top == Home()

    run(tmp_path, scenario)


def test_on_a_full_disk_the_form_stays_until_its_loss_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(table: Table) -> None:
        screen = await opened(table)
        with monkeypatch.context() as patched:
            patched.setattr(type(table.vault), "save_draft", full)
            screen.loop.dispatch(Entered(Field.YEARS, "30"))
            screen.loop.dispatch(LeavePressed())
            await until(lambda: screen.model.asks_to_leave)
            assert screen.model.draft_problem is ProblemCode.DISK_FULL
            assert (screen.top, screen.model.form.years) == (Register(), "30")
            screen.loop.dispatch(StayPressed())
            assert not screen.model.asks_to_leave
            screen.loop.dispatch(LeavePressed())
            await until(lambda: screen.model.asks_to_leave)
            screen.loop.dispatch(LossAccepted())
            assert screen.top == Home()

    run(tmp_path, scenario)


def test_a_page_that_is_corrected_is_left_for_the_record_it_came_from(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        route = Register(returning=patient_id, corrects="arrival")
        screen = await opened(table, route)
        assert screen.model.page is Page.ARRIVAL
        assert screen.model.next_step is None
        screen.loop.dispatch(Entered(Field.VESSEL, "MV 1"))
        screen.loop.dispatch(BackPressed())
        await until(lambda: screen.top == Home())
        assert (await opened(table, route)).model.form.vessel == "MV 1"
        as_usual = await opened(table, Register(returning=patient_id))
        assert as_usual.model.form.vessel == ""

    run(tmp_path, scenario)


def test_nobody_leaves_while_something_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(table: Table) -> None:
        screen = await (await opened(table)).fill(*WITH_CARD)
        with monkeypatch.context() as patched:
            patched.setattr(type(table.vault), "commit", full)
            screen.loop.dispatch(SavePressed())
            screen.loop.dispatch(LeavePressed())
            await until(lambda: screen.model.problem is not None)
        assert screen.top == Register()

    run(tmp_path, scenario)


def test_what_nobody_expected_is_told_and_save_can_be_pressed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(table: Table) -> None:
        screen = await (await opened(table)).fill(*WITH_CARD)
        with monkeypatch.context() as patched:
            patched.setattr(type(table.vault), "commit", broken)
            screen.loop.dispatch(SavePressed())
            await until(lambda: screen.model.problem is not None)
        assert screen.model.problem is ProblemCode.UNEXPECTED
        failure = screen.failures.value
        assert failure is not None
        assert failure.kind == "ZeroDivisionError"
        await screen.save()

    run(tmp_path, scenario)
