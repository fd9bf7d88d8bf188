"""What a visit keeps from a role is shown for a reason: to be read, not asked."""

import asyncio
from pathlib import Path

import pytest

from app.core.audit import AuditEvent, AuditKind
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.features.visit.doing import LoadVisit
from app.features.visit.events import Left
from app.features.visit.state import Model, update
from app.ui.glass import Asked, Broken, Confirmed, OnGlass, Refused, WhyChosen
from tests.clinic.test_auditing import events
from tests.features.screening.test_roles import as_role
from tests.features.screening.ward import Session, Ward, session, ward
from tests.features.visit.test_dangers import FLAG, flagged

SHOW = "visit.hidden.show"


def broken(here: Ward) -> list[AuditEvent]:
    found = events(here.desk.vault)
    return [each for each in found if each.kind == AuditKind.BREAK_GLASS]


async def show(screen: Session) -> None:
    """Ask for it, and give a reason."""
    await screen.tap(SHOW)
    await screen.tap("glass.why.no-nurse")
    await screen.tap("glass.show")
    await screen.client.until(lambda: screen.client.shows("visit.broken"))


@pytest.mark.parametrize("tag", ["en", "ar"])
@pytest.mark.parametrize("role", ["mediator", "ngo-staff"])
def test_the_danger_is_shown_after_a_reason_that_stands_in_the_audit(
    tmp_path: Path, role: str, tag: str
) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            flagged(nurse)
            here = as_role(nurse, role)
            async with session(here.desk, here.plan, tag) as screen:
                assert not screen.client.shows(FLAG)
                assert broken(here) == []
                await show(screen)
                assert screen.client.shows(FLAG)
                assert not screen.client.shows("visit.hidden")
            (event,) = broken(here)
            assert (event.patient_id, event.reason) == (here.patient_id, "no-nurse")

    asyncio.run(run())


def test_who_may_not_ask_reads_what_was_asked_and_asks_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            flagged(nurse)
            here = as_role(nurse, "ngo-staff")
            async with session(here.desk, here.plan) as screen:
                await show(screen)
                assert screen.client.shows("visit.form.phq9")
                assert not screen.client.shows("visit.later.phq9")
                assert not screen.says("Begin: ")
                assert screen.model.next_offer is None

    asyncio.run(run())


@pytest.mark.parametrize("role", ["nurse", "administrator"])
def test_where_there_is_nothing_to_open_no_way_is_offered(
    tmp_path: Path, role: str
) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            flagged(nurse)
            here = as_role(nurse, role)
            async with session(here.desk, here.plan) as screen:
                assert not screen.client.shows(SHOW)

    asyncio.run(run())


def test_a_mediator_is_told_of_nothing_where_nothing_was_found(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            here = as_role(nurse, "mediator")
            async with session(here.desk, here.plan) as screen:
                assert not screen.client.shows("visit.hidden")

    asyncio.run(run())


def test_it_is_closed_as_one_leaves_and_where_the_audit_refuses() -> None:
    model = Model("amina", "visit", Station.TRIAGE)
    for event in (Asked(), WhyChosen("danger"), Confirmed()):
        model = update(model, OnGlass(event)).model
    refused = update(model, OnGlass(Refused(ProblemCode.DISK_FULL))).model
    assert (refused.glass.is_broken, refused.glass.problem) == (
        False,
        ProblemCode.DISK_FULL,
    )
    step = update(model, OnGlass(Broken()))
    assert step.effects == (LoadVisit(is_broken=True),)
    left = update(step.model, Left()).model
    assert (left.loaded, left.glass.is_broken) == (None, False)
