"""Visit over a real vault: what is asked for, how far it is, and what is appended."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.clinic.consents import NoticeGiven, record_notice
from app.clinic.screening import response_id_of
from app.core.encounters import EncounterView
from app.core.summary import Station
from app.core.values import EncounterStatus, ResponseStatus
from app.features.visit.state import Model
from app.ui import routes as to
from tests.features.screening.ward import ADULT, CHILD, TB, Ward, session, ward
from tests.storage.tablets import BO

BEGIN = ("screening.company.nobody", "screening.start")


def encounter(here: Ward) -> EncounterView:
    document = here.desk.vault.document(here.encounter_id)
    assert document is not None
    return EncounterView(document)


def give_notice(here: Ward) -> None:
    given = NoticeGiven(given=True, version="1", language="ar")
    here.desk.save(record_notice(here.patient_id, given, here.desk.ids))


def offered(model: Model) -> dict[str, bool]:
    return {offer.form.name: offer.age_is_uncertain for offer in model.offers}


def test_phq9_is_offered_to_adults_never_to_children_and_with_a_caution_in_doubt(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        both = {"tb-four-symptoms": False, "vital-signs": False}
        cases = (
            (ADULT, both | {"phq9": False}),
            (CHILD, both),
            (None, both | {"vital-signs": False, "phq9": True}),
        )
        for number, (birth, expected) in enumerate(cases):
            with ward(tmp_path / str(number), birth=birth) as here:
                async with session(here.desk, here.plan) as screen:
                    assert offered(screen.model) == expected
                    assert screen.says("Check the age first") == (birth is None)

    asyncio.run(run())


def test_the_forms_of_this_station_come_first(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            at_nurse = replace(here.desk, read_station=lambda: Station.NURSE)
            async with session(at_nurse, here.plan) as screen:
                names = list(offered(screen.model))
                assert names == ["phq9", "tb-four-symptoms", "vital-signs"]

    asyncio.run(run())


def test_the_main_action_begins_the_first_form_and_later_puts_it_back(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.later.tb-four-symptoms")
                assert screen.says("Begin: Vital signs")
                await screen.tap("visit.later.tb-four-symptoms", "visit.main")
                route = screen.route
                assert isinstance(route, to.Screening)
                assert route.questionnaire == TB

    asyncio.run(run())


def test_a_form_put_off_waits_on_every_tablet_until_it_is_asked_or_now_is_pressed(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.later.tb-four-symptoms")
            async with session(here.by(BO).desk, here.plan) as screen:
                assert screen.says("Begin: Vital signs")
                await screen.tap("visit.later.tb-four-symptoms")
                assert screen.says("Begin: Tuberculosis: four symptoms")
                await screen.tap("visit.later.tb-four-symptoms")
                await screen.tap("visit.form.tb-four-symptoms")
            async with session(here.desk, here.plan) as screen:
                assert screen.says("Begin: Tuberculosis: four symptoms")
            assert encounter(here).conflicts() == {}

    asyncio.run(run())


def test_a_form_begun_elsewhere_says_by_whom_and_its_flag_what_to_do(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            colleague = here.by(BO)
            async with session(colleague.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:blood-in-sputum.yes")
            async with session(here.desk, here.plan) as screen:
                assert screen.says("Begun · by Bohdana")
                assert screen.client.shows("visit.flag.blood-in-sputum.0")
                assert screen.says("Go on: Tuberculosis: four symptoms")

    asyncio.run(run())


def test_a_declined_form_is_stopped_with_its_reason_and_can_be_asked_after_all(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.decline.tb-four-symptoms", "dialog.declined")
                stopped = here.response
                assert stopped.status is ResponseStatus.STOPPED
                assert stopped.stopped_reason == "declined"
                await screen.tap("visit.again.tb-four-symptoms", *BEGIN, "q:fever.no")
                await screen.tap("screening.later", "screening.turned")
                assert here.response.status is ResponseStatus.IN_PROGRESS

    asyncio.run(run())


def test_declining_a_form_loses_no_answer_that_lies_in_a_draft(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            form, desk = here.desk.library.forms[0], here.desk
            name = f"screening/{response_id_of(here.encounter_id, form, desk.ids)}"
            typed = b'{"answers": {}}'
            desk.vault.save_draft(name, here.patient_id, typed)
            async with session(desk, here.plan) as screen:
                await screen.tap("visit.decline.tb-four-symptoms", "dialog.declined")
            assert here.response.status is ResponseStatus.STOPPED
            kept = desk.vault.draft(name)
            assert kept is not None
            assert kept.content == typed

    asyncio.run(run())


def test_states_are_appended_and_back_leads_to_where_the_person_was(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            for keys, status in (
                (("visit.to.in-progress",), EncounterStatus.IN_PROGRESS),
                (("visit.to.onleave",), EncounterStatus.ONLEAVE),
                (("visit.back_again",), EncounterStatus.IN_PROGRESS),
                (("visit.urgent", "visit.left", "dialog.hospital"), None),
            ):
                async with session(here.desk, here.plan) as screen:
                    await screen.tap(*keys)
                    assert status is None or encounter(here).status is status
            assert encounter(here).status is EncounterStatus.FINISHED
            assert encounter(here).urgent
            assert len(encounter(here).statuses) == 5

    asyncio.run(run())


def test_a_registration_desk_gives_the_notice_and_moves_nobody_on(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            desk = replace(here.desk, read_station=lambda: Station.REGISTRATION)
            async with session(desk, here.plan) as screen:
                assert screen.says("Give the information notice")
                assert not screen.client.shows("visit.to.triaged")
                assert not screen.client.shows("visit.to.in-progress")
                await screen.tap("visit.main")
                assert screen.route == to.Notice(here.patient_id, here.encounter_id)
            give_notice(here)
            async with session(desk, here.plan) as screen:
                assert screen.says("People who are waiting")
                await screen.tap("visit.main")
                assert screen.route == to.Home()
            assert encounter(here).status is EncounterStatus.ARRIVED

    asyncio.run(run())


def test_a_state_said_too_early_is_stepped_back_from_and_both_are_kept(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                assert not screen.client.shows("visit.waits.arrived")
                await screen.tap("visit.to.triaged")
            async with session(here.desk, here.plan) as screen:
                assert screen.says("Waits again: First check")
                assert not screen.client.shows("visit.waits.triaged")
                await screen.tap("visit.waits.arrived")
            assert encounter(here).status is EncounterStatus.ARRIVED
            assert len(encounter(here).statuses) == 3

    asyncio.run(run())


def test_a_visit_is_finished_when_that_was_asked_back(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.to.finished", "dialog.cancel")
                assert encounter(here).status is EncounterStatus.ARRIVED
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.to.finished", "dialog.do")
            assert encounter(here).status is EncounterStatus.FINISHED

    asyncio.run(run())


def test_a_visit_begun_by_mistake_is_cancelled_with_its_reason(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.plan) as screen:
                await screen.tap("visit.cancel", "dialog.mistake")
            assert encounter(here).value("status") == {
                "status": "cancelled",
                "reason": "mistake",
            }
            async with session(here.desk, here.plan) as screen:
                assert screen.says("Cancelled")
                await screen.tap("visit.waits.arrived")
            assert encounter(here).is_open

    asyncio.run(run())


def test_a_visit_that_is_not_here_says_so(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            elsewhere = to.Plan(here.desk.ids.new(), here.desk.ids.new())
            async with session(here.desk, elsewhere) as screen:
                assert screen.client.shows("visit.missing")

    asyncio.run(run())
