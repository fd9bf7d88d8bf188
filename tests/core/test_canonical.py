"""Canonical bytes: one value, one text; no float ever."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import CHECKED_LEVELS, Json, decode, encode, is_deeper
from tests.core.strategies import JSON, TEXTS


@given(JSON)
def test_what_was_encoded_is_decoded_to_the_same(value: Json) -> None:
    assert decode(encode(value)) == value


@given(JSON)
def test_encoding_what_was_decoded_gives_the_same_bytes(value: Json) -> None:
    raw = encode(value)
    assert encode(decode(raw)) == raw


@given(st.dictionaries(TEXTS, JSON, min_size=2, max_size=4))
def test_the_order_of_members_does_not_matter(value: dict[str, Json]) -> None:
    turned = dict(reversed(value.items()))
    assert encode(turned) == encode(value)


@given(JSON | TEXTS | st.integers())
def test_the_bytes_are_those_that_the_standard_library_gives(value: Json) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert encode(value) == text.encode()


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, {"a": [b"bytes"]}, object()])
def test_what_is_no_json_is_refused(value: Json) -> None:
    with pytest.raises(TypeError):
        encode(value)


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ("سلمى", '"سلمى"'.encode()),
        ('a\nb"\\', b'"a\\nb\\"\\\\"'),
        ({"ሰላም": {}, "a": []}, '{"a":[],"ሰላም":{}}'.encode()),
    ],
)
def test_the_bytes_are_those_of_the_vectors(value: Json, raw: bytes) -> None:
    assert encode(value) == raw


@pytest.mark.parametrize("nested", [37.5, [37.5], {"t": 37.5}, {"a": [{"b": 1.0}]}])
def test_a_float_is_refused_wherever_it_stands(nested: object) -> None:
    with pytest.raises(TypeError):
        encode(nested)  # type: ignore[arg-type]  # a float is what the test is about


@pytest.mark.parametrize("raw", [b"37.5", b"1e3", b"NaN", b"[Infinity]", b"-Infinity"])
def test_a_float_in_bytes_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="never as a float"):
        decode(raw)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"<html>", b'{"a":1}}'])
def test_bytes_that_are_not_json_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON and UTF-8 word it differently
        decode(raw)


def test_a_lone_surrogate_is_refused_because_utf8_cannot_hold_it() -> None:
    lone = json.loads('"\\ud800"')
    with pytest.raises(ValueError, match="surrogates"):
        encode(lone)


def test_an_escape_brings_no_lone_surrogate_in() -> None:
    assert decode(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"
    with pytest.raises(ValueError, match="surrogates"):
        decode(b'{"name":"\\ud800"}')


@pytest.mark.parametrize(
    ("value", "levels"),
    [(7, 0), ([], 1), ([[], 1], 2), ({"a": {"b": [1]}}, 3)],
)
def test_levels_are_those_of_lists_and_objects(value: Json, levels: int) -> None:
    assert not is_deeper(value, levels)
    assert levels == 0 or is_deeper(value, levels - 1)


def test_nesting_without_end_is_refused_and_does_not_crash() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        decode(b"[" * 200_000)


@pytest.mark.parametrize("levels", [CHECKED_LEVELS, CHECKED_LEVELS + 1, 60])
def test_what_lies_deep_is_read_and_a_float_in_it_refused(levels: int) -> None:
    inner, outer = b'{"a":[' * levels, b"]}" * levels
    assert encode(decode(inner + b"7" + outer)) == inner + b"7" + outer
    with pytest.raises(ValueError, match="never as a float"):
        decode(inner + b"7.0" + outer)
