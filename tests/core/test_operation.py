"""Operations: encoded once, checked wherever they are read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import canonical
from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.operation import (
    MAX_CHANGE_SIZE,
    ChangePart,
    EncodedOperation,
    Header,
    Operation,
    OperationError,
    content_digest,
    decode_header,
    decode_operation,
    encode_operation,
)
from tests.core.strategies import JSON, STAMPS, TEXTS

SALT = bytes(range(16))
HEADER = Header(
    operation_id="operation",
    at=HybridTimestamp(1000, 1, "device"),
    practitioner_id="nurse",
    record_type="Patient",
    record_id="record",
    patient_id="patient",
    site_id="site",
    change=ChangePart("change", 0, 1),
)
OPERATION = Operation(HEADER, {"name": {"text": "سلمى"}}, {"name": ("earlier",)})
NAMES = TEXTS.filter(bool)
REPLACES = st.dictionaries(
    NAMES, st.lists(NAMES, min_size=1, max_size=3).map(tuple), max_size=3
)


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """Any operation."""
    size = draw(st.integers(1, MAX_CHANGE_SIZE))
    header = Header(
        operation_id=draw(NAMES),
        at=draw(STAMPS),
        practitioner_id=draw(TEXTS),
        record_type=draw(TEXTS),
        record_id=draw(NAMES),
        patient_id=draw(TEXTS),
        site_id=draw(TEXTS),
        change=ChangePart(draw(NAMES), draw(st.integers(0, size - 1)), size),
        schema=draw(st.integers(1, 9)),
    )
    fields = draw(st.dictionaries(NAMES, JSON, max_size=3))
    return Operation(header, fields, draw(REPLACES))


@given(operations(), st.binary(min_size=16, max_size=16))
def test_an_operation_survives_its_bytes(operation: Operation, salt: bytes) -> None:
    encoded = encode_operation(operation, salt)
    assert decode_operation(encoded) == operation
    header, digest = decode_header(encoded.header)
    assert header == operation.header
    assert encoded.content is not None
    assert digest == content_digest(salt, encoded.content)


@given(operations(), st.binary(min_size=16, max_size=16))
def test_the_same_operation_is_encoded_to_the_same_bytes(
    operation: Operation, salt: bytes
) -> None:
    turned = Operation(
        operation.header,
        dict(reversed(list(operation.fields.items()))),
        dict(reversed(list(operation.replaces.items()))),
    )
    assert encode_operation(turned, salt) == encode_operation(operation, salt)


def test_the_salt_hides_equal_contents_from_each_other() -> None:
    one = encode_operation(OPERATION, SALT)
    other = encode_operation(OPERATION, bytes(16))
    assert one.content == other.content
    assert one.header_digest != other.header_digest


def test_a_field_that_replaces_nothing_is_not_named() -> None:
    bare = encode_operation(replace(OPERATION, replaces={"name": ()}), SALT)
    assert decode_operation(bare).replaces == {}


def test_an_erased_operation_keeps_its_header_and_digest() -> None:
    encoded = encode_operation(OPERATION, SALT)
    erased = EncodedOperation(encoded.header, None, None)
    assert erased.header_digest == encoded.header_digest
    assert decode_header(erased.header)[0] == HEADER
    with pytest.raises(OperationError, match="erased"):
        decode_operation(erased)


@given(st.data())
def test_a_single_changed_byte_of_the_content_is_seen(data: st.DataObject) -> None:
    encoded = encode_operation(OPERATION, SALT)
    content = bytearray(encoded.content or b"")
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(OperationError, match="does not match"):
        decode_operation(replace(encoded, content=bytes(content)))


def test_another_salt_is_seen() -> None:
    encoded = encode_operation(OPERATION, SALT)
    with pytest.raises(OperationError, match="does not match"):
        decode_operation(replace(encoded, salt=bytes(16)))


def test_members_of_a_newer_version_stay_in_the_bytes() -> None:
    members = _header_members()
    raw = canonical.encode({**members, "of_2031": {"new": True}})
    assert decode_header(raw)[0] == HEADER


def _header_members() -> dict[str, Json]:
    members = canonical.decode(encode_operation(OPERATION, SALT).header)
    assert isinstance(members, dict)
    return members


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": 7},
        {"record": ""},
        {"at": [1000, 1]},
        {"at": [-1, 1, "device"]},
        {"content": "no hex"},
        {"change": ["change", 1, 1]},
        {"change": ["change", -1, 1]},
        {"change": ["change", 0, MAX_CHANGE_SIZE + 1]},
        {"change": ["change", 0]},
        {"schema": "1"},
        {"author": None},
    ],
)
def test_a_header_that_is_not_one_is_refused(change: dict[str, Json]) -> None:
    raw = canonical.encode({**_header_members(), **change})
    with pytest.raises(OperationError, match="header"):
        decode_header(raw)


@pytest.mark.parametrize("member", sorted(_header_members()))
def test_a_header_without_one_of_its_members_is_refused(member: str) -> None:
    members = _header_members()
    del members[member]
    with pytest.raises(OperationError, match="header"):
        decode_header(canonical.encode(members))


@pytest.mark.parametrize("raw", [b"", b"<html>", b"\xff\xfe", b"[]", b"7", b"1.5"])
def test_bytes_that_are_no_header_are_refused(raw: bytes) -> None:
    with pytest.raises(OperationError, match="header"):
        decode_header(raw)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"fields":{}}',
        b'{"fields":[],"replaces":{}}',
        b'{"fields":{"a":1.5},"replaces":{}}',
        b'{"fields":{},"replaces":{"a":"operation"}}',
        b'{"fields":{},"replaces":{"a":[1]}}',
        b'{"fields":{"a":"\\ud800"},"replaces":{}}',
        b'{"fields":{"a":%s},"replaces":{}}' % (b"[" * 100 + b"]" * 100),
    ],
)
def test_a_content_that_is_not_one_is_refused_though_its_digest_fits(
    content: bytes,
) -> None:
    members = {**_header_members(), "content": content_digest(SALT, content).hex()}
    encoded = EncodedOperation(canonical.encode(members), SALT, content)
    with pytest.raises(OperationError, match="content"):
        decode_operation(encoded)


def test_decimals_are_texts_and_a_float_is_refused_when_written() -> None:
    with pytest.raises(TypeError):
        encode_operation(replace(OPERATION, fields={"t": 37.5}), SALT)  # type: ignore[dict-item]  # the float is the test
