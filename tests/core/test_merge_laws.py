"""The laws of merge: no order, repetition or late arrival bends a state."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.merge import (
    Document,
    FieldPolicy,
    FieldState,
    Kind,
    Write,
    new_document,
    shown,
)
from app.core.operation import ChangePart, Header, Operation
from tests.core.strategies import IDS, documents, field_states, write_of

FIELD = "name"


def operation(
    operation_id: str,
    value: Json,
    replaces: tuple[str, ...] = (),
    wall_ms: int = 1000,
) -> Operation:
    """One operation on one field of one patient."""
    header = Header(
        operation_id=operation_id,
        at=HybridTimestamp(wall_ms, 0, f"device-{operation_id}"),
        practitioner_id="nurse",
        record_type="Patient",
        record_id="record",
        patient_id="patient",
        site_id="site",
        change=ChangePart(f"change-{operation_id}", 0, 1),
    )
    return Operation(header, {FIELD: value}, {FIELD: replaces})


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """Operations of which each replaces some that its author may have seen."""
    made: list[Operation] = []
    for number in range(draw(st.integers(1, 7))):
        before = [each.header.operation_id for each in made]
        seen = (
            tuple(draw(st.lists(st.sampled_from(before), unique=True)))
            if before
            else ()
        )
        wall_ms = draw(st.integers(0, 5))
        made.append(operation(f"operation-{number}", number, seen, wall_ms))
    return made


def folded(
    operations: list[Operation], clamps: dict[str, int] | None = None
) -> Document:
    """The document after operations in the order given."""
    document = new_document(operations[0])
    for each in operations:
        clamp = (clamps or {}).get(each.header.operation_id)
        document = document.apply(each, clamp)
    return document


# Join: a semilattice.


@given(field_states(), field_states())
def test_join_of_fields_is_commutative(a: FieldState, b: FieldState) -> None:
    assert a.join(b) == b.join(a)


@given(field_states(), field_states(), field_states())
def test_join_of_fields_is_associative(
    a: FieldState, b: FieldState, c: FieldState
) -> None:
    assert a.join(b).join(c) == a.join(b.join(c))


@given(field_states())
def test_join_of_fields_is_idempotent(a: FieldState) -> None:
    assert a.join(a) == a


@given(field_states(), field_states())
def test_a_join_contains_both_and_no_replaced_write_is_a_head(
    a: FieldState, b: FieldState
) -> None:
    both = a.join(b)
    assert both.replaced == a.replaced | b.replaced
    assert set(both.heads) == (set(a.heads) | set(b.heads)) - both.replaced


@given(documents(), documents(), documents())
def test_join_of_documents_is_a_semilattice(
    a: Document, b: Document, c: Document
) -> None:
    assert a.join(b) == b.join(a)
    assert a.join(b).join(c) == a.join(b.join(c))
    assert a.join(a) == a


# Apply: any order, any number of times.


@given(histories(), st.data())
def test_any_order_and_any_repetition_give_the_same_document(
    history: list[Operation], data: st.DataObject
) -> None:
    expected = folded(history)
    again = history + data.draw(st.lists(st.sampled_from(history), max_size=4))
    assert folded(data.draw(st.permutations(again))) == expected


@given(histories(), st.data())
def test_documents_of_parts_join_to_the_document_of_all(
    history: list[Operation], data: st.DataObject
) -> None:
    parts = data.draw(
        st.lists(st.lists(st.sampled_from(history), min_size=1), min_size=1, max_size=3)
    )
    joined = reduce(Document.join, [folded(part) for part in [*parts, history]])
    assert joined == folded(history)


@given(histories(), st.data())
def test_what_was_replaced_never_returns(
    history: list[Operation], data: st.DataObject
) -> None:
    document = folded(data.draw(st.permutations(history)))
    replaced = {old for each in history for old in each.replaces.get(FIELD, ())}
    assert document.fields[FIELD].replaced == replaced
    for late in data.draw(st.permutations(history)):
        document = document.apply(late)
        assert not set(document.heads(FIELD)) & replaced


@given(histories())
def test_a_field_that_was_written_is_never_empty(history: list[Operation]) -> None:
    assert folded(history).heads(FIELD)


@given(histories())
def test_a_decision_that_saw_all_heads_leaves_exactly_its_own(
    history: list[Operation],
) -> None:
    document = folded(history)
    decision = operation("decision", "decided", document.heads(FIELD))
    decided = document.apply(decision)
    assert decided.heads(FIELD) == ("decision",)
    assert decided.join(document) == decided


# Clamps.


@given(IDS, st.data())
def test_the_smallest_clamp_counts(operation_id: str, data: st.DataObject) -> None:
    copies = [data.draw(write_of(operation_id)) for _ in range(3)]
    joined = reduce(Write.join, copies)
    clamps = [copy.clamp_ms for copy in copies if copy.clamp_ms is not None]
    assert joined.clamp_ms == min(clamps, default=None)
    assert joined.effective_ms == min(copy.effective_ms for copy in copies)


@given(histories(), st.data())
def test_a_clamp_may_come_with_any_copy_of_an_operation(
    history: list[Operation], data: st.DataObject
) -> None:
    ids = [each.header.operation_id for each in history]
    clamps = data.draw(st.dictionaries(st.sampled_from(ids), st.integers(0, 5)))
    expected = folded(history, clamps)
    assert folded(history).join(expected) == expected
    assert folded(history + history, clamps) == expected


def test_a_stamp_from_the_far_future_is_shown_where_its_clamp_puts_it() -> None:
    far = operation("far", "from a broken clock", wall_ms=9_000_000_000_000)
    later = operation("later", "written after it", wall_ms=3000)
    document = folded([far, later], {"far": 2000})
    result = document.shown(FIELD, FieldPolicy())
    assert result is not None
    assert result.value == "written after it"
    assert [write.value for write in result.others] == ["from a broken clock"]


# Shown: a function of the set.

POLICIES = st.sampled_from(
    [
        FieldPolicy(),
        FieldPolicy(Kind.LATEST),
        FieldPolicy(Kind.APPEND),
        FieldPolicy(positive=lambda value: value in (1, 4)),
        FieldPolicy(prevails=lambda a, b: a is not None and b is None),
    ]
)


@given(histories(), POLICIES, st.data())
def test_what_is_shown_is_a_function_of_the_set(
    history: list[Operation], policy: FieldPolicy, data: st.DataObject
) -> None:
    turned = folded(data.draw(st.permutations(history)))
    assert turned.shown(FIELD, policy) == folded(history).shown(FIELD, policy)


@given(histories(), st.integers(0, 6))
def test_a_positive_safety_value_is_shown_while_a_conflict_is_open(
    history: list[Operation], positive: int
) -> None:
    policy = FieldPolicy(positive=lambda value: value == positive)
    document = folded(history)
    values = [write.value for write in document.writes(FIELD)]
    result = document.shown(FIELD, policy)
    assert result is not None
    if positive in values:
        assert result.value == positive
        assert result.in_conflict is (len(values) > 1)


@given(histories())
def test_every_head_of_a_register_is_shown_or_kept_beside(
    history: list[Operation],
) -> None:
    document = folded(history)
    result = document.shown(FIELD, FieldPolicy())
    assert result is not None
    seen = {write.operation_id for write in (result.write, *result.others)}
    assert seen == set(document.heads(FIELD))


@given(histories())
def test_a_latest_field_shows_the_newest_and_never_conflicts(
    history: list[Operation],
) -> None:
    document = folded(history)
    result = document.shown(FIELD, FieldPolicy(Kind.LATEST))
    assert result is not None
    assert not result.in_conflict
    assert result.write == document.writes(FIELD)[-1]


def test_the_same_value_written_twice_is_no_conflict() -> None:
    document = folded([operation("a", {"x": [1]}), operation("b", {"x": [1]})])
    result = document.shown(FIELD, FieldPolicy())
    assert result is not None
    assert not result.in_conflict


def test_yes_and_one_are_different_values() -> None:
    yes: Json = True
    document = folded([operation("a", 1), operation("b", yes)])
    result = document.shown(FIELD, FieldPolicy())
    assert result is not None
    assert result.in_conflict


def test_nothing_is_shown_of_a_field_nobody_wrote() -> None:
    assert shown((), FieldPolicy()) is None
    document = folded([operation("a", 1)])
    assert document.shown("sex", FieldPolicy()) is None
    assert document.heads("sex") == ()


def test_a_field_of_a_newer_version_is_folded_and_kept() -> None:
    header = operation("a", 1).header
    newer = Operation(header, {"field_of_2031": {"deep": ["kept"]}})
    document = new_document(newer).apply(newer)
    assert document.writes("field_of_2031")[0].value == {"deep": ["kept"]}
