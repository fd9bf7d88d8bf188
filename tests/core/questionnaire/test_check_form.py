"""One line about any file, and never a traceback."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.questionnaire import check_form, is_refused
from tests.core.questionnaire.forms import (
    FHIR,
    LOOP,
    calculated,
    enabled_when,
    fixture_json,
    fixture_names,
    item,
    resource,
    variable,
)

VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"


def line(document: object, name: str = "q.json") -> str:
    return check_form(json.dumps(document).encode(), name)


@pytest.mark.parametrize("name", fixture_names())
def test_all_questionnaires_of_others_are_usable_but_the_loop(name: str) -> None:
    said = check_form((FHIR / name).read_bytes(), name)
    if name == LOOP:
        assert said == f"{LOOP}: refused: item1, enable-when-loop"
    assert is_refused(said) is (name == LOOP)


def test_notes_are_counted() -> None:
    assert line(resource(item("a"))) == "q.json: usable"
    assert line(resource(item("a", "choice"))) == "q.json: usable, 1 note"
    broken = fixture_json("lforms/brokenValueSet.json")
    assert line(broken) == "q.json: usable, 2 notes"


def test_expressions_that_cannot_be_read_are_counted() -> None:
    extensions = [calculated("1 +"), enabled_when("a ("), variable("x", ")")]
    document = resource(item("a", extension=extensions), extension=[variable("y", "+")])
    assert line(document) == "q.json: usable, 4 notes"
    assert (
        line(resource(item("a", extension=[calculated("1 + 1")]))) == "q.json: usable"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "refused: form, not-json"),
        (b"\xff\xfe\x00", "refused: form, not-json"),
        (b"[" * 100_000, "refused: form, not-json"),
        (b"9" * 5000, "refused: form, not-json"),
        (b'"text"', "refused: form, not-a-questionnaire"),
        (
            b'{"resourceType": "Patient"}',
            "refused: form, not-a-questionnaire (Patient)",
        ),
    ],
)
def test_what_is_no_questionnaire_is_refused_in_one_line(
    content: bytes, said: str
) -> None:
    assert check_form(content, "x") == f"x: {said}"


def test_names_cannot_break_the_line() -> None:
    wild = "a\nb\x1b[31m\u202e\ud800" + "x" * 200
    said = line(resource(item(wild), item(wild)), "file\n.json")
    assert said.isprintable()
    said.encode()
    assert said.startswith("file\N{REPLACEMENT CHARACTER}.json: refused: a")


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["item", "type", "linkId"]), inner)
        ),
    ).map(
        lambda found: json.dumps(
            {"resourceType": "Questionnaire", "item": found}
        ).encode()
    ),
    st.text(max_size=6),
)
def test_any_bytes_give_one_printable_line(content: bytes, name: str) -> None:
    said = check_form(content, name)
    assert said.isprintable()
    assert "usable" in said or is_refused(said)


@pytest.mark.parametrize("depth", [600, 900])
@pytest.mark.parametrize("member", ["initial", "answerOption", "extension"])
def test_a_value_that_is_nested_too_deep_is_refused_by_its_item(
    member: str, depth: int
) -> None:
    value: object = "deep"
    for _ in range(depth):
        value = {"extension": [{"valueString": "x"}], "value": value}
    url = "http://hl7.org/fhir/StructureDefinition/minValue"
    entry = {"url": url, "valueQuantity": value}
    said = line(resource(item("a", "quantity", **{member: [entry]})))
    assert said == "q.json: refused: a, too-deep"


def test_a_deep_value_that_belongs_to_no_item_is_refused() -> None:
    value: object = "deep"
    for _ in range(600):
        value = [value]
    expression = {"url": VARIABLE, "valueExpression": {"expression": "1", "x": value}}
    said = line(resource(item("a"), extension=[expression]))
    assert said == "q.json: refused: form, too-deep"
