"""Screening over a real vault: drafts, pages, colleagues, the end and corrections."""

import asyncio
import json
from pathlib import Path

import flet as ft

from app.clinic.findings import flags_in, score_of
from app.clinic.screening import Asked, answers_of
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping
from app.core.projections import View, responses
from app.core.questionnaire import NO, YES, Answer, ItemPath
from app.core.records import RecordType
from app.core.values import Interpretation, InterpreterMode, ResponseStatus
from app.ui import routes as to
from tests.features.screening.ward import LIBRARY, PHQ9, TB, VITALS, session, ward
from tests.storage.tablets import ANA, BO

BEGIN = ("screening.company.nobody", "screening.start")
SYMPTOMS = ("blood-in-sputum", "fever", "weight-loss", "night-sweats")


def no(*names: str) -> list[str]:
    return [f"q:{name}.no" for name in names]


def test_an_answer_is_a_draft_at_once_and_a_record_when_the_page_is_left(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            vault = here.desk.vault
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.yes")
                (draft,) = vault.drafts(here.patient_id)
                kept = json.loads(draft.content)
                assert kept["answers"] == {
                    ":cough": {"values": [{"valueBoolean": True}]}
                }
                assert responses(here.documents) == []
            assert vault.drafts(here.patient_id) == ()
            assert here.response.status is ResponseStatus.IN_PROGRESS
            stored = answers_of(here.response)[ItemPath("cough")]
            assert stored.values == (YES,)

    asyncio.run(run())


def test_a_tablet_that_dies_loses_no_answer(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap(*BEGIN, "screening.next")
                await screen.type("q:heart-rate.text", "7")
                (draft,) = here.desk.vault.drafts(here.patient_id)
                kept = draft.draft_id, draft.patient_id, draft.content
            here.desk.vault.save_draft(*kept)
            async with session(here.desk, here.screening(VITALS)) as screen:
                field = screen.client.find("q:heart-rate.text")
                assert isinstance(field, ft.TextField)
                assert field.value == "7"
                assert screen.model.stage == "questions"

    asyncio.run(run())


def test_a_colleague_goes_on_and_answers_keep_their_authors(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.no")
            colleague = here.by(BO)
            async with session(colleague.desk, here.screening(TB)) as screen:
                await screen.tap("screening.start", *no(*SYMPTOMS))
                await screen.tap("screening.finish", "screening.turned")
                assert isinstance(screen.route, to.Result)
            authors = {
                key: shown.write.practitioner_id
                for key, shown in here.response.answers()
            }
            assert authors == {":cough": ANA} | {f":{name}": BO for name in SYMPTOMS}

    asyncio.run(run())


def test_answers_of_a_tablet_that_died_keep_their_author(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.no", "q:fever.no")
                (draft,) = here.desk.vault.drafts(here.patient_id)
                kept = draft.draft_id, draft.patient_id, draft.content
                await screen.tap("q:fever.quiet.clear", "q:cough.quiet.clear")
            here.desk.vault.save_draft(*kept)
            colleague = here.by(BO)
            async with session(colleague.desk, here.screening(TB)) as screen:
                await screen.tap("q:fever.yes", "q:weight-loss.no")
            authors = {
                key: shown.write.practitioner_id
                for key, shown in here.response.answers()
                if as_mapping(shown.value).get("values")
            }
            assert authors == {":cough": ANA, ":fever": BO, ":weight-loss": BO}
            assert here.response.status is ResponseStatus.IN_PROGRESS

    asyncio.run(run())


def test_what_changed_underneath_is_taken_where_nothing_was_answered_here(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.yes")
                response_id = screen.model.loaded.response_id
                key = RecordKey(
                    RecordType.QUESTIONNAIRE_RESPONSE, response_id, here.patient_id
                )
                change = Change()
                for name in ("cough", "fever"):
                    value = {"values": [{"valueBoolean": False}]}
                    change.set(key, {f"answer.:{name}": value})
                here.desk.vault.commit(change)
                await screen.settled()
                answers = screen.model.state.answers
                assert answers[ItemPath("fever")].values == (NO,)
                assert answers[ItemPath("cough")].values == (YES,)

    asyncio.run(run())


def test_a_finished_form_is_scored_and_its_flags_stand(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.yes", "q:cough-over-two-weeks.yes")
                await screen.tap(*no(*SYMPTOMS))
                assert not screen.says("Offer a mask")
                await screen.tap("q:cough-over-two-weeks.flag")
                assert screen.says("Offer a mask")
                await screen.tap("screening.finish")
                assert screen.client.shows("screening.turned")
                await screen.tap("screening.turned")
                assert screen.says("1 of 4")
                assert screen.says("Not yet reviewed by a clinician")
            scored = score_of(here.documents, here.response.record_id)
            assert scored is not None
            result = scored.value("result")
            assert isinstance(result, dict)
            assert (result["total"], result["band"]) == ("1", "positive")
            flags = flags_in(here.response, LIBRARY)
            assert [flag.code for flag in flags] == ["cough-over-two-weeks"]

    asyncio.run(run())


def test_what_is_ended_early_has_a_reason_and_no_total_and_keeps_its_flags(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:blood-in-sputum.yes", "screening.stop")
                assert not screen.client.shows("dialog.distressed")
                await screen.tap("screening.turned", "dialog.distressed")
                assert screen.says("There is no total")
                assert screen.client.shows("result.flag.blood-in-sputum")
            assert here.response.status is ResponseStatus.STOPPED
            assert here.response.stopped_reason == "distressed"
            assert score_of(here.documents, here.response.record_id) is None

    asyncio.run(run())


def test_a_form_without_official_words_keeps_who_interpreted(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                assert screen.client.shows("screening.aloud")
                await screen.tap(*BEGIN)
                assert screen.says("Say who interprets.")
                await screen.tap("screening.interpreter.phone")
                await screen.type("screening.interpreter_name", "Leila")
                await screen.tap("screening.start")
                assert screen.says("Interpreted aloud into Arabic")
                await screen.tap("q:/44250-9.options.LA6569-3")
            assert here.response.interpreter.mode is InterpreterMode.PHONE
            ((_key, shown),) = here.response.answers()
            asked = Asked.from_json(as_mapping(shown.value)["asked"])
            assert asked.interpreted
            assert asked.interpreter == Interpretation(
                InterpreterMode.PHONE, "Leila", "ar"
            )

    asyncio.run(run())


def test_a_correction_is_saved_as_one_and_scored_anew(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap(*BEGIN, "screening.next")
                await screen.type("q:heart-rate.text", "180")
                await screen.type("q:body-temperature.text", "38,6")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                await screen.tap("screening.turned")
            response_id = here.response.record_id
            again = here.screening(VITALS, response_id)
            async with session(here.desk, again) as screen:
                await screen.tap("screening.next", "q:heart-rate.quiet.clear")
                assert screen.says("Until now: 180")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                assert isinstance(screen.route, to.Result)
            assert here.response.status is ResponseStatus.AMENDED
            assert here.response.flags() == ()
            standing = {
                View(d).text("response"): View(d).value("value")
                for d in here.documents
                if d.record_type == RecordType.OBSERVATION
                and not View(d).entered_in_error
            }
            assert standing == {
                response_id: {"value": "38.6", "unit": "Cel", "display": "°C"}
            }

    asyncio.run(run())


def test_a_correction_that_is_left_is_not_saved(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.no", *no(*SYMPTOMS))
                await screen.tap("screening.finish", "screening.turned")
            again = here.screening(TB, here.response.record_id)
            async with session(here.desk, again) as screen:
                await screen.tap("q:fever.yes", "back", "dialog.do")
                assert isinstance(screen.route, to.Home)
            assert here.response.status is ResponseStatus.COMPLETED
            stored = answers_of(here.response)[ItemPath("fever")]
            assert stored == Answer((NO,), None, stored.extra)
            assert here.desk.vault.drafts(here.patient_id) == ()

    asyncio.run(run())
