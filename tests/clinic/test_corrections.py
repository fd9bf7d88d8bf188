"""Corrections: the old value stays in view, and nothing leaves sight unsaid."""

from app.clinic.corrections import (
    ErrorReason,
    amend,
    belonging,
    enter_in_error,
    mirrors_of,
)
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.document_json import as_mapping
from app.core.projections import View, responses
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.core.values import ResponseStatus
from tests.clinic.desks import Folder

WRONG = "5b1f7d52-0000-4000-8000-000000000001"
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


def test_an_amended_field_replaces_what_its_author_saw() -> None:
    folder = screened()
    before = folder.documents[RESPONSE]
    folder.add(
        amend(before, "answer.q9", {"values": [False]}, before.heads("answer.q9"))
    )
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


def test_a_score_belongs_to_its_response() -> None:
    folder = screened()
    found = belonging(folder.of(WRONG), RESPONSE)
    assert {document.record_id for document in found} == {RESPONSE, SCORE}


def related(folder: Folder, owner: str, other: str, relationship: str) -> str:
    """Write what one person's record says of another; return the record's id."""
    change = Change()
    key = RecordKey(RecordType.RELATED_PERSON, f"{owner}/{other}", owner)
    change.set(key, {"other": other, "relationship": relationship})
    folder.add(change)
    return key.record_id


def test_a_relation_entered_in_error_leaves_the_other_persons_record_too() -> None:
    folder = Folder()
    of_child = folder.documents[related(folder, "child", "mother", "MTH")]
    of_mother = folder.documents[related(folder, "mother", "child", "CHILD")]
    related(folder, "mother", "sister", "SIB")
    related(folder, "mother", "father", "SPS")
    assert mirrors_of([of_child], folder.of) == [of_mother]
    assert mirrors_of([of_mother], folder.of) == [of_child]
    folder.add(enter_in_error([of_child, of_mother], ErrorReason.TWICE))
    assert mirrors_of([of_child], folder.of) == []


def test_only_the_same_relation_is_its_mirror() -> None:
    folder = Folder()
    of_child = folder.documents[related(folder, "child", "aunt", "GUARD")]
    related(folder, "aunt", "child", "FAMMEMB")
    assert mirrors_of([of_child], folder.of) == []


def test_a_relation_of_a_newer_version_has_the_mirror_that_names_the_person() -> None:
    folder = Folder()
    of_child = folder.documents[related(folder, "child", "aunt", "AUNT")]
    of_aunt = folder.documents[related(folder, "aunt", "child", "NIECE")]
    assert mirrors_of([of_child], folder.of) == [of_aunt]
