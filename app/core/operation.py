"""Operations: one immutable change by one practitioner on one device, and its bytes.

An operation is two byte strings. The header says who, when, what record, and holds
SHA-256(salt, content); the content holds the fields. Content and salt can be erased
and the header, and each chain over it, still stands.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

import msgspec

from app.core import canonical
from app.core.canonical import Json
from app.core.clock import HybridTimestamp

SCHEMA = 1
"""Version of the record types that this build writes."""


def is_understood(schema: int) -> bool:
    """Tell whether this build knows what an operation of a schema means.

    One that it does not know is stored and relayed, and not projected.
    """
    return schema <= SCHEMA


MAX_CHANGE_SIZE = 500
"""Operations in one change at most: a change is never split over two batches."""

MAX_DEPTH = 100
"""Levels of lists and objects in a content at most: whoever reads it may walk it."""


class OperationError(ValueError):
    """Bytes that are not an operation, or whose content does not match."""


@dataclass(frozen=True, slots=True)
class ChangePart:
    """Which part of a change this is; a change is accepted or set aside whole."""

    change_id: str
    index: int
    size: int


@dataclass(frozen=True, slots=True)
class Header:
    """Who wrote an operation, when and on which record; it outlives an erasure."""

    operation_id: str
    at: HybridTimestamp
    practitioner_id: str
    record_type: str
    record_id: str
    patient_id: str
    site_id: str
    change: ChangePart
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Operation:
    """A header and its content: values by field, and the ids each one replaces."""

    header: Header
    fields: Mapping[str, Json]
    replaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EncodedOperation:
    """An operation as its author encoded it; salt and content are None once erased."""

    header: bytes
    salt: bytes | None
    content: bytes | None

    @property
    def header_digest(self) -> bytes:
        """SHA-256 of the header: the same id with the same digest is a duplicate."""
        return hashlib.sha256(self.header).digest()


def content_digest(salt: bytes, content: bytes) -> bytes:
    """Return SHA-256(salt, content), as the header holds it in hex."""
    return hashlib.sha256(salt + content).digest()


def encode_operation(operation: Operation, salt: bytes) -> EncodedOperation:
    """Encode an operation once; the bytes are what is hashed, stored and relayed."""
    content = canonical.encode(
        {
            "fields": operation.fields,
            "replaces": {k: list(v) for k, v in operation.replaces.items() if v},
        }
    )
    head = operation.header
    header = canonical.encode(
        {
            "at": head.at.to_json(),
            "author": head.practitioner_id,
            "change": [head.change.change_id, head.change.index, head.change.size],
            "content": content_digest(salt, content).hex(),
            "id": head.operation_id,
            "patient": head.patient_id,
            "record": head.record_id,
            "schema": head.schema,
            "site": head.site_id,
            "type": head.record_type,
        }
    )
    return EncodedOperation(header, salt, content)


def decode_header(raw: bytes) -> tuple[Header, bytes]:
    """Return the header and the digest of its content; raise OperationError.

    Members that this version does not know are ignored here and stay in the bytes.
    """
    try:
        head = _read_head(raw)
        return _header_of(head)
    except (ValueError, RecursionError):  # With members of a newer version, or none.
        pass
    try:
        value = canonical.decode(raw)
    except ValueError as error:
        raise OperationError("the header is not JSON") from error
    try:
        return _header_from(value)
    except (KeyError, TypeError, ValueError) as error:
        raise OperationError("the header is malformed") from error


_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Head(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A header's members, their types checked while it is parsed."""

    at: tuple[_Count, _Count, str]
    author: str
    change: tuple[str, _Count, _Count]
    content: str
    id: Annotated[str, msgspec.Meta(min_length=1)]
    patient: str
    record: Annotated[str, msgspec.Meta(min_length=1)]
    schema: int
    site: str
    type: str


def _without_floats() -> Any:
    """Return a content's members likewise: no float gets in."""
    a_dict: Any = dict
    fields = a_dict[str, canonical.checked_type()]
    members = [("fields", fields), ("replaces", dict[str, tuple[str, ...]])]
    return msgspec.defstruct("_Content", members, forbid_unknown_fields=True, gc=False)


_read_head = msgspec.json.Decoder(_Head).decode
_read_content = msgspec.json.Decoder(_without_floats()).decode


def _header_of(head: _Head) -> tuple[Header, bytes]:
    """Return a header; raise ValueError where one of its numbers or digits is off."""
    change_id, index, size = head.change
    if not index < size <= MAX_CHANGE_SIZE:
        raise ValueError("no part of a change")
    header = Header(
        head.id,
        HybridTimestamp(*head.at),
        head.author,
        head.type,
        head.record,
        head.patient,
        head.site,
        ChangePart(change_id, index, size),
        head.schema,
    )
    return header, bytes.fromhex(head.content)


def _header_from(value: Any) -> tuple[Header, bytes]:
    """Read a header; raise KeyError, TypeError or ValueError where it is none."""
    texts = (
        value["id"],
        value["author"],
        value["type"],
        value["record"],
        value["patient"],
        value["site"],
        value["content"],
    )
    operation_id, author, record_type, record, patient, site, digest = texts
    change_id, index, size = value["change"]
    schema = value["schema"]
    # Exact types, not `match`: a page has hundreds of them. A bool is no number.
    if {type(each) for each in (*texts, change_id)} != {str} or not (
        {type(value), type(value["change"])} == {dict, list}
        and {type(index), type(size), type(schema)} == {int}
        and 0 <= index < size <= MAX_CHANGE_SIZE
        and operation_id
        and record
    ):
        raise ValueError("not a header")
    part = ChangePart(change_id, index, size)
    stamp = HybridTimestamp.from_json(value["at"])
    header = Header(
        operation_id, stamp, author, record_type, record, patient, site, part, schema
    )
    return header, bytes.fromhex(digest)


def decode_operation(encoded: EncodedOperation) -> Operation:
    """Return the operation, its content checked against its header.

    Raises OperationError if the bytes are malformed, erased or do not match.
    """
    return operation_of(encoded, *decode_header(encoded.header))


def operation_of(encoded: EncodedOperation, header: Header, digest: bytes) -> Operation:
    """Do the same where the header was decoded already."""
    if encoded.salt is None or encoded.content is None:
        raise OperationError("the content was erased")
    if content_digest(encoded.salt, encoded.content) != digest:
        raise OperationError("the content does not match its header")
    fields, replaces = _decode_content(encoded.content)
    return Operation(header, fields, replaces)


def _decode_content(
    raw: bytes,
) -> tuple[Mapping[str, Json], Mapping[str, tuple[str, ...]]]:
    try:
        content = _read_content(raw)
    except (ValueError, RecursionError):  # Nested deeper, or none: as for a header.
        pass
    else:
        return content.fields, content.replaces
    try:
        value = canonical.decode(raw)
    except ValueError as error:
        raise OperationError("the content is not JSON") from error
    match value:
        case {"fields": dict(fields), "replaces": dict(replaces)} if not (
            raw.count(b"{") + raw.count(b"[") > MAX_DEPTH
            and canonical.is_deeper(value, MAX_DEPTH)
        ):
            return fields, {k: _ids(v) for k, v in replaces.items()}
        case _:
            raise OperationError("the content is malformed")


def _ids(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(cast("list[str]", value))
    raise OperationError("the content is malformed")
