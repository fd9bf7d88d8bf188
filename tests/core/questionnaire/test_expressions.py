"""FHIRPath: what is looked up without the library decides as the library does."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.questionnaire import NO, YES, Answer, Answers, Coding, Value, fhirpath
from app.core.questionnaire.evaluation import evaluate
from app.core.questionnaire.expressions import needs_of
from app.core.questionnaire.fhirpath import ExpressionError
from app.core.questionnaire.response_items import build_items
from app.core.questionnaire.shortcuts import applies, shortcut
from tests.core.questionnaire.forms import ROOT, at, form, item

FORM = form(
    item("a"),
    item("s", "string"),
    item("c", "open-choice", answerOption=[{"valueCoding": {"code": "x"}}]),
    item("g", "group", item=[item("b"), item("n", "integer")]),
    item("q", item=[item("w")]),
    item("m", "string", repeats=True),
    item("r", "group", repeats=True, item=[item("y")]),
)
leaves = st.builds(
    "%resource.{}.where(linkId = '{}').answer{}{}".format,
    st.sampled_from(["item", "repeat(item)"]),
    st.sampled_from("ascbnqwmyz"),
    st.sampled_from(["", ".first()"]),
    st.sampled_from(
        [
            ".exists()", ".empty()", ".value.exists()", ".value.empty()",
            ".value = true", ".value=false", ".value = 'x'", ".value.code = 'x'",
            ".value.code = 'y'", " = true", ".code = 'x'", ".value.code = true",
            ".value.code.exists()",
        ]
    ),
)  # fmt: skip
expressions = st.one_of(
    leaves,
    st.lists(leaves, min_size=2, max_size=3).map(" and ".join),
    st.lists(leaves, min_size=2, max_size=3).map(" or ".join),
    st.tuples(leaves, leaves, leaves).map(
        lambda found: "{} and {} or {}".format(*found)
    ),
)
given_values = {
    "a": [YES, NO],
    "b": [YES, NO],
    "q": [YES],
    "w": [YES, NO],
    "s": [Value.string("x"), Value.string("z")],
    "c": [Value.coding(Coding(None, "x")), Value.coding(Coding("t", "y"))],
    "n": [Value.integer(7)],
    "m": [Value.string("x")],
}
states = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(values) for name, values in given_values.items()},
)


@settings(max_examples=80, deadline=None)
@given(expressions, states)
def test_a_shortcut_decides_as_the_library_does(
    text: str, values: dict[str, Value]
) -> None:
    found = shortcut(text)
    if found is None or not applies(found, FORM):
        return
    answers = Answers({at(name): Answer.of(value) for name, value in values.items()})
    state = evaluate(FORM, answers)
    items, _ = build_items(state.entries, state.counted, Decimal)
    resource = {"resourceType": "QuestionnaireResponse", "item": items}
    results = fhirpath.evaluate(text, resource, {"resource": resource}, "2026-01-01")

    def lookup(link_id: str) -> tuple[Value, ...]:
        return state.counted.get(at(link_id), Answer()).values

    assert found.holds(lookup) is (bool(results) and results[0] is not False)


@pytest.mark.parametrize(
    ("text", "is_short"),
    [
        ("%resource.item.where(linkId='a').answer.value = true", True),
        ("%resource.repeat(item).where(linkId='b').answer.first().empty()", True),
        ("%resource.repeat(item).where(linkId='z').answer.exists()", True),
        ("%resource.item.where(linkId='b').answer.exists()", False),
        ("%resource.repeat(item).where(linkId='w').answer.exists()", False),
        ("%resource.repeat(item).where(linkId='y').answer.exists()", False),
        ("%resource.repeat(item).where(linkId='m').answer.exists()", True),
        ("%resource.repeat(item).where(linkId='m').answer.value = 'x'", False),
        ("%resource.item.where(linkId='a').answer.value", False),
    ],
)
def test_only_what_stands_once_is_looked_up(text: str, is_short: bool) -> None:  # noqa: FBT001
    found = shortcut(text)
    assert (found is not None and applies(found, FORM)) is is_short


@pytest.mark.parametrize(
    ("text", "link_ids", "names"),
    [
        ("%resource.item.where(linkId='a').answer.value", {"a"}, ["resource"]),
        ("today() > %x", set(), ["x"]),
        ("%resource.item[0].answer", None, ["resource"]),
        ("answer.first() > 1", None, []),
        ("item.where(linkId='a').answer.value & ' %y today()'", {"a"}, []),
        ("%resource.descendants().where(linkId='a')", {"a"}, ["resource"]),
        ("%questionnaire.item.where(linkId = 'a')", {"a"}, ["questionnaire"]),
    ],
)
def test_what_an_expression_needs_is_read_off_it(
    text: str, link_ids: set[str] | None, names: list[str]
) -> None:
    needs = needs_of(text)
    assert needs.link_ids == (None if link_ids is None else frozenset(link_ids))
    assert needs.clock is text.startswith("today")
    assert list(needs.names) == names


def test_quantities_of_one_unit_are_compared() -> None:
    def compare(text: str, unit: str) -> list[object]:
        value = {"value": Decimal(61), "unit": unit, "code": unit}
        answer = {"linkId": "q", "answer": [{"valueQuantity": value}]}
        resource = {"resourceType": "QuestionnaireResponse", "item": [answer]}
        return fhirpath.evaluate(text, resource, {"resource": resource}, "2026-01-01")

    text = "%resource.item.where(linkId='q').answer.value > 60 '{b}/min'"
    assert compare(text, "{b}/min") == [True]
    assert compare(text.replace(">", "<="), "{b}/min") == [False]
    assert compare(text, "/h") == []


def test_results_are_plain() -> None:
    found = fhirpath.evaluate(
        "%a", {}, {"a": [1.5, {"b": [True]}, None, "x"]}, "2026-01-01"
    )
    assert found == [Decimal("1.5"), {"b": [True]}, "x"]
    assert fhirpath.evaluate("@2020-01-01", {}, {}, "2026-01-01") == ["2020-01-01"]


@pytest.mark.parametrize("text", ["(" * 5000, "1 +", "1 1", "a)", "", "'open"])
def test_what_cannot_be_read_is_one_error(text: str) -> None:
    with pytest.raises(ExpressionError):
        fhirpath.check(text)


def test_the_library_is_imported_only_when_an_expression_needs_it() -> None:
    program = (
        "import sys, json; from app.core.questionnaire import load, evaluate, Answers;"
        "f = load(json.load(open('assets/questionnaires/vital-signs.json')));"
        "evaluate(f.questionnaire, Answers());"
        "sys.exit('fhirpathpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == 0
