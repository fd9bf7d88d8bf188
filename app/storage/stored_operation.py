"""An operation as the vault keeps it: its bytes, and what became of it here."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import msgspec

from app.core.merge import Document, new_document
from app.core.operation import (
    EncodedOperation,
    Header,
    Operation,
    OperationError,
    decode_header,
    decode_operation,
)
from app.core.wire import OperationEnvelope


class State(IntEnum):
    """Where an operation stands with the server."""

    PENDING = 0
    ACKNOWLEDGED = 1
    SET_ASIDE = 2


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """An operation, the device whose chain brought it, and what the server added.

    `number` and `link` (the chain's digest after it) are set for own operations.
    """

    header: Header
    encoded: EncodedOperation
    device_id: str
    state: State
    number: int | None = None
    link: bytes | None = None
    clamp_ms: int | None = None

    def decoded(self) -> Operation | None:
        """Return the operation, or None once its content was erased."""
        if self.encoded.content is None:
            return None
        return decode_operation(self.encoded)


def encoded_of(envelope: OperationEnvelope) -> EncodedOperation:
    """Return an operation's bytes; raise OperationError where text is not UTF-8."""
    content = envelope.content
    try:
        return EncodedOperation(
            envelope.header.encode(),
            envelope.salt,
            None if content is None else content.encode(),
        )
    except UnicodeEncodeError as error:
        raise OperationError("not UTF-8") from error


def to_bytes(stored: StoredOperation) -> bytes:
    """Return what is sealed of an operation; number and state stand in its row."""
    encoded, link = stored.encoded, stored.link
    salt, content = encoded.salt, encoded.content
    return msgspec.json.encode(
        [
            encoded.header.decode(),
            None if salt is None else salt.hex(),
            None if content is None else content.decode(),
            stored.device_id,
            None if link is None else link.hex(),
            stored.clamp_ms,
        ]
    )


class KeptOperation(NamedTuple):
    """What to_bytes wrote of an operation, its salt and link in hexadecimal."""

    header: str
    salt: str | None
    content: str | None
    device_id: str
    link: str | None
    clamp_ms: int | None


_read_kept = msgspec.json.Decoder(KeptOperation).decode


def read_kept(raw: bytes) -> KeptOperation:
    """Read what to_bytes wrote; what stands in its header is not looked at."""
    return _read_kept(raw)


def has_no_clamp(raw: bytes) -> bool:
    """Tell whether what to_bytes wrote ends without one, and is not read for it."""
    return raw.endswith(b",null]")


def from_bytes(raw: bytes, number: int | None, state: int) -> StoredOperation:
    """Read what to_bytes wrote."""
    header, salt, content, device_id, link, clamp_ms = read_kept(raw)
    encoded = EncodedOperation(
        header.encode(),
        None if salt is None else bytes.fromhex(salt),
        None if content is None else content.encode(),
    )
    return StoredOperation(
        header=decode_header(encoded.header)[0],
        encoded=encoded,
        device_id=device_id,
        state=State(state),
        number=number,
        link=None if link is None else bytes.fromhex(link),
        clamp_ms=clamp_ms,
    )


def folded(
    document: Document | None, operations: Iterable[StoredOperation]
) -> Document | None:
    """Return a document with operations of its record; those erased say nothing."""
    for stored in operations:
        operation = stored.decoded()
        if operation is not None:
            document = document or new_document(operation)
            document = document.apply(operation, stored.clamp_ms)
    return document
