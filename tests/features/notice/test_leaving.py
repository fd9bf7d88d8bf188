"""Leaving a notice: what was answered is kept first, and one visit is shown once."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.core.problems import ProblemCode
from app.features.notice.effects import loop
from app.features.notice.form import Field
from app.features.notice.model import Model, Way
from app.features.notice.state import (
    ContinuePressed,
    Effect,
    Entered,
    Event,
    WayPressed,
)
from app.storage import DiskFullError
from app.ui.failures import Failures
from app.ui.leaving import LeavePressed, LossAccepted
from app.ui.loop import Loop
from app.ui.navigator import Navigator, Place
from app.ui.routes import Home, Notice, Plan, Route
from app.ui.work import Work
from tests.clinic.desks import Table, a_table, until
from tests.features.notice.test_effects import somebody

PUT_OFF: tuple[Event, ...] = (
    Entered(Field.STATUS, "postponed"),
    Entered(Field.REASON, "too-unwell"),
    ContinuePressed("en"),
)


@dataclass
class Opened:
    """A notice above other places."""

    loop: Loop[Model, Event, Effect]
    navigator: Navigator
    failures: Failures

    @property
    def ways(self) -> list[Route]:
        return [entry.route for entry in self.navigator.value]


async def opened(table: Table, route: Notice, *below: Route) -> Opened:
    navigator, failures = Navigator(Home()), Failures()
    for each in (*below, route):
        navigator.go(each)
    work = Work(asyncio.get_running_loop(), failures)
    found = loop(table.desk, work, Place(navigator, navigator.top), route)
    found.shown()
    await until(lambda: found.model.context is not None)
    return Opened(found, navigator, failures)


def run(folder: Path, scenario: Callable[[Table], Coroutine[Any, Any, None]]) -> None:
    with a_table(folder) as table:
        asyncio.run(scenario(table))


def full(*_arguments: object, **_options: object) -> None:
    raise DiskFullError


def broken(*_arguments: object, **_options: object) -> None:
    raise ZeroDivisionError


def test_on_a_full_disk_the_answers_stay_until_their_loss_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "ti")
        screen = await opened(table, route)
        with monkeypatch.context() as patched:
            patched.setattr(type(table.vault), "save_draft", full)
            screen.loop.dispatch(Entered(Field.STATUS, "given"))
            screen.loop.dispatch(LeavePressed())
            await until(lambda: screen.loop.model.asks_to_leave)
            assert screen.loop.model.draft_problem is ProblemCode.DISK_FULL
            assert screen.ways == [Home(), route]
            screen.loop.dispatch(LossAccepted())
            assert screen.ways == [Home()]

    run(tmp_path, scenario)


def test_one_leaves_once_what_was_answered_is_kept(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "ti")
        screen = await opened(table, route)
        screen.loop.dispatch(Entered(Field.STATUS, "given"))
        screen.loop.dispatch(LeavePressed())
        await until(lambda: screen.ways == [Home()])
        again = await opened(table, route)
        assert again.loop.model.form.status == "given"

    run(tmp_path, scenario)


def test_what_nobody_expected_is_told_and_save_can_be_pressed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(table: Table) -> None:
        screen = await opened(table, somebody(table, "ti"))
        with monkeypatch.context() as patched:
            patched.setattr(type(table.vault), "commit", broken)
            for event in PUT_OFF:
                screen.loop.dispatch(event)
            await until(lambda: screen.loop.model.problem is not None)
        assert screen.loop.model.problem is ProblemCode.UNEXPECTED
        assert screen.failures.value is not None
        screen.loop.dispatch(ContinuePressed("en"))
        await until(lambda: screen.loop.model.is_saved)

    run(tmp_path, scenario)


@pytest.mark.parametrize("is_from_visit", [True, False])
def test_from_the_notice_one_goes_on_to_the_visit_and_it_lies_there_once(
    tmp_path: Path,
    is_from_visit: bool,  # noqa: FBT001 - a case of the test
) -> None:
    async def scenario(table: Table) -> None:
        route = somebody(table, "ti")
        visit = Plan(route.patient_id, route.encounter_id)
        screen = await opened(table, route, *([visit] if is_from_visit else []))
        for event in PUT_OFF:
            screen.loop.dispatch(event)
        await until(lambda: screen.loop.model.is_saved)
        screen.loop.dispatch(WayPressed(Way.SCREENING))
        assert screen.ways == [Home(), visit]

    run(tmp_path, scenario)
