"""A save on a visit that goes wrong: it is said, and the buttons live on."""

import asyncio
from pathlib import Path

import pytest

from app.clinic.screening import StopReason, begin, joined, response_id_in, response_key
from app.core.change import Change
from app.core.problems import ProblemCode
from app.core.values import ResponseStatus
from app.features.visit.doing import Effect
from app.features.visit.effects import loop
from app.features.visit.events import (
    DeclinePressed,
    DeclineReasonChosen,
    Event,
    UrgencyPressed,
)
from app.features.visit.state import Model
from app.ui.failures import Failures
from app.ui.loop import Loop
from app.ui.work import Work
from tests.clinic.desks import a_place, until
from tests.features.screening.ward import Ward, ward
from tests.features.visit.test_visit import encounter
from tests.storage.tablets import ANA, BO


def broken(*_arguments: object, **_options: object) -> None:
    raise ZeroDivisionError


def test_what_nobody_expected_is_told_and_the_button_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            failures = Failures()
            work = Work(asyncio.get_running_loop(), failures)
            visit = loop(
                here.desk,
                work,
                a_place(here.plan),
                here.patient_id,
                here.encounter_id,
            )
            visit.shown()
            await until(lambda: visit.model.loaded is not None)
            with monkeypatch.context() as patched:
                patched.setattr(type(here.desk.vault), "commit", broken)
                visit.dispatch(UrgencyPressed(urgent=True))
                await until(lambda: visit.model.problem is not None)
            assert visit.model.problem is ProblemCode.UNEXPECTED
            assert failures.value is not None
            visit.dispatch(UrgencyPressed(urgent=True))
            await until(lambda: encounter(here).urgent)

    asyncio.run(run())


def stale(here: Ward) -> Loop[Model, Event, Effect]:
    """A visit on which nothing is read any more."""
    work = Work(asyncio.get_running_loop(), Failures())
    place = a_place(here.plan)
    return loop(here.desk, work, place, here.patient_id, here.encounter_id)


async def decline(visit: Loop[Model, Event, Effect]) -> None:
    visit.dispatch(DeclinePressed("tb-four-symptoms"))
    visit.dispatch(DeclineReasonChosen(StopReason.DECLINED))
    await until(lambda: not visit.model.busy)


@pytest.mark.parametrize("is_begun", [True, False])
def test_declining_replaces_no_end_that_nobody_saw(
    tmp_path: Path, *, is_begun: bool
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            form = here.desk.library.planned("tb-four-symptoms")
            assert form is not None
            documents, ids = here.documents, here.desk.ids
            response_id = response_id_in(documents, here.encounter_id, form, ids)
            key = response_key(here.patient_id, response_id)
            begun, done = begin(key, here.encounter_id, form, {}), Change()
            done.set(key, {"status": {"status": "completed"}})
            if is_begun:
                here.desk.save(begun)
            visit = stale(here)
            visit.shown()
            await until(lambda: visit.model.loaded is not None)
            visit.left()
            colleague = here.by(BO).desk
            colleague.save(done if is_begun else joined(begun, done))
            here.by(ANA)
            await decline(visit)
            assert here.response.status is ResponseStatus.COMPLETED

    asyncio.run(run())
