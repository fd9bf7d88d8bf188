"""Corrections: the old value stays in view, and nothing leaves sight unsaid."""

from app.clinic.consents import (
    ConsentGiven,
    Purpose,
    consent_key,
    record_consents,
)
from app.clinic.corrections import (
    RightPerson,
    amend,
    belonging,
    enter_in_error,
    key_of,
    move_to,
)
from app.clinic.registration import Registration, register
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping
from app.core.projections import View, by_type, responses
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import Decision, GivenBy, ResponseStatus
from tests.clinic.desks import Folder
from tests.support.operations import SequentialIds

WRONG = "5b1f7d52-0000-4000-8000-000000000001"
RIGHT = "5b1f7d52-0000-4000-8000-000000000002"
TO_RIGHT = RightPerson(RIGHT)
RESPONSE = "5b1f7d52-0000-4000-8000-00000000000a"
SCORE = "5b1f7d52-0000-4000-8000-00000000000b"


def screened() -> Folder:
    folder, change = Folder(), Change()
    answer: dict[str, Json] = {"values": [True], "flags": ["self-harm"]}
    change.set(
        RecordKey(RecordType.QUESTIONNAIRE_RESPONSE, RESPONSE, WRONG),
        {
            "answer.q9": answer,
            "status": {"status": "completed"},
            "encounter": "wrong-visit",
        },
    )
    change.set(RecordKey(RecordType.SCORE, SCORE, WRONG), {"response": RESPONSE})
    folder.add(change)
    return folder


def move(folder: Folder, right: RightPerson = TO_RIGHT) -> None:
    ids = SequentialIds("moved")
    folder.add(move_to(folder.of(WRONG), right, "wrong card", ids))


def test_an_amended_field_replaces_what_its_author_saw() -> None:
    folder = screened()
    before = folder.documents[RESPONSE]
    folder.add(amend(before, "answer.q9", {"values": [False]}))
    after = folder.documents[RESPONSE]
    assert View(after).value("answer.q9") == {"values": [False]}
    assert not View(after).conflicts()
    assert before.heads("answer.q9")[0] in after.fields["answer.q9"].replaced


def test_what_was_entered_in_error_says_why_and_raises_no_flag() -> None:
    folder = screened()
    folder.add(enter_in_error([folder.documents[RESPONSE]], "typed on a neighbour"))
    (response,) = responses(folder.of(WRONG))
    assert response.status is ResponseStatus.ENTERED_IN_ERROR
    assert response.flags() == ()
    error = as_mapping(response.value(ENTERED_IN_ERROR))
    assert error["reason"] == "typed on a neighbour"


def test_what_was_written_on_the_wrong_person_is_written_anew_on_the_right_one() -> (
    None
):
    folder = screened()
    folder.add(
        move_to(
            folder.of(WRONG), RightPerson(RIGHT), "wrong card", SequentialIds("moved")
        )
    )
    (moved,) = responses(folder.of(RIGHT))
    assert moved.flags() == ("self-harm",)
    (wrong,) = responses(folder.of(WRONG))
    assert wrong.entered_in_error
    error = as_mapping(wrong.value(ENTERED_IN_ERROR))
    assert error["moved_to"] == moved.record_id


def test_records_that_move_together_still_know_each_other() -> None:
    folder = screened()
    folder.add(
        move_to(
            folder.of(WRONG), RightPerson(RIGHT), "wrong card", SequentialIds("moved")
        )
    )
    (response,) = responses(folder.of(RIGHT))
    (score,) = by_type(folder.of(RIGHT), RecordType.SCORE)
    assert View(score).text("response") == response.record_id


def test_a_consent_that_moves_takes_its_place_on_the_right_person() -> None:
    folder = Folder()
    consent = ConsentGiven(Purpose.SHARING, Decision.YES, GivenBy.SELF, "Red Cross")
    folder.add(record_consents(WRONG, (consent,), SequentialIds()))
    folder.add(
        move_to(
            folder.of(WRONG), RightPerson(RIGHT), "wrong card", SequentialIds("moved")
        )
    )
    (moved,) = folder.of(RIGHT)
    assert key_of(moved) == consent_key(
        RIGHT, Purpose.SHARING, "Red Cross", SequentialIds()
    )


def test_what_was_in_error_before_does_not_move_nor_does_a_patient() -> None:
    folder = screened()
    given = Registration(language="ar")
    made = register(given, lambda _code: WRONG, SequentialIds("p"), 1)
    folder.add(made.change)
    folder.add(enter_in_error([folder.documents[RESPONSE]], "twice"))
    folder.add(
        move_to(
            folder.of(WRONG), RightPerson(RIGHT), "wrong card", SequentialIds("moved")
        )
    )
    kinds = {document.record_type for document in folder.of(RIGHT)}
    assert kinds == {RecordType.SCORE, RecordType.ENCOUNTER}


def test_a_moved_screening_belongs_to_the_right_persons_visit() -> None:
    folder = screened()
    right = RightPerson(RIGHT, "right-visit")
    move(folder, right)
    (moved,) = responses(folder.of(RIGHT))
    assert moved.encounter_id == "right-visit"


def test_a_score_belongs_to_its_response() -> None:
    folder = screened()
    found = belonging(folder.of(WRONG), RESPONSE)
    assert {document.record_id for document in found} == {RESPONSE, SCORE}
    assert [d.record_id for d in belonging(folder.of(WRONG), SCORE)] == [SCORE]
