"""Moving to the right person: nothing of either person is lost by it."""

import pytest

from app.clinic.consents import (
    ConsentGiven,
    ConsentView,
    Purpose,
    consent_key,
    record_consents,
    standing_consents,
)
from app.clinic.corrections import ErrorReason, enter_in_error, key_of, mirrors_of
from app.clinic.findings import score_id_of, score_of
from app.clinic.moving import RightPerson, UndecidedError, move_to, moving
from app.clinic.registration import Registration, register
from app.clinic.screening import author_of
from app.clinic.visits import for_later, plan
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping
from app.core.encounters import EncounterView, encounters
from app.core.merge import Document
from app.core.projections import View, by_type, responses
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import Decision, EncounterStatus, GivenBy
from tests.core.records import Log
from tests.support.operations import SequentialIds

WRONG = "5b1f7d52-0000-4000-8000-000000000001"
RIGHT = "5b1f7d52-0000-4000-8000-000000000002"
RESPONSE = "5b1f7d52-0000-4000-8000-00000000000a"
SCORE = "5b1f7d52-0000-4000-8000-00000000000b"
YES = ConsentGiven(Purpose.RESEARCH, Decision.YES, GivenBy.SELF)
IDS = SequentialIds()
NO = ConsentGiven(Purpose.RESEARCH, Decision.NO, GivenBy.SELF)


def of(log: Log, patient_id: str) -> tuple[Document, ...]:
    return tuple(d for d in log.documents.values() if d.patient_id == patient_id)


def move(log: Log, encounter_id: str = "", mirrors: tuple[Document, ...] = ()) -> None:
    """Move all that stands on the wrong person to the right one."""
    right = RightPerson(RIGHT, encounter_id, of(log, RIGHT))
    ids = SequentialIds("moved")
    log.save(move_to(of(log, WRONG), right, ErrorReason.TWICE, ids, mirrors))


def screened() -> Log:
    log, change = Log(), Change()
    answer: dict[str, Json] = {"values": [True], "flags": ["self-harm"]}
    change.set(
        RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, RESPONSE, WRONG),
        {
            "answer.q9": answer,
            "status": {"status": "completed"},
            "encounter": "wrong-visit",
        },
    )
    score = RecordKey(RecordType.SCORE, SCORE, WRONG)
    change.set(score, {"response": RESPONSE, "result": {"total": "9"}})
    log.save(change)
    return log


def test_what_was_written_on_the_wrong_person_is_written_anew_on_the_right_one() -> (
    None
):
    log = screened()
    move(log)
    (moved,) = responses(of(log, RIGHT))
    assert moved.flags() == ("self-harm",)
    (wrong,) = responses(of(log, WRONG))
    assert wrong.entered_in_error
    error = as_mapping(wrong.value(ENTERED_IN_ERROR))
    assert error["moved_to"] == moved.record_id


def test_a_moved_score_has_the_id_under_which_a_later_correction_writes_it() -> None:
    log = screened()
    move(log)
    (response,) = responses(of(log, RIGHT))
    (score,) = by_type(of(log, RIGHT), RecordType.SCORE)
    assert View(score).text("response") == response.record_id
    assert score.record_id == score_id_of(response.record_id, IDS)


def test_of_two_scores_of_one_response_the_newest_moves_and_is_shown() -> None:
    log = screened()
    log.now_ms += 1
    newer = RecordKey(RecordType.SCORE, "0-first-by-its-id", WRONG)
    log.write(newer, {"response": RESPONSE, "result": {"total": "3"}})
    shown = score_of(of(log, WRONG), RESPONSE)
    assert shown is not None
    assert shown.value("result") == {"total": "3"}
    move(log)
    (score,) = by_type(of(log, RIGHT), RecordType.SCORE)
    assert View(score).value("result") == {"total": "3"}


def test_a_score_never_moves_without_its_answers() -> None:
    log = screened()
    for chosen in (RESPONSE, SCORE):
        together = moving(of(log, WRONG), chosen)
        assert {d.record_id for d in together} == {RESPONSE, SCORE}


def test_a_score_whose_answers_are_not_here_moves_all_the_same() -> None:
    log = Log()
    score = log.write(RecordKey(RecordType.SCORE, SCORE, WRONG), {"response": "gone"})
    assert moving(of(log, WRONG), SCORE) == [score]


def test_a_consent_that_moves_takes_its_place_on_the_right_person() -> None:
    log = Log()
    consent = ConsentGiven(Purpose.SHARING, Decision.YES, GivenBy.SELF, "Red Cross")
    log.save(record_consents(WRONG, (consent,), IDS))
    move(log)
    (moved,) = of(log, RIGHT)
    assert key_of(moved) == consent_key(RIGHT, Purpose.SHARING, "Red Cross", IDS)
    assert ConsentView(moved).decision is Decision.YES


def test_a_refusal_stands_beside_a_yes_that_was_moved_to_the_same_person() -> None:
    log = Log()
    log.save(record_consents(RIGHT, (NO,), IDS))
    log.save(record_consents(WRONG, (YES,), IDS))
    move(log)
    (standing,) = standing_consents(of(log, RIGHT))
    assert standing.decision is Decision.NOT_ASKED
    assert set(standing.conflicts()) == {"decision"}
    said = {
        as_mapping(w.value)["decision"] for w in standing.document.writes("decision")
    }
    assert said == {"yes", "no"}


def test_two_refusals_of_which_one_was_moved_are_a_refusal() -> None:
    log = Log()
    log.save(record_consents(RIGHT, (NO,), IDS))
    by_parent = ConsentGiven(Purpose.RESEARCH, Decision.NO, GivenBy.PARENT)
    log.save(record_consents(WRONG, (by_parent,), IDS))
    move(log)
    (standing,) = standing_consents(of(log, RIGHT))
    assert standing.decision is Decision.NO


def test_of_a_consent_in_conflict_the_refusal_moves() -> None:
    log, other = Log(), Log("tablet-b")
    log.save(record_consents(WRONG, (NO,), IDS))
    other.now_ms += 1
    other.save(record_consents(WRONG, (YES,), IDS))
    log.take(other.operations[0])
    move(log)
    (standing,) = standing_consents(of(log, RIGHT))
    assert standing.decision is Decision.NO


def test_an_answer_entered_in_error_gives_way_to_the_one_that_moves_there() -> None:
    log = Log()
    log.save(record_consents(RIGHT, (NO,), IDS))
    log.save(enter_in_error(of(log, RIGHT), ErrorReason.MISTYPED))
    log.save(record_consents(WRONG, (YES,), IDS))
    move(log)
    (standing,) = standing_consents(of(log, RIGHT))
    assert standing.decision is Decision.YES


def test_what_was_in_error_before_does_not_move_nor_does_a_patient() -> None:
    log = screened()
    given = Registration(language="ar")
    log.save(register(given, lambda _code: WRONG, SequentialIds("p"), 1).change)
    log.save(enter_in_error([log.documents[RESPONSE]], ErrorReason.TWICE))
    move(log)
    kinds = {document.record_type for document in of(log, RIGHT)}
    assert kinds == {RecordType.SCORE, RecordType.ENCOUNTER}


def test_a_moved_screening_belongs_to_the_right_persons_visit() -> None:
    log = screened()
    move(log, "right-visit")
    (moved,) = responses(of(log, RIGHT))
    assert moved.encounter_id == "right-visit"


def a_visit() -> Log:
    """A visit at the port that was finished, before it moves elsewhere and later."""
    log, key = Log(), RecordKey(RecordType.ENCOUNTER, "visit", WRONG)
    for now_ms, status in ((1_000, "arrived"), (2_000, "triaged"), (3_000, "finished")):
        log.now_ms = now_ms
        log.write(key, {"status": {"status": status}, "started_at": 1_000})
    log.now_ms, log.site_id, log.practitioner_id = 90_000, "camp", "coordinator"
    return log


def test_a_moved_visit_keeps_its_states_with_who_when_and_where() -> None:
    log = a_visit()
    before = EncounterView(log.documents["visit"])
    move(log)
    (moved,) = encounters(of(log, RIGHT))
    assert moved.statuses == before.statuses
    assert (moved.site_id, moved.status_at) == ("port", 3_000)
    assert moved.status is EncounterStatus.FINISHED
    assert {w.practitioner_id for w in moved.statuses} == {"nurse"}


def test_a_moved_visit_keeps_every_form_that_waits_and_who_said_so() -> None:
    log = a_visit()
    key = RecordKey(RecordType.ENCOUNTER, "visit", WRONG)
    for canonical, later in (("phq9", True), ("vitals", True), ("tb", True)):
        log.save(plan(key, canonical, later=later))
    log.save(plan(key, "tb", later=False))
    before = EncounterView(log.documents["visit"])
    assert for_later(before) == {"phq9", "vitals"}
    move(log)
    (moved,) = encounters(of(log, RIGHT))
    assert for_later(moved) == {"phq9", "vitals"}
    assert moved.plans == before.plans, "with who, when and where"
    log.save(plan(key_of(moved.document), "phq9", later=False))
    (moved,) = encounters(of(log, RIGHT))
    assert for_later(moved) == {"vitals"}


def test_a_moved_visit_goes_on_and_may_move_again() -> None:
    log = a_visit()
    move(log)
    (moved,) = encounters(of(log, RIGHT))
    log.write(key_of(moved.document), {"status": {"status": "in-progress"}})
    right = RightPerson("third")
    found = of(log, RIGHT)
    log.save(move_to(found, right, ErrorReason.TWICE, SequentialIds("again")))
    (again,) = encounters(of(log, "third"))
    assert [as_mapping(w.value)["status"] for w in again.statuses] == [
        *("arrived", "triaged", "finished", "in-progress")
    ]
    assert (again.site_id, again.status_at) == ("port", 90_000)


def related(log: Log, owner: str, other: str, relationship: str) -> Document:
    key = RecordKey(RecordType.RELATED_PERSON, f"{owner}/{other}", owner)
    return log.write(key, {"other": other, "relationship": relationship})


def relations(log: Log, owner: str) -> list[tuple[str, str]]:
    views = [View(d) for d in of(log, owner)]
    return [
        (v.text("other"), v.text("relationship"))
        for v in views
        if not v.entered_in_error
    ]


def test_a_relation_that_moves_is_moved_on_the_other_persons_record_too() -> None:
    log = Log()
    link = related(log, WRONG, "mother", "MTH")
    related(log, "mother", WRONG, "CHILD")
    move(log, mirrors=tuple(mirrors_of([link], lambda other: of(log, other))))
    assert relations(log, WRONG) == []
    assert relations(log, RIGHT) == [("mother", "MTH")]
    assert relations(log, "mother") == [(RIGHT, "CHILD")]


def test_nobody_becomes_a_relative_of_themselves() -> None:
    log = Log()
    link = related(log, WRONG, RIGHT, "SIB")
    related(log, RIGHT, WRONG, "SIB")
    move(log, mirrors=tuple(mirrors_of([link], lambda other: of(log, other))))
    assert relations(log, WRONG) == relations(log, RIGHT) == []


def test_an_answer_that_moves_keeps_who_gave_it_and_every_flag() -> None:
    log, other = screened(), Log("tablet-b")
    other.now_ms += 1
    key = RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, RESPONSE, WRONG)
    same: dict[str, Json] = {"values": [True], "flags": ["tb"]}
    other.write(key, {"answer.q9": same})
    log.take(other.operations[0])
    (wrong,) = responses(of(log, WRONG))
    author = dict(wrong.answers())["q9"].write.practitioner_id
    move(log)
    (moved,) = responses(of(log, RIGHT))
    assert set(moved.flags()) == {"self-harm", "tb"}
    assert author_of(dict(moved.answers())["q9"]) == author


def test_what_is_contradictory_is_decided_before_it_moves() -> None:
    log, other = screened(), Log("tablet-b")
    other.now_ms += 1
    score = RecordKey(RecordType.SCORE, SCORE, WRONG)
    other.write(score, {"result": {"total": "0"}})
    log.take(other.operations[0])
    with pytest.raises(UndecidedError):
        move(log)
    assert of(log, RIGHT) == ()
