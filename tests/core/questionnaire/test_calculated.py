"""What a calculation gave becomes an answer of the item's type, or nothing."""

from decimal import Decimal

import pytest

from app.core.questionnaire import NO, YES, Answer, Coding, Value, initial_answers
from app.core.questionnaire.calculated import calculated_answer
from app.core.questionnaire.conditions import NotComparableError, holds
from app.core.questionnaire.values import JsonObject
from tests.core.questionnaire.forms import STRUCTURE, coding, form, item

TEN = Value("DateTime", "2020-01-01T10:00:00Z")
OPTIONS = [{"valueCoding": {"code": "a", "display": "A"}}]
KILOGRAM = {
    "url": f"{STRUCTURE}questionnaire-unit",
    "valueCoding": {"system": "http://unitsofmeasure.org", "code": "kg"},
}


@pytest.mark.parametrize(
    ("type_", "result", "value"),
    [
        ("boolean", True, YES),
        ("boolean", False, NO),
        ("boolean", 1, None),
        ("boolean", "true", None),
        ("integer", 3, Value.integer(3)),
        ("integer", Decimal("3.0"), Value.integer(3)),
        ("integer", Decimal("3.5"), None),
        ("decimal", Decimal("3.50"), Value.decimal("3.50")),
        ("decimal", Decimal("1e99"), None),
        ("decimal", True, None),
        ("string", True, Value.string("true")),
        ("string", Decimal("2.5"), Value.string("2.5")),
        ("string", "x", Value.string("x")),
        ("date", "2020-01-01", Value("Date", "2020-01-01")),
        ("date", 5, None),
        ("string", {"a": 1}, None),
        ("string", ["x"], None),
        ("reference", {"a": "b"}, Value("Reference", JsonObject({"a": "b"}))),
        ("reference", "P/1", None),
        ("quantity", 5, Value("Quantity", JsonObject({"value": "5"}))),
    ],
)  # fmt: skip
def test_a_result_becomes_a_value_of_the_type(
    type_: str, result: object, value: Value | None
) -> None:
    (only,) = form(item("x", type_)).items
    assert calculated_answer(only, [result]) == Answer((value,) if value else ())


def test_a_number_takes_the_unit_of_its_question() -> None:
    (only,) = form(item("x", "quantity", extension=[KILOGRAM])).items
    (value,) = calculated_answer(only, [Decimal("2.50")]).values
    assert value.as_quantity is not None
    assert str(value.as_quantity.value) == "2.50"
    assert value.as_quantity.code == value.as_quantity.unit == "kg"


def test_a_choice_takes_the_option_that_is_meant() -> None:
    (closed,) = form(item("x", "choice", answerOption=OPTIONS)).items
    (opened,) = form(item("x", "open-choice", answerOption=OPTIONS)).items
    listed = Value.coding(Coding(None, "a", "A"))
    for result in ("a", "A", {"code": "a", "system": "s"}):
        assert calculated_answer(closed, [result]) == Answer.of(listed)
    assert calculated_answer(closed, ["z"]) == Answer()
    assert calculated_answer(opened, ["z"]) == Answer.of(Value.string("z"))
    assert calculated_answer(opened, [True]) == Answer.of(Value.string("true"))


def test_only_a_repeating_question_takes_several() -> None:
    (one,) = form(item("x", "string")).items
    (many,) = form(item("x", "string", repeats=True)).items
    assert len(calculated_answer(one, ["a", "b"]).values) == 1
    assert len(calculated_answer(many, ["a", "b"]).values) == 2


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        (Value.integer(3), ">", Value.decimal("2.9"), True),
        (Value("Date", "2020"), ">", Value("Date", "2019-12"), True),
        (Value("Date", "2020"), "<", Value("Date", "2020-05"), False),
        (TEN, "<", Value("DateTime", "2020-01-01T10:00:00-01:00"), True),
        (Value("DateTime", "2020-01-01T10:00:00"), "<=", TEN, True),
        (Value("Time", "09:00:00"), "<", Value("Time", "10:00:00"), True),
        (coding("a"), ">", coding("b"), None),
        (Value.string("a"), ">", Value.integer(1), None),
        (YES, "~", YES, None),
    ],
)  # fmt: skip
def test_values_are_compared_as_far_as_they_can_be(
    left: Value, operator: str, right: Value, expected: object
) -> None:
    if expected is None:
        with pytest.raises(NotComparableError):
            holds(operator, right, [left])
    else:
        assert holds(operator, right, [left]) is expected
    assert not (operator == ">" and holds(operator, right, []))


def test_initial_values_that_do_not_fit_are_left_out() -> None:
    questionnaire = form(
        item("a", "integer", initial=[{"valueString": "x"}, {"valueInteger": 4}]),
        item("b", "integer", initial=[{"valueString": "x"}, {}]),
    )
    assert list(initial_answers(questionnaire).values()) == [
        Answer.of(Value.integer(4))
    ]
