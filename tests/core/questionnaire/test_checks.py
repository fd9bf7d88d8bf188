"""Problems of answers, as codes."""

import pytest

from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    Answers,
    Coding,
    Problem,
    ProblemCode,
    Value,
    measured,
)
from app.core.questionnaire.checks import problems_of
from app.core.questionnaire.values import JsonObject
from tests.core.questionnaire.forms import (
    SDC,
    STRUCTURE,
    at,
    codes,
    coding,
    form,
    item,
    state_of,
)


def extension(name: str, **value: object) -> dict[str, object]:
    return {"url": f"{STRUCTURE}{name}", **value}


def found(question: dict[str, object], *values: Value) -> list[str]:
    (only,) = form(question).items
    return [each.code.value for each in problems_of(only, Answer(values))]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("boolean", YES),
        ("decimal", Value.decimal("-1.5")),
        ("integer", Value.integer(-7)),
        ("date", Value("Date", "2020")),
        ("date", Value("Date", "2020-02")),
        ("date", Value("Date", "2020-02-29")),
        ("dateTime", Value("DateTime", "2020-02")),
        ("dateTime", Value("DateTime", "2020-02-29T10:00:00+03:00")),
        ("time", Value("Time", "10:00:00.5")),
        ("string", Value.string("ሰላም")),
        ("text", Value.string("a\nb")),
        ("url", Value("Uri", "https://x")),
        ("attachment", Value("Attachment", JsonObject({"url": "https://x"}))),
        ("reference", Value("Reference", JsonObject({"reference": "Patient/1"}))),
        ("quantity", Value("Quantity", JsonObject({"value": "5"}))),
        ("choice", Value.string("asked as text")),
        ("open-choice", coding("other")),
    ],
)
def test_a_value_of_the_right_type_is_no_problem(type_: str, value: Value) -> None:
    assert found(item("a", type_), value) == []


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("boolean", Value.string("yes")),
        ("boolean", Value("Boolean", "true")),
        ("decimal", Value.decimal("1,5")),
        ("decimal", Value.integer(1)),
        ("integer", Value.integer(2**31)),
        ("integer", Value("Integer", True)),  # noqa: FBT003
        ("integer", Value("Integer", "1")),
        ("date", Value("Date", "2021-02-29")),
        ("date", Value("Date", "21-02-03")),
        ("date", Value("Date", 2020)),
        ("dateTime", Value("DateTime", "2020-02T10:00")),
        ("dateTime", Value("DateTime", "2020-02-30")),
        ("dateTime", Value("DateTime", "2020-02-29T25:00:00Z")),
        ("dateTime", Value("DateTime", None)),
        ("time", Value("Time", "10:00")),
        ("time", Value("Time", "25:00:00")),
        ("string", Value.string("")),
        ("attachment", Value("Attachment", "x")),
        ("quantity", Value("Quantity", JsonObject({}))),
        ("choice", Value("", None)),
    ],
)
def test_a_value_of_another_type_is_a_problem(type_: str, value: Value) -> None:
    assert found(item("a", type_), value) == ["wrong-type"]


def test_only_listed_options_are_answers_of_a_closed_choice() -> None:
    options = [{"valueCoding": {"system": "s", "code": "a"}}]
    closed = item("a", "choice", answerOption=options)
    assert found(closed, coding("a", "s")) == []
    assert found(closed, coding("b", "s")) == ["not-an-option"]
    assert found(closed, Value.string("a")) == ["not-an-option"]
    assert found(closed, YES) == ["wrong-type"]
    opened = item("a", "open-choice", answerOption=options)
    assert found(opened, Value.string("else")) == []
    listed = item("a", "integer", answerOption=[{"valueInteger": 3}])
    assert found(listed, Value.integer(3)) == []
    assert found(listed, Value.integer(4)) == ["not-an-option"]


def day(text: str) -> Value:
    return Value("Date", text)


LARGE, DECIMALS = "too-large", "too-many-decimals"
ONE: dict[str, object] = {"valueInteger": 1}
NOON = "2020-05-01T12:00:00Z"
NOON_IN_BRAZIL = Value("DateTime", "2020-05-01T12:00:00-03:00")
FILE = Value("Attachment", JsonObject({"contentType": "a/b"}))
KILOGRAM: dict[str, object] = {"valueCoding": {"code": "kg"}}
FIVE_GRAMS = Value("Quantity", JsonObject({"value": "5", "code": "g"}))


@pytest.mark.parametrize(
    ("limit", "type_", "value", "expected"),
    [
        ({"minValue": {"valueInteger": 3}}, "integer", Value.integer(2), "too-small"),
        ({"maxValue": {"valueDecimal": 3.5}}, "decimal", Value.decimal("3.6"), LARGE),
        ({"maxValue": {"valueDate": "2020-05"}}, "date", day("2020-06-01"), LARGE),
        ({"maxValue": {"valueDateTime": NOON}}, "dateTime", NOON_IN_BRAZIL, LARGE),
        ({"maxDecimalPlaces": ONE}, "decimal", Value.decimal("1.55"), DECIMALS),
        ({"minLength": ONE}, "string", Value.string("a"), None),
        ({"minLength": {"valueInteger": 3}}, "string", Value.string("a"), "too-short"),
        ({"regex": {"valueString": "[0-9]"}}, "string", Value.string("1a"), "pattern"),
        ({"mimeType": {"valueCode": "image/png"}}, "attachment", FILE, "file-type"),
        ({"mimeType": {"valueCode": "a/b"}}, "attachment", FILE, None),
        ({"questionnaire-unit": KILOGRAM}, "quantity", FIVE_GRAMS, "unit"),
        ({"maxValue": {"valueString": "x"}}, "integer", Value.integer(2), None),
        ({"maxValue": {"valueInteger": 3}}, "integer", Value.integer(3), None),
        ({"maxValue": {"valueDate": "2020-05"}}, "date", day("2020-05-31"), None),
        ({"maxDecimalPlaces": ONE}, "decimal", Value.decimal("155"), None),
    ],
)
def test_limits_are_checked(
    limit: dict[str, dict[str, object]],
    type_: str,
    value: Value,
    expected: str | None,
) -> None:
    limits = [extension(name, **given) for name, given in limit.items()]
    problems = found(item("a", type_, extension=limits), value)
    assert problems == ([expected] if expected else [])


def test_the_figure_of_a_limit_comes_with_the_problem() -> None:
    unit = {"system": "http://unitsofmeasure.org", "code": "Cel", "display": "°C"}
    most = {
        "url": f"{SDC}sdc-questionnaire-maxQuantity",
        "valueQuantity": {"value": 45, "code": "Cel"},
    }
    (only,) = form(
        item(
            "a",
            "quantity",
            extension=[extension("questionnaire-unit", valueCoding=unit), most],
        )
    ).items
    given = measured(only, "45.1")
    assert problems_of(only, Answer.of(given)) == (
        Problem(ProblemCode.TOO_LARGE, "45"),
    )
    assert problems_of(only, Answer.of(measured(only, "45.0"))) == ()
    assert given.as_quantity is not None
    assert given.as_quantity.unit == "°C"
    in_others = measured(only, "45", Coding(code="[degF]"))
    assert [p.code for p in problems_of(only, Answer.of(in_others))] == [
        ProblemCode.UNIT
    ]
    assert [p.code for p in problems_of(only, Answer.of(measured(only, "4,5")))] == [
        ProblemCode.WRONG_TYPE
    ]


def test_a_text_that_is_too_long_is_a_problem() -> None:
    assert found(item("a", "string", maxLength=2), Value.string("abc")) == ["too-long"]


def test_the_number_of_answers_is_checked() -> None:
    two = (Value.string("a"), Value.string("b"))
    assert found(item("a", "string"), *two) == ["too-many"]
    assert found(item("a", "string", repeats=True), *two) == []
    most = extension("questionnaire-maxOccurs", valueInteger=1)
    assert found(item("a", "string", repeats=True, extension=[most]), *two) == [
        "too-many"
    ]
    least = extension("questionnaire-minOccurs", valueInteger=3)
    assert found(item("a", "string", repeats=True, extension=[least]), *two) == [
        "too-few"
    ]
    assert found(item("a", "string", repeats=True, extension=[least])) == []


def test_an_option_that_excludes_others_stands_alone() -> None:
    alone = extension("questionnaire-optionExclusive", valueBoolean=True)
    options = [
        {"valueCoding": {"code": "none"}, "extension": [alone]},
        {"valueCoding": {"code": "a"}},
        {"valueCoding": {"code": "b"}},
    ]
    question = item("a", "choice", repeats=True, answerOption=options)
    assert found(question, coding("none"), coding("a")) == ["exclusive"]
    assert found(question, coding("b"), coding("a")) == []


def test_a_required_question_wants_an_answer_or_a_reason_for_none() -> None:
    questionnaire = form(
        item("a", required=True),
        item("b", required=True, readOnly=True),
        item(
            "c",
            required=True,
            extension=[extension("questionnaire-hidden", valueBoolean=True)],
        ),
        item("d", "display", required=True),
    )
    state = state_of(questionnaire)
    assert codes(state, "a") == ["required"]
    assert list(state.problems) == [at("a")]
    assert not state.is_complete
    for answer in (Answer.of(NO), Answer.unknown(), Answer.declined()):
        assert state_of(questionnaire, Answers({at("a"): answer})).is_complete
    cleared = state_of(questionnaire, Answers({at("a"): Answer()}))
    assert codes(cleared, "a") == ["required"]


@pytest.mark.parametrize(
    ("severity", "text", "expected"),
    [
        ("error", "answer.value > 3", ["constraint"]),
        ("warning", "answer.value > 3", []),
        ("error", "answer.value < 3", []),
        ("error", "nonsense(", []),
    ],
)
def test_a_forms_own_condition_is_checked(
    severity: str, text: str, expected: list[str]
) -> None:
    constraint = {
        "url": f"{STRUCTURE}questionnaire-constraint",
        "extension": [
            {"url": "severity", "valueCode": severity},
            {"url": "expression", "valueString": text},
            {"url": "human", "valueString": "More than three."},
        ],
    }
    questionnaire = form(item("a", "integer", extension=[constraint]))
    state = state_of(questionnaire, Answers({at("a"): Answer.of(Value.integer(2))}))
    assert codes(state, "a") == expected
    for problem in state.problems.get(at("a"), ()):
        assert problem.message is not None
        assert problem.message.source == "More than three."
