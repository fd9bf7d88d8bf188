"""A packed document loses nothing, and what is none is refused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.document_json import document_to_json
from app.core.document_pack import (
    _document_of,
    changed_at,
    first_document,
    pack,
    unpack,
    unpack_own,
    written,
)
from app.core.merge import Document, Write, new_document
from app.core.operation import MAX_DEPTH
from app.core.projections import View, reader
from app.core.summary import summarise
from tests.core.strategies import SCALARS, TEXTS, documents
from tests.support.operations import WritingDevice


def raw_of(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def writes_of(document: Document) -> list[Write]:
    states = document.fields.values()
    return [write for state in states for write in state.heads.values()]


@given(documents())
def test_a_document_survives_its_packing(document: Document) -> None:
    raw = raw_of(pack(document))
    assert unpack(raw) == document
    assert document == unpack_own(raw)
    assert set(unpack(raw).fields) == set(document.fields)
    assert len(unpack(raw).fields) == len(document.fields)


@given(documents())
def test_the_older_form_is_read(document: Document) -> None:
    raw = raw_of(document_to_json(document))
    assert unpack(raw) == document
    assert unpack_own(raw) == document


@given(documents())
def test_packed_or_not_a_document_says_the_same(document: Document) -> None:
    packed = unpack(raw_of(pack(document)))
    assert set(written(packed)) == set(written(document))
    last = max((w.effective_ms for w in writes_of(document)), default=0)
    assert changed_at(packed) == changed_at(document) == last
    assert summarise([packed]) == summarise([document])


@given(documents(), documents())
def test_packed_documents_join_as_others_do(one: Document, other: Document) -> None:
    packed = unpack(raw_of(pack(one)))
    assert packed.join(other) == one.join(other)
    assert other.join(packed) == other.join(one)


@given(documents(), st.none() | st.integers(0, 9))
def test_a_first_operation_gives_what_folding_it_gives(
    document: Document, clamp: int | None
) -> None:
    device = WritingDevice("device-a", Authorship("nurse", "site"))
    key = RecordKey("Patient", "r", "p")
    fields = {name: len(name) for name in document.fields}
    for operation, _encoded in device.write((key, fields)):  # type: ignore[arg-type]
        folded = new_document(operation).apply(operation, clamp)
        assert first_document(operation, clamp) == folded
        replacing = replace(operation, replaces=dict.fromkeys(fields, ("o",)))
        folded = new_document(operation).apply(replacing, clamp)
        assert first_document(replacing, clamp) == folded


def packed_with(**members: Json) -> bytes:
    head: dict[str, Json] = {"type": "Patient", "record": "r", "patient": "p"}
    return raw_of({**head, "by": [], **members})


def by(*parts: object) -> bytes:
    return packed_with(by=[list(parts)])  # type: ignore[arg-type]


STAMP = [1, 0, "d"]
DEEP: object = "x"
for _ in range(MAX_DEPTH + 2):
    DEEP = [DEEP]


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.one_of(SCALARS, FLOATS, st.integers(-(2**70), 2**70)),
    lambda v: st.lists(v, max_size=2) | st.dictionaries(TEXTS, v, max_size=2),
    max_leaves=9,
)


@given(VALUES, st.sampled_from([STAMP, [1, 0.0, "d"], [1, True, "d"], [-1, 0, "d"]]))
def test_what_is_checked_while_it_is_parsed_is_what_a_walk_finds(
    value: object, stamp: list[object]
) -> None:
    raw = by("o", stamp, "nurse", "site", 7, {"a": 1, "name": value})
    try:
        walked = _document_of(json.loads(raw))
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - each says its own
            unpack(raw)
    else:
        assert unpack(raw) == walked


@given(documents())
def test_a_reader_gives_the_values_that_a_view_shows(document: Document) -> None:
    packed = unpack(raw_of(pack(document)))
    for name in (*document.fields, "made up"):
        assert reader(packed)(name) == View(document).value(name)


def test_what_an_operation_wrote_is_read() -> None:
    document = unpack(by("o", STAMP, "nurse", "site", None, {"name": {"a": [1]}}))
    assert document.writes("name")[0].value == {"a": [1]}
    with pytest.raises(KeyError):
        document.fields["made up"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b'{"by": "\\ud800"}',
        packed_with(type=1),
        packed_with(record=None),
        packed_with(by="x"),
        packed_with(by=["x"]),
        packed_with(replaced=[]),
        packed_with(replaced={"a": [1]}),
        packed_with(replaced={"a": "x"}),
        packed_with(newer={"o": "2"}),
        by("o", STAMP, "nurse", "site", None),
        by(1, STAMP, "nurse", "site", None, {}),
        by("o", [1, "0", "d"], "nurse", "site", None, {}),
        by("o", STAMP, "nurse", None, None, {}),
        by("o", STAMP, "nurse", "site", "clamp", {}),
        by("o", STAMP, "nurse", "site", None, []),
        by("o", STAMP, "nurse", "site", None, {"a": 0.5}),
        by("o", STAMP, "nurse", "site", None, {"a": {"b": [0.5]}}),
        by("o", STAMP, "nurse", "site", None, {"a": float("nan")}),
        by("o", STAMP, "nurse", "site", None, {"a": DEEP}),
        raw_of(
            {
                "type": "Patient",
                "record": "r",
                "patient": "p",
                "fields": {"a": [{"o": [0.5, STAMP, "n", "s", None]}, []]},
            }
        ),
    ],
)
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of JSON, too, each says its own
        unpack(raw)
