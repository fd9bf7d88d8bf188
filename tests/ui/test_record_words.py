"""Records in words: every field of this version has a name and no code shows."""

from dataclasses import replace
from datetime import date

import pytest

from app.clinic.library import read_library
from app.core.canonical import Json
from app.core.change import Change, RecordKey
from app.core.merge import Document
from app.core.records import _POLICIES, RecordType
from app.i18n import Translator
from app.ui.record_words import Fact, RecordWords
from tests.clinic.desks import Folder

WORDS = RecordWords(Translator("en"), read_library(), "UTC", date(2026, 3, 1))
PHQ9 = "https://tessera.example/Questionnaire/phq9|"


def written(kind: RecordType, fields: dict[str, Json]) -> Document:
    folder, change = Folder(), Change()
    change.set(RecordKey(kind, "record", "amina"), fields)
    folder.add(change)
    return folder.documents["record"]


@pytest.mark.parametrize("kind", list(RecordType))
def test_every_field_of_this_version_is_named_or_says_nothing(kind: RecordType) -> None:
    document = written(kind, {"x": 1})
    for name in _POLICIES[kind]:
        fact = WORDS.fact(document, name, None)
        assert "newer version" not in fact.value, name


def test_a_field_of_a_newer_version_is_told_without_its_code() -> None:
    document = written(RecordType.PATIENT, {"blood_group": "A"})
    (fact,) = [fact for _name, fact in WORDS.facts(document)]
    assert fact.label == "Something else"
    assert "blood_group" not in fact.label + fact.value


def test_a_screening_says_what_it_was_asked_in_and_who_was_there() -> None:
    fields: dict[str, Json] = {
        "questionnaire": PHQ9,
        "languages": ["en", "ar"],
        "accompanied_by": "nobody",
        "status": {"status": "stopped", "reason": "tired"},
        "encounter": "visit",
    }
    document = written(RecordType.QUESTIONNAIRE_RESPONSE, fields)
    facts = {fact.label: fact.value for _name, fact in WORDS.facts(document)}
    assert facts["Asked in"] == "English and Arabic"
    assert facts["Accompanied by"] == "Nobody: alone with the staff"
    assert facts["State"] == "Ended early: Too tired"


def test_answers_stand_in_the_forms_own_order() -> None:
    form = WORDS.library.form(PHQ9)
    assert form is not None
    asked = [i.link_id for i in form.questionnaire.walk() if i.options][:3]
    answer: Json = {"values": [], "absent": "asked-unknown"}
    fields: dict[str, Json] = {f"answer.:{link}": answer for link in reversed(asked)}
    document = written(
        RecordType.QUESTIONNAIRE_RESPONSE, {"questionnaire": PHQ9, **fields}
    )
    names = [name for name, _fact in WORDS.facts(document)]
    assert names == ["questionnaire", *(f"answer.:{link}" for link in asked)]


def test_a_red_flag_is_told_in_words_and_an_unknown_one_still_alarms() -> None:
    assert "self-harm" in WORDS.flag(PHQ9, "suicide-risk")
    assert "does not know" in WORDS.flag(PHQ9, "brand-new")


def test_what_staff_must_know_of_a_fixed_form_is_in_their_language() -> None:
    french = replace(WORDS, t=Translator("fr"))
    assert french.flag(PHQ9, "suicide-risk") != WORDS.flag(PHQ9, "suicide-risk")


def test_a_phone_number_is_no_mere_value() -> None:
    document = written(
        RecordType.CONTACT_POINT, {"value": "+49 170", "system": "phone"}
    )
    (fact,) = [fact for _name, fact in WORDS.facts(document)]
    assert fact.label == "Phone number"


def test_why_something_was_in_error_is_said_in_the_readers_language() -> None:
    error: Json = {"reason": "mistyped", "wrong_person": True, "moved_to": "other"}
    document = written(RecordType.CONTACT_POINT, {"entered_in_error": error})
    french = replace(WORDS, t=Translator("fr"))
    said = {
        words.fact(document, "entered_in_error", error).value
        for words in (WORDS, french)
    }
    assert "Wrong person: Mistyped" in said
    assert len(said) == 2
    assert not any("mistyped" in text for text in said)


def test_a_visit_that_was_moved_shows_no_history_in_codes() -> None:
    document = written(RecordType.ENCOUNTER, {"status_history": {"o": ["odd"]}})
    assert WORDS.facts(document) == []


@pytest.mark.parametrize(
    "odd",
    [
        *(2**53, -(2**53), 10**30, True, [2**53], "soon", {"status": ["said"]}),
        *({"arrived_at": 10**30}, {"value": "about 37"}, {"total": [1], "band": {}}),
    ],
)
@pytest.mark.parametrize("kind", list(RecordType))
def test_a_record_with_odd_values_is_told_in_words_all_the_same(
    kind: RecordType, odd: Json
) -> None:
    document = written(kind, dict.fromkeys(_POLICIES[kind], odd))
    assert WORDS.title(document)
    assert all(fact.label for _name, fact in WORDS.facts(document))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"valueBoolean": True}, "Yes"),
        ({"valueBoolean": False}, "No"),
        ({"valueCodeableConcept": {"coding": [{"display": "Rash"}]}}, "Rash"),
        ({"valueString": "dry skin"}, "dry skin"),
        ({"value": "38.6", "unit": "Cel", "display": "°C"}, "38.6"),
    ],
)
def test_what_was_observed_is_told_in_words(value: Json, said: str) -> None:
    fact = WORDS.fact(written(RecordType.OBSERVATION, {"x": 1}), "value", value)
    assert said in fact.value
    assert "{" not in fact.value


def test_a_result_on_which_two_differ_shows_no_version_as_the_one() -> None:
    folder, key = Folder(), RecordKey(RecordType.SCORE, "record", "amina")
    for total in ("12", "9"):
        change = Change()
        result: Json = {"questionnaire": PHQ9, "total": total}
        change.set(key, {"result": result}, {"result": ()})
        folder.add(change, f"practitioner-{total}")
    (fact,) = [fact for _name, fact in WORDS.facts(folder.documents["record"])]
    assert fact == Fact("Result", "Two versions, not yet decided")
