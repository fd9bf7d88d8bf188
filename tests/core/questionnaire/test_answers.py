"""Paths, answers and their stored form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.questionnaire import (
    NO,
    YES,
    Answer,
    AnswerError,
    Answers,
    Coding,
    ItemPath,
    PathError,
    Quantity,
    Value,
)
from app.core.questionnaire.values import JsonObject, as_decimal, freeze, thaw

keys = st.from_regex(r"[0-9a-z]{1,6}", fullmatch=True)
paths = st.builds(ItemPath, st.text(min_size=1), st.lists(keys, max_size=3).map(tuple))
stored_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
stored_values = st.dictionaries(st.text(max_size=6), stored_json, max_size=2).flatmap(
    lambda more: st.sampled_from(
        [
            {**more},
            {**more, "valueBoolean": True},
            {**more, "valueDecimal": "36.60"},
            {**more, "valueCoding": {"code": "a", "x": [1]}},
            {**more, "valueFuture": {"a": 1}},
        ]
    )
)
stored_answers = st.fixed_dictionaries(
    {},
    optional={
        "values": st.lists(stored_values, min_size=1, max_size=3),
        "absent": st.sampled_from(["asked-unknown", "asked-declined", "later"]),
        "note": stored_json,
    },
)


@given(paths)
def test_a_path_survives_its_field_key(path: ItemPath) -> None:
    assert ItemPath.decode(path.encode()) == path


def test_a_field_key_reads_as_instances_then_link_id() -> None:
    assert ItemPath("dose:1", ("0", "k3")).encode() == "0.k3:dose:1"
    assert ItemPath("cough").encode() == ":cough"


@pytest.mark.parametrize("key", ["", "cough", "0.:x", "A:x", ":", "0 :x", ".0:x"])
def test_what_is_no_field_key_is_an_error(key: str) -> None:
    with pytest.raises(PathError):
        ItemPath.decode(key)


@given(stored_answers)
def test_stored_answers_survive_whole(stored: dict[str, object]) -> None:
    assert Answer.from_json(stored).to_json() == stored


@given(st.lists(st.sampled_from([YES, NO, Value.integer(3), Value.string("x")])))
def test_answers_survive_storage(values: list[Value]) -> None:
    given = Answers(
        {ItemPath("a", ("0",)): Answer(tuple(values)), ItemPath("b"): Answer.declined()}
    )
    assert Answers.from_json(given.to_json()) == given


@pytest.mark.parametrize(
    "stored",
    [None, 7, [], {"values": 7}, {"values": [7]}, {"absent": 7}, {"values": {}}],
)
def test_what_is_no_answer_is_an_error(stored: object) -> None:
    with pytest.raises(AnswerError):
        Answer.from_json(stored)


def test_null_is_no_answer() -> None:
    assert Answers.from_json({":a": None, ":b": {}}) == Answers(
        {ItemPath("b"): Answer()}
    )


def test_answers_are_a_value() -> None:
    one = Answers({ItemPath("a"): Answer.of(YES)})
    assert one == one.set(ItemPath("b"), Answer()).without(ItemPath("b"))
    assert hash(one) == hash(Answers(dict(one)))
    assert one != Answers()
    assert one != 7
    assert repr(one) == "Answers(1 paths)"
    assert not one.without(ItemPath("a"))
    assert Answer.unknown().absent == "asked-unknown"
    assert not Answer.declined().is_empty


def test_digits_are_kept_as_they_were_typed() -> None:
    assert Value.decimal("36.60").data == "36.60"
    typed = Value.quantity(Quantity(as_decimal("36.60") or 0, "°C", "Cel"))  # type: ignore[arg-type]
    assert typed.as_quantity is not None
    assert str(typed.as_quantity.value) == "36.60"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (Value.decimal("5.60"), Value.decimal("5.6"), True),
        (Value.integer(5), Value.decimal("5"), True),
        (Value.integer(1), YES, False),
        (Value.string("B"), Value.coding(Coding("s", "B")), True),
        (Value.coding(Coding(display="Yes")), Value.string("Yes"), True),
        (Value.coding(Coding("s", "B")), Value.coding(Coding(None, "B", "b")), True),
        (Value.coding(Coding("s", "B")), Value.coding(Coding("t", "B")), False),
        (Value.coding(Coding(display="a")), Value.coding(Coding(display="a")), True),
        (Value.coding(Coding(display="a")), Value.coding(Coding("s", "a")), False),
        (Value.coding(Coding("s", "1")), Value.integer(1), False),
        (
            Value.quantity(Quantity(as_decimal(5) or 0, "kg", "kg")),  # type: ignore[arg-type]
            Value.quantity(Quantity(as_decimal(5) or 0, "g", "g")),  # type: ignore[arg-type]
            False,
        ),
        (Value("Quantity", JsonObject({})), Value("Quantity", JsonObject({})), True),
    ],
)
def test_values_match_by_meaning(left: Value, right: Value, same: bool) -> None:  # noqa: FBT001
    assert left.matches(right) is same
    assert right.matches(left) is same


def test_json_is_frozen_and_thawed() -> None:
    plain = {"a": [1, {"b": None}], "c": "x"}
    frozen = freeze({**plain, "d": 1.50})
    assert thaw(frozen) == {**plain, "d": "1.5"}
    assert hash(frozen) == hash(freeze({**plain, "d": 1.50}))
    assert frozen != plain
    assert "b" in repr(frozen)
    assert isinstance(frozen, JsonObject)
    assert len(frozen) == 3
    with pytest.raises(TypeError):
        freeze(object())


@pytest.mark.parametrize("text", ["x", "NaN", "Infinity", "1e99", True, None, []])
def test_what_is_no_usual_number_is_none(text: object) -> None:
    assert as_decimal(text) is None
