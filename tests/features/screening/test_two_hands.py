"""Two people answer one form, and neither sees the other: nothing is lost unseen."""

import asyncio
from pathlib import Path

from app.clinic.findings import flags_in, score_of
from app.clinic.screening import StopReason, answers_of
from app.core.canonical import Json
from app.core.change import Authorship, Change, RecordKey
from app.core.document_json import as_mapping
from app.core.projections import ResponseView
from app.core.questionnaire import YES, ItemPath
from app.core.records import RecordType
from app.core.values import ResponseStatus
from app.features.screening.events import StopReasonChosen
from app.ui import routes as to
from tests.features.screening.ward import (
    LIBRARY,
    PHQ9,
    TB,
    VITALS,
    Session,
    Ward,
    session,
    ward,
)
from tests.storage.tablets import ANA, BO

BEGIN = ("screening.company.nobody", "screening.start")
BLOOD = "answer.:blood-in-sputum"
RAISED: Json = {
    "values": [{"valueBoolean": True}],
    "flags": ["blood-in-sputum"],
    "positive": True,
}
SYMPTOMS = ("cough", "fever", "weight-loss", "night-sweats")
ITEMS = (
    "/44250-9", "/44255-8", "/44259-0", "/44254-1", "/44251-7", "/44258-2",
    "/44252-5", "/44253-3", "/44260-8",
)  # fmt: skip


def elsewhere(here: Ward, screen: Session, fields: dict[str, Json]) -> None:
    """A colleague writes, having seen nothing of what stands here."""
    response_id = screen.model.loaded.response_id
    key = RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, response_id, here.patient_id)
    change = Change()
    change.set(key, fields, dict.fromkeys(fields, ()))
    here.desk.vault.commit(change, author=Authorship(BO, "site-port"))


def conflicts(view: ResponseView) -> list[str]:
    return list(view.conflicts())


def test_a_flagged_answer_that_came_in_meanwhile_is_not_overwritten(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:blood-in-sputum.no")
                elsewhere(here, screen, {BLOOD: RAISED})
                await screen.settled()
                assert screen.says("Somebody else answered meanwhile: Yes")
                assert screen.says("Bohdana")
            assert conflicts(here.response) == [BLOOD]
            assert answers_of(here.response)[ItemPath("blood-in-sputum")].values == (
                YES,
            )
            flags = flags_in(here.response, LIBRARY)
            assert [flag.code for flag in flags] == ["blood-in-sputum"]

    asyncio.run(run())


def test_what_a_draft_had_not_seen_is_not_overwritten_after_a_restart(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            vault = here.desk.vault
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:blood-in-sputum.no")
                (draft,) = vault.drafts(here.patient_id)
                kept = draft.draft_id, draft.patient_id, draft.content
                await screen.tap("q:blood-in-sputum.no")
                elsewhere(here, screen, {BLOOD: RAISED})
                await screen.settled()
                await screen.tap("q:blood-in-sputum.quiet.clear")
            vault.save_draft(*kept)
            async with session(here.desk, here.screening(TB)) as screen:
                assert screen.says("Somebody else answered meanwhile: Yes")
            assert BLOOD in conflicts(here.response)
            assert here.response.flags() == ("blood-in-sputum",)

    asyncio.run(run())


def test_who_sees_both_answers_decides_between_them(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:blood-in-sputum.no")
                elsewhere(here, screen, {BLOOD: RAISED})
                await screen.settled()
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap("screening.start")
                assert screen.says("Also answered, not yet decided: No")
                await screen.tap("q:blood-in-sputum.no")
            assert conflicts(here.response) == []
            assert here.response.flags() == ()

    asyncio.run(run())


def test_pages_that_one_hand_saves_in_a_row_do_not_conflict(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(PHQ9)) as screen:
                await screen.tap(*BEGIN)
                for name in ITEMS[:6]:
                    await screen.tap(f"q:{name}.options.LA6569-3")
                await screen.tap("screening.next", "back")
                await screen.tap(f"q:{ITEMS[0]}.options.LA6568-5", "screening.next")
            assert conflicts(here.response) == []
            assert len(list(here.response.answers())) == 6

    asyncio.run(run())


def test_a_screening_that_was_finished_elsewhere_is_not_undone_by_beginning_it(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.no")
                done: dict[str, Json] = {"status": {"status": "completed"}}
                elsewhere(here, screen, done)
            assert here.response.status is ResponseStatus.COMPLETED

    asyncio.run(run())


def test_answers_given_while_a_colleague_finishes_become_part_of_the_record(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:cough.no")
                done: dict[str, Json] = {"status": {"status": "completed"}}
                elsewhere(here, screen, done)
                await screen.settled()
                await screen.tap("q:blood-in-sputum.yes")
            assert here.response.status is ResponseStatus.COMPLETED
            assert "answer.:blood-in-sputum" in here.response.document.fields
            assert here.desk.vault.drafts(here.patient_id) == ()

    asyncio.run(run())


def test_what_was_finished_elsewhere_is_not_stopped_by_who_did_not_see_it(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        done: dict[str, Json] = {"status": {"status": "completed"}}
        for is_seen in (False, True):
            with ward(tmp_path / str(is_seen)) as here:
                async with session(here.desk, here.screening(TB)) as screen:
                    await screen.tap(*BEGIN, "q:cough.no", "screening.stop")
                    await screen.tap("screening.turned")
                    elsewhere(here, screen, done)
                    if is_seen:
                        await screen.settled()
                    screen.loops[-1].dispatch(StopReasonChosen(StopReason.TIRED))
                    await screen.settled()
                assert here.response.status is ResponseStatus.COMPLETED, is_seen

    asyncio.run(run())


async def finished(here: Ward, place: int) -> None:
    """Answer the whole PHQ-9 the same way and finish it."""
    async with session(here.desk, here.screening(PHQ9)) as screen:
        await screen.tap(*BEGIN)
        for number, name in enumerate(ITEMS):
            if number == 6:
                await screen.tap("screening.next")
            code = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")[place]
            await screen.tap(f"q:{name}.options.{code}")
        await screen.tap("screening.finish", "screening.turned")


def test_two_who_finish_one_form_make_no_total_until_somebody_decides(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            await finished(here, 3)
            scored = score_of(here.documents, here.response.record_id)
            assert scored is not None
            assert scored.value("result") is not None
            key = RecordKey(RecordType.SCORE, scored.record_id, here.patient_id)
            other = Change()
            result: Json = {"total": "0", "band": "none", "missing": []}
            other.set(key, {"result": result}, {"result": ()})
            here.desk.vault.commit(other, author=Authorship(BO, "site-port"))
            route = screen_of(here)
            async with session(here.desk, route) as screen:
                assert screen.says("There is no total: two different results")
                assert not screen.says("of 27")
            fields = {f"answer.:{name}": a_zero() for name in ITEMS}
            response = RecordKey(
                RecordType.QUESTIONNAIRE_RESPONSE,
                here.response.record_id,
                here.patient_id,
            )
            answers = Change()
            answers.set(response, fields, dict.fromkeys(fields, ()))
            here.desk.vault.commit(answers, author=Authorship(BO, "site-port"))
            async with session(here.desk, route) as screen:
                assert screen.says("these questions have two different answers")
                assert not screen.says("of 27")
                assert screen.client.shows("result.flag.suicide-risk")
                assert screen.says("Rules: "), "whose rule raised it, and its review"

    asyncio.run(run())


def test_an_answer_written_again_for_its_flags_names_who_gave_it(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with ward(tmp_path) as here:
            async with session(here.desk, here.screening(TB)) as screen:
                await screen.tap(*BEGIN, "q:blood-in-sputum.no")
                by_ana: Json = {**as_mapping(RAISED), "author": ANA}
                elsewhere(here, screen, {BLOOD: by_ana})
                await screen.settled()
                names = {
                    p.practitioner_id: p.name for p in here.desk.setup.practitioners
                }
                assert screen.says("Somebody else answered meanwhile: Yes")
                assert screen.says(names[ANA])
                assert not screen.says(names[BO])

    asyncio.run(run())


def a_zero() -> Json:
    coding: Json = {"system": "http://loinc.org", "code": "LA6568-5"}
    return {"values": [{"valueCoding": coding}]}


def screen_of(here: Ward) -> to.Result:
    return to.Result(here.patient_id, here.encounter_id, here.response.record_id)


def test_what_was_measured_twice_unseen_stands_twice(tmp_path: Path) -> None:
    async def run() -> None:
        with ward(tmp_path, language="en") as here:
            async with session(here.desk, here.screening(VITALS)) as screen:
                await screen.tap(*BEGIN, "screening.next")
                await screen.type("q:oxygen-saturation.text", "98")
                other = measured_elsewhere(here, screen, "80")
                await screen.settled()
                assert screen.says("Somebody else answered meanwhile: 80")
                await screen.tap("screening.next", "screening.next", "screening.finish")
                await screen.tap("screening.turned")
            document = here.desk.vault.document(other)
            assert document is not None
            shown = [as_mapping(w.value)["value"] for w in document.writes("value")]
            assert sorted(map(str, shown)) == ["80", "98"]

    asyncio.run(run())


def measured_elsewhere(here: Ward, screen: Session, digits: str) -> str:
    """A colleague finishes the same form with another measurement."""
    quantity: Json = {"value": digits, "unit": "%", "code": "%"}
    answer: Json = {"values": [{"valueQuantity": quantity}]}
    elsewhere(here, screen, {"answer.:oxygen-saturation": answer})
    response_id = screen.model.loaded.response_id
    made = here.desk.ids.derived(response_id, "observation/:oxygen-saturation")
    change = Change()
    value: Json = {"value": digits, "unit": "%", "display": "%"}
    key = RecordKey(RecordType.OBSERVATION, made, here.patient_id)
    change.set(key, {"value": value, "response": response_id})
    here.desk.vault.commit(change, author=Authorship(BO, "site-port"))
    return made
