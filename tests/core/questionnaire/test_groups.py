"""Groups that are required, and how often a group must and may stand."""

import pytest

from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    Answers,
    ItemPath,
    Problem,
    ProblemCode,
    Questionnaire,
    evaluate,
)
from tests.core.questionnaire.forms import form, item, rule

AGAIN = ItemPath("who", ("001a",))
MANY = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs"
FEW = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs"


def times(least: int, most: int) -> list[dict[str, object]]:
    return [{"url": FEW, "valueInteger": least}, {"url": MANY, "valueInteger": most}]


def problems(
    questionnaire: Questionnaire, given: dict[ItemPath, Answer]
) -> dict[ItemPath, tuple[Problem, ...]]:
    return dict(evaluate(questionnaire, Answers(given)).problems)


def test_a_required_group_needs_an_answer_within() -> None:
    asked = form(item("g", "group", required=True, item=[item("a"), item("b")]))
    assert problems(asked, {}) == {ItemPath("g"): (Problem(ProblemCode.REQUIRED),)}
    assert problems(asked, {ItemPath("b"): Answer.unknown()}) == {}
    assert problems(asked, {ItemPath("b"): Answer()}) != {}


def test_a_required_group_in_which_nothing_is_asked_needs_nothing() -> None:
    skip = [rule("a", "=", answerBoolean=True)]
    within = [item("b")]
    group = item("g", "group", enableWhen=skip, required=True, item=within)
    asked = form(item("a"), group)
    assert problems(asked, {ItemPath("a"): Answer.of(NO)}) == {}
    assert list(problems(asked, {ItemPath("a"): Answer.of(YES)})) == [ItemPath("g")]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ((), ()),
        (("0",), (Problem(ProblemCode.TOO_FEW, "2"),)),
        (("0", "001a"), ()),
        (("0", "001a", "002a"), ()),
        (("0", "001a", "002a", "003a"), (Problem(ProblemCode.TOO_MANY, "3"),)),
    ],
)
def test_a_group_stands_as_often_as_the_form_says(
    keys: tuple[str, ...], found: tuple[Problem, ...]
) -> None:
    who = item("who", "group", repeats=True, item=[item("name", "string")])
    asked = form({**who, "extension": times(2, 3)})
    given = {ItemPath("name", (key,)): Answer.unknown() for key in keys}
    expected = {ItemPath("who", ("0",)): found} if found else {}
    assert problems(asked, given) == expected


def test_a_required_group_that_repeats_may_stand_anywhere() -> None:
    who = item("who", "group", repeats=True, required=True, item=[item("old")])
    asked = form(who)
    assert list(problems(asked, {})) == [ItemPath("who", ("0",))]
    assert problems(asked, {ItemPath("old", ("001a",)): Answer.of(YES)}) == {}


def test_each_place_of_an_inner_group_is_counted_by_itself() -> None:
    inner = item("pet", "group", repeats=True, item=[item("cat")])
    outer = item("who", "group", repeats=True)
    asked = form({**outer, "item": [{**inner, "extension": times(1, 1)}]})
    twice = {
        ItemPath("cat", ("0", "0")): Answer.of(YES),
        ItemPath("cat", ("001a", "0")): Answer.of(YES),
        ItemPath("cat", ("001a", "001b")): Answer.of(YES),
    }
    assert list(problems(asked, twice)) == [ItemPath("pet", ("001a", "0"))]
