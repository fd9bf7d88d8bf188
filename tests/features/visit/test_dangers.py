"""Dangers on a visit: of which visit they are, and whose rules say so."""

import asyncio
from pathlib import Path

from app.clinic.registration import Registration, update
from app.clinic.screening import response_key
from app.clinic.visits import come_back
from app.core.birth import Birth
from app.core.change import Change
from app.core.values import Accompaniment, Who
from app.ui import routes as to
from tests.features.screening.ward import CHILD, PHQ9, Ward, session, ward

FLAG = "visit.flag.suicide-risk.0"


def flagged(here: Ward) -> None:
    """Finish a PHQ-9 whose item 9 is positive."""
    change = Change()
    change.set(
        response_key(here.patient_id, "response-1"),
        {
            "questionnaire": PHQ9,
            "encounter": here.encounter_id,
            "status": {"status": "completed"},
            "answer.:q9": {"values": [], "flags": ["suicide-risk"]},
        },
    )
    here.desk.save(change)


def correct_birth(here: Ward, birth: Birth) -> None:
    news = Registration(birth=birth)
    here.desk.save(update(here.patient_id, news, here.desk.ids))


def test_a_flag_of_this_visit_stays_its_own_when_the_form_is_offered_no_more(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            flagged(here)
            correct_birth(here, CHILD)
            async with session(here.desk, here.plan) as screen:
                assert "phq9" not in [o.form.name for o in screen.model.offers]
                assert screen.client.shows(FLAG)
                assert not screen.says("From an earlier visit.")

    asyncio.run(run())


def test_a_flag_of_an_earlier_visit_says_so(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            flagged(here)
            now = here.desk.wall()
            second, change = come_back(here.patient_id, here.desk.ids, now)
            here.desk.save(change)
            later = to.Plan(here.patient_id, second)
            async with session(here.desk, later) as screen:
                assert screen.client.shows(FLAG)
                assert screen.says("From an earlier visit.")

    asyncio.run(run())


def test_a_child_by_a_corrected_birth_date_is_asked_about_until_that_is_said(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                assert not screen.client.shows("visit.company")
            correct_birth(here, CHILD)
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.company.say")
                asked = to.Register(returning=here.patient_id, corrects="company")
                assert screen.route == asked
            said = Registration(accompaniment=Accompaniment(Who.NOBODY))
            here.desk.save(update(here.patient_id, said, here.desk.ids))
            async with session(here.desk, here.plan) as screen:
                assert screen.client.shows("visit.child")
                assert not screen.client.shows("visit.company")

    asyncio.run(run())


def test_a_flag_says_by_which_rules_and_who_stands_by_them(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            flagged(here)
            async with session(here.desk, here.plan) as screen:
                said = "\n".join(screen.client.texts())
                assert "Rules: PHQ-9: signs of depression, version" in said
                assert "1.1.0" in said
                assert "· Not yet reviewed by a clinician" in said

    asyncio.run(run())
