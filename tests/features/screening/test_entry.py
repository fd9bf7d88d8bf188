"""Fields of a question, and the answers that they make."""

import pytest

from app.core.questionnaire import Answer, ItemPath, QuestionnaireItem, Value
from app.features.screening.answering import instance_key
from app.features.screening.entry import (
    answer_of,
    places,
    slots_of,
    with_slot,
    without_place,
)
from tests.core.questionnaire.forms import coding, form, item

ZONE = "Europe/Athens"
SEPTEMBER = (("0.day", "3"), ("0.month", "9"), ("0.year", "2026"))


def question(type_: str, **more: object) -> QuestionnaireItem:
    found = form(item("q", type_, **more)).item("q")
    assert found is not None
    return found


def typed(type_: str, text: str, **more: object) -> Answer:
    slots = (("0.text", text),)
    return answer_of(question(type_, **more), slots, Answer(), ZONE)


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("decimal", "36,60", Value.decimal("36.60")),
        ("decimal", "٣٦\u066b٦", Value.decimal("36.6")),
        ("integer", "۷۲", Value.integer(72)),
        ("decimal", "3x", Value("Decimal", "3x")),
        ("integer", "1.5", Value("Integer", "1.5")),
        ("string", " so ", Value.string("so")),
        ("url", "https://example.org", Value("Uri", "https://example.org")),
    ],
)
def test_what_is_typed_makes_a_value_and_nonsense_is_kept(
    type_: str, text: str, expected: Value
) -> None:
    assert typed(type_, text).values == (expected,)


def test_an_emptied_field_is_no_answer() -> None:
    assert typed("decimal", " ").is_empty


@pytest.mark.parametrize(
    ("type_", "slots", "data"),
    [
        ("date", SEPTEMBER, "2026-09-03"),
        ("date", SEPTEMBER[1:], "2026-09"),
        ("date", SEPTEMBER[2:], "2026"),
        ("date", SEPTEMBER[:1], "?-?-03"),
        ("time", (("0.hour", "9"),), "09:00:00"),
        (
            "dateTime",
            (*SEPTEMBER, ("0.hour", "14"), ("0.minute", "5")),
            "2026-09-03T14:05:00+03:00",
        ),
        ("dateTime", SEPTEMBER, "2026-09-03"),
    ],
)
def test_dates_are_as_exact_as_they_are_known(
    type_: str, slots: tuple[tuple[str, str], ...], data: str
) -> None:
    (value,) = answer_of(question(type_), slots, Answer(), ZONE).values
    assert value.data == data


@pytest.mark.parametrize("type_", ["date", "time", "dateTime"])
def test_a_date_comes_back_into_its_fields(type_: str) -> None:
    slots = (*SEPTEMBER, ("0.hour", "14"), ("0.minute", "05"))
    answer = answer_of(question(type_), slots, Answer(), ZONE)
    back = slots_of(question(type_), answer)
    assert answer_of(question(type_), back, Answer(), ZONE) == answer


def test_words_stand_instead_of_an_option_and_beside_several() -> None:
    options = [{"valueCoding": {"code": "a", "display": "A"}}]
    alone = question("open-choice", answerOption=options)
    many = question("open-choice", answerOption=options, repeats=True)
    before, slots = Answer.of(coding("a")), (("0.text", "other"),)
    other = Value.string("other")
    assert answer_of(alone, slots, before, ZONE).values == (other,)
    assert answer_of(many, slots, before, ZONE).values == (coding("a"), other)


def test_values_that_are_added_and_removed_leave_the_others() -> None:
    several = question("string", repeats=True)
    slots = with_slot(with_slot((), "0.text", "one"), "1.text", "two")
    assert places(slots) == ("0", "1")
    left = without_place(slots, "0")
    values = answer_of(several, left, Answer(), ZONE).values
    assert values == (Value.string("two"),)


def test_instances_stand_in_the_order_in_which_they_were_added() -> None:
    second = instance_key("0", "ff")
    third = instance_key(second, "00")
    assert sorted(["0", third, second]) == ["0", second, third]
    assert ItemPath.decode(f"{third}:medicine").instances == (third,)
