"""A save on a visit that goes wrong: it is said, and the buttons live on."""

import asyncio
from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from app.features.visit.effects import loop
from app.features.visit.events import UrgencyPressed
from app.ui.failures import Failures
from app.ui.work import Work
from tests.clinic.desks import a_place, until
from tests.features.screening.ward import ward
from tests.features.visit.test_visit import encounter


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
