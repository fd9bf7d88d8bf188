"""A screen that names a person is a reading of their record, whichever it is."""

import asyncio
from pathlib import Path

import pytest

from app.bootstrap.watching import watch, whose
from app.ui import routes as to
from app.ui.navigator import Navigator
from tests.clinic.desks import a_table, some_work
from tests.clinic.test_auditing import events


@pytest.mark.parametrize(
    "route",
    [
        to.Record("amina"),
        to.Plan("amina", "visit"),
        to.Screening("amina", "visit", "form|1"),
        to.Result("amina", "visit", "response"),
        to.Amend("amina", "Patient", "amina", "name"),
        to.Notice("amina", "visit"),
        to.Register(returning="amina"),
        to.Confidential("amina"),
    ],
)
def test_each_of_these_screens_is_somebody_s_record(route: to.Route) -> None:
    assert whose(route) == "amina"


@pytest.mark.parametrize("route", [to.Home(), to.Sync(), to.Register(), to.Unlock()])
def test_these_are_nobody_s(route: to.Route) -> None:
    assert whose(route) == ""


def test_what_comes_to_the_top_is_written_down(tmp_path: Path) -> None:
    async def scenario() -> None:
        with a_table(tmp_path) as table:
            navigator, work = Navigator(to.Home()), some_work()
            watch(navigator, work, lambda: table.desk)
            navigator.go(to.Record("amina"))
            navigator.go(to.Record("boris"))
            navigator.back()
            navigator.reset(to.Home())
            await work.settled()
            read = sorted(event.patient_id for event in events(table.vault))
            assert read == ["amina", "boris"]

    asyncio.run(scenario())


def test_while_it_is_locked_nothing_is_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        with a_table(tmp_path) as table:
            navigator, work = Navigator(to.Home()), some_work()
            watch(navigator, work, lambda: None)
            navigator.go(to.Record("amina"))
            await work.settled()
            assert events(table.vault) == []

    asyncio.run(scenario())
