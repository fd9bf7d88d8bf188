"""What a mediator, and who works for an NGO, see of a visit and its screenings."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.projections import responses
from app.ui import routes as to
from tests.features.screening.ward import PHQ9, TB, Ward, session, ward
from tests.features.visit.test_dangers import FLAG, flagged

BEGIN = ("screening.company.nobody", "screening.start")


def as_role(here: Ward, role: str) -> Ward:
    """The same tablet in the hands of somebody of a role."""
    who = here.desk.practitioner.model_copy(update={"role": role})
    return replace(here, desk=replace(here.desk, practitioner=who))


def test_a_mediator_is_told_at_once_to_call_the_nurse_and_not_why(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            here = as_role(nurse, "mediator")
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.yes", "q:blood-in-sputum.yes")
                assert screen.client.shows("q:blood-in-sputum.nurse")
                assert screen.says("Call the nurse now.")
                assert not screen.client.shows("q:blood-in-sputum.flag")
                assert not screen.says("mask")
            async with session(nurse.desk, nurse.screening(TB)) as screen:
                await screen.tap("screening.start")
                assert screen.client.shows("q:blood-in-sputum.flag")
                assert not screen.client.shows("q:blood-in-sputum.nurse")

    asyncio.run(run())


def test_a_mediator_reads_the_answers_of_a_screening_and_not_its_result(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as nurse:
            async with session(nurse.desk, nurse.screening(PHQ9)) as screen:
                await screen.tap(*BEGIN)
                for place in range(9):
                    if place == 6:
                        await screen.tap("screening.next")
                    path = screen.model.state.layout.questions[place].path
                    await screen.tap(f"q{path.encode()}.options.LA6569-3")
                await screen.tap("screening.finish", "screening.turned")
                assert screen.client.shows("result.score")
            (found,) = responses(nurse.documents)
            route = to.Result(nurse.patient_id, nurse.encounter_id, found.record_id)
            here = as_role(nurse, "mediator")
            async with session(here.desk, route) as screen:
                assert screen.client.shows("result.hidden")
                assert screen.client.shows("result.alarm")
                assert screen.says("Several days")
                assert not screen.client.shows("result.score")
                assert not screen.client.shows("result.flag.suicide-risk")
                assert not screen.says("9 of 27")
            here = as_role(nurse, "ngo-staff")
            async with session(here.desk, route) as screen:
                assert screen.client.shows("result.hidden")
                assert not screen.says("Several days")
                assert not screen.client.shows("result.correct")

    asyncio.run(run())


@pytest.mark.parametrize("role", ["mediator", "ngo-staff", "administrator"])
def test_an_alarm_is_said_without_its_reason(tmp_path: Path, role: str) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            flagged(nurse)
            here = as_role(nurse, role)
            async with session(here.desk, here.plan) as screen:
                assert screen.client.shows("visit.alarm")
                assert not screen.client.shows(FLAG)
                asks = role == "mediator"
                assert screen.client.shows("visit.hidden")
                assert screen.client.shows("visit.form.phq9") is asks

    asyncio.run(run())


@pytest.mark.parametrize("role", ["nurse", "coordinator"])
def test_clinicians_read_what_the_alarm_says(tmp_path: Path, role: str) -> None:
    async def run() -> None:
        with ward(tmp_path) as nurse:
            flagged(nurse)
            here = as_role(nurse, role)
            async with session(here.desk, here.plan) as screen:
                assert screen.client.shows(FLAG)
                assert not screen.client.shows("visit.alarm")

    asyncio.run(run())
