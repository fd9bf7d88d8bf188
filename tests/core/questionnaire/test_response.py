"""Responses for others: what is asked and answered, no more."""

from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    Answers,
    Quantity,
    ResponseMeta,
    Value,
    from_fhir,
    to_fhir,
)
from app.core.questionnaire.values import JsonObject, as_decimal
from tests.core.questionnaire.forms import answered, at, form, item, rule

ONE_HALF = JsonObject({"extension": (JsonObject({"valueDecimal": "0.5"}),)})
META = ResponseMeta("in-progress")


def test_a_response_holds_what_is_asked_and_answered() -> None:
    questionnaire = form(
        item("a", text="Cough?"),
        item("b", enableWhen=[rule("a", "=", answerBoolean=True)]),
        item("g", "group", item=[item("d", "display")]),
        version="2",
    )
    given = answered({"a": NO, "b": YES})
    assert to_fhir(questionnaire, given, META) == {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://example.org/q|2",
        "status": "in-progress",
        "item": [
            {"linkId": "a", "text": "Cough?", "answer": [{"valueBoolean": False}]}
        ],
    }


def test_an_empty_response_has_no_items() -> None:
    assert to_fhir(form(item("a")), Answers(), META) == {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://example.org/q",
        "status": "in-progress",
    }


def test_a_form_without_a_uri_is_not_named() -> None:
    questionnaire = form(item("a"), url="My form")
    assert "questionnaire" not in to_fhir(questionnaire, Answers(), META)


def test_do_not_know_and_prefer_not_to_say_have_their_codes() -> None:
    questionnaire = form(item("a"), item("b"))
    given = Answers({at("a"): Answer.unknown(), at("b"): Answer.declined()})
    response = to_fhir(questionnaire, given, META)
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert response["item"] == [
        {"linkId": name, "answer": [{"extension": [{"url": url, "valueCode": code}]}]}
        for name, code in (("a", "asked-unknown"), ("b", "asked-declined"))
    ]
    assert from_fhir(questionnaire, response) == given


def test_a_question_within_an_unanswered_question_keeps_its_place() -> None:
    questionnaire = form(item("a", item=[item("b", item=[item("c")])]))
    given = answered({"c": YES})
    response = to_fhir(questionnaire, given, META)
    inner = {"linkId": "c", "answer": [{"valueBoolean": True}]}
    assert response["item"] == [
        {
            "linkId": "a",
            "answer": [{"item": [{"linkId": "b", "answer": [{"item": [inner]}]}]}],
        }
    ]
    back = from_fhir(questionnaire, response)
    assert {p: a for p, a in back.items() if not a.is_empty} == dict(given)


def test_instances_keep_their_keys() -> None:
    inner = item("inner", "group", repeats=True, item=[item("x")])
    questionnaire = form(item("g", "group", repeats=True, item=[item("y"), inner]))
    given = answered({"0:y": YES, "k3:y": NO, "k3.0:x": NO, "k3.m1:x": YES})
    response = to_fhir(questionnaire, given, META)
    items = response["item"]
    assert isinstance(items, list)
    assert [each.get("id") for each in items] == [None, "k3"]
    back = from_fhir(questionnaire, response)
    assert {p: a for p, a in back.items() if not a.is_empty} == dict(given)


def test_instances_of_others_get_their_place_as_key() -> None:
    questionnaire = form(item("g", "group", repeats=True, item=[item("y")]))
    inner = [{"linkId": "y", "answer": [{"valueBoolean": True}]}]
    given = [{"linkId": "g", "item": inner, "id": name} for name in ("A!", "k1", "k1")]
    back = from_fhir(questionnaire, {"item": given})
    found = sorted(path.encode() for path in back if path.link_id == "y")
    assert found == ["0:y", "2:y", "k1:y"]


def test_numbers_are_numbers_for_others_and_texts_here() -> None:
    questionnaire = form(
        item("d", "decimal", repeats=True), item("q", "quantity"), item("s", "string")
    )
    number = as_decimal("36.6")
    assert number is not None
    given = Answers(
        {
            at("d"): Answer.of(
                *[Value.decimal(text) for text in ("36.6", "5", "5.0", "x")]
            ),
            at("q"): Answer.of(Value.quantity(Quantity(number, "°C", "Cel"))),
            at("s"): Answer.of(Value("String", "a", ONE_HALF)),
        }
    )
    response = to_fhir(questionnaire, given, META)
    items = response["item"]
    assert isinstance(items, list)
    numbers = [each["valueDecimal"] for each in items[0]["answer"]]
    assert [repr(each) for each in numbers] == ["36.6", "5", "5.0", "'x'"]
    assert items[1]["answer"][0]["valueQuantity"]["value"] == 36.6
    assert items[2]["answer"][0]["extension"] == [{"valueDecimal": 0.5}]
    back = from_fhir(questionnaire, response)
    assert back[at("d")].values[1] == Value.decimal("5")
    assert back[at("q")] == given[at("q")]


def test_members_that_are_not_known_survive_a_round_trip() -> None:
    questionnaire = form(
        item("a", "choice", answerOption=[{"valueCoding": {"code": "a"}}])
    )
    answer = {
        "id": "x",
        "extension": [{"url": "https://e", "valueString": "kept"}],
        "valueCoding": {"code": "a", "userSelected": True},
    }
    response = {"item": [{"linkId": "a", "answer": [answer]}]}
    back = to_fhir(questionnaire, from_fhir(questionnaire, response), META)
    assert back["item"] == [{"linkId": "a", "answer": [answer]}]


def test_what_is_no_response_has_no_answers() -> None:
    questionnaire = form(item("a"))
    others: list[object] = [None, [], {"item": 7}, {"item": [{"linkId": "z"}]}]
    for response in others:
        assert not from_fhir(questionnaire, response)
    empty = {"item": [{"linkId": "a", "answer": [{}]}]}
    assert from_fhir(questionnaire, empty)[at("a")].is_empty
