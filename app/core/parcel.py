"""A parcel: batches for the server, each sealed, with a head that anybody may read.

After the head (see `carried`) come the parts: an index and a length (4 bytes each,
big-endian), then the sealed bytes. Each part is whole by itself, so a parcel may be
sent part by part; the head says how many there are. It says nothing of anybody: which
device, how many, since when, to which server's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, ValidationError

from app.core import canonical
from app.core.carried import (
    LENGTH_BYTES,
    MAX_HEAD_BYTES,
    CarriedError,
    framed,
    unframed,
)
from app.core.wire import Cursor, PushRequest, PushResponse
from app.core.wire_base import Bytes, Id, WireModel

MAGIC = b"tessera-parcel/2\n"
HEAD_BYTES = len(MAGIC) + LENGTH_BYTES + MAX_HEAD_BYTES
"""No head ends later in a file."""
_SIGNED_PREFIX = b"tessera/reply-to/1\0"

ParcelError = CarriedError


class PartHead(WireModel):
    """How many operations a part has, and the last one's number in its chain."""

    operations: int = Field(ge=1)
    last: int = Field(ge=1)


class ParcelHead(WireModel):
    """What may be read without a key; times are UTC milliseconds.

    `records` and `oldest_at` are those of people; where nothing but audit events waits
    there are none, and the oldest is an event's. `sealed_to` is the fingerprint of the
    server's key.
    """

    device_id: Id
    operations: int = Field(ge=1)
    records: int = Field(ge=0)
    oldest_at: int
    written_at: int
    sealed_to: str = Field(max_length=64)
    parts: tuple[PartHead, ...] = Field(min_length=1)


class ReplyTo(WireModel):
    """To what the server seals its answer, and what the tablet has of it already.

    `cursor` is how far the feed was read, `acknowledged` the number in the chain up to
    which nothing waits; signed by the device (Ed25519), or anybody could have answers
    sealed to a key of theirs.
    """

    cursor: Cursor
    acknowledged: int = Field(ge=0)
    public_key: Bytes
    written_at: int
    signature: Bytes = b""

    def signed_bytes(self, device_id: str) -> bytes:
        """Return what the device signs."""
        key, cursor = self.public_key.hex(), self.cursor
        return _SIGNED_PREFIX + canonical.encode(
            [device_id, cursor, self.acknowledged, key, self.written_at]
        )


class ParcelBody(WireModel):
    """What is sealed in a part: a batch of the device's chain, signed.

    `reply_to` is in the first one.
    """

    batch: PushRequest
    reply_to: ReplyTo | None = None


class ParcelUpload(WireModel):
    """A parcel, or some of its parts, as a body of /v1."""

    parcel: Bytes


class ParcelAnswer(WireModel):
    """What became of each batch of a parcel, as of a push."""

    answers: tuple[PushResponse, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel's head, and those of its parts that are there, still sealed."""

    head: ParcelHead
    start: bytes
    parts: Mapping[int, bytes]

    def purpose(self, index: int) -> bytes:
        """Return what a part is sealed for: this head, in this place."""
        return part_purpose(self.start, index)

    @property
    def is_whole(self) -> bool:
        """Whether every part is there."""
        return self.parts.keys() == set(range(len(self.head.parts)))

    def only(self, index: int) -> bytes:
        """Return a parcel of one part alone."""
        return self.start + framed_part(index, self.parts[index])


def framed_head(head: ParcelHead) -> bytes:
    """Return what stands before the parts."""
    return framed(MAGIC, head.model_dump_json().encode())


def part_purpose(start: bytes, index: int) -> bytes:
    """Return what a part is sealed for."""
    return start + index.to_bytes(LENGTH_BYTES)


def framed_part(index: int, sealed: bytes) -> bytes:
    """Return a sealed part as it stands in the file."""
    return index.to_bytes(LENGTH_BYTES) + len(sealed).to_bytes(LENGTH_BYTES) + sealed


def read_head(raw: bytes) -> ParcelHead:
    """Read the head of a parcel, of which no more need be there."""
    return _head(unframed(MAGIC, raw).head)


def read_parcel(raw: bytes) -> Parcel:
    """Read a parcel as far as no key is needed; raise ParcelError."""
    found = unframed(MAGIC, raw)
    head = _head(found.head)
    return Parcel(head, found.start, _parts(found.rest, len(head.parts)))


def _head(raw: bytes) -> ParcelHead:
    try:
        return ParcelHead.model_validate_json(raw)
    except ValidationError:
        raise ParcelError("a parcel whose head can't be read") from None


def _parts(rest: bytes, count: int) -> dict[int, bytes]:
    parts: dict[int, bytes] = {}
    at = 0
    while at < len(rest):
        begin = at + 2 * LENGTH_BYTES
        index = int.from_bytes(rest[at : at + LENGTH_BYTES])
        at = begin + int.from_bytes(rest[at + LENGTH_BYTES : begin])
        if at > len(rest) or begin > len(rest) or index >= count or index in parts:
            raise ParcelError("a parcel that was cut or changed")
        parts[index] = rest[begin:at]
    if not parts:
        raise ParcelError("a parcel without a part")
    return parts
