"""A parcel: batches for the server, sealed, with a head that anybody may read.

A file: MAGIC, the head's length (4 bytes, big-endian), the head (JSON), the sealed
body. The head is authenticated with the body, and says nothing of anybody: which
device, how many, since when.
"""

from dataclasses import dataclass

from pydantic import Field, ValidationError

from app.core.wire import PushRequest
from app.core.wire_base import Id, WireModel

MAGIC = b"tessera-parcel/1\n"
MAX_HEAD_BYTES = 4096
_LENGTH_BYTES = 4


class ParcelError(ValueError):
    """Bytes that are no parcel, or one that was damaged or changed."""


class ParcelHead(WireModel):
    """What may be read without a key; times are UTC milliseconds.

    `records` and `oldest_at` are those of people; where nothing but audit events waits
    there are none, and the oldest is an event's.
    """

    device_id: Id
    operations: int = Field(ge=1)
    records: int = Field(ge=0)
    oldest_at: int
    written_at: int


class ParcelBody(WireModel):
    """What is sealed: batches in the order of the device's chain, each signed."""

    batches: tuple[PushRequest, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel's parts, its body still sealed."""

    head: ParcelHead
    purpose: bytes
    """What the body was sealed for: so that no head stands before another's body."""
    sealed: bytes


def framed_head(head: ParcelHead) -> bytes:
    """Return what stands before a body, and is what the body is sealed for."""
    raw = head.model_dump_json().encode()
    return MAGIC + len(raw).to_bytes(_LENGTH_BYTES) + raw


def read_parcel(raw: bytes) -> Parcel:
    """Read a parcel as far as no key is needed; raise ParcelError."""
    start = len(MAGIC) + _LENGTH_BYTES
    size = int.from_bytes(raw[len(MAGIC) : start])
    end = start + size
    if raw[: len(MAGIC)] != MAGIC or size > MAX_HEAD_BYTES or end > len(raw):
        raise ParcelError("no parcel")
    try:
        head = ParcelHead.model_validate_json(raw[start:end])
    except ValidationError:
        raise ParcelError("a parcel whose head can't be read") from None
    return Parcel(head, raw[:end], raw[end:])
