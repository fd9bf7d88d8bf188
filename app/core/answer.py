"""An answer: what the server says to a tablet, in a file sealed to its key.

After the head (see `carried`) comes one sealed body: the server's signature (Ed25519,
64 bytes) over what stands before it and the rest, then a zstd-compressed AnswerBody.
"""

from dataclasses import dataclass

from pydantic import Field, ValidationError

from app.core.carried import CarriedError, framed, unframed
from app.core.wire import ChainStatus, Cursor, PullResponse, PushResponse
from app.core.wire_base import Bytes, Id, WireModel

MAGIC = b"tessera-answer/1\n"
SIGNATURE_BYTES = 64
_SIGNED_PREFIX = b"tessera/answer/1\0"

AnswerError = CarriedError


class AnswerHead(WireModel):
    """What may be read without a key: for which tablet of which deployment."""

    deployment_id: Id
    device_id: Id
    made_at: int


class AnswerPage(WireModel):
    """A page of the feed, and the cursor after which it comes."""

    since: Cursor
    page: PullResponse


class AnswerBody(WireModel):
    """What became of what the tablet sent, and what others wrote since.

    Taken in again, or after a newer one, it changes nothing.
    """

    pushed: tuple[PushResponse, ...]
    pages: tuple[AnswerPage, ...]
    chain: ChainStatus
    fell_back: bool = False
    """Whether the server lost what it had: it can't follow the tablet's cursor."""


class AnswerFile(WireModel):
    """An answer as a body of /v1, and how much is in it."""

    file: Bytes
    acknowledged: int = Field(ge=0)
    """Operations of the tablet's own."""
    operations: int = Field(ge=0)
    """Operations of the feed."""
    more: bool
    """Whether the feed goes on after it: the tablet's next parcel leads further."""


class TakenIn(WireModel):
    """What became of the operations in a parcel, for whoever carried it."""

    device_id: Id
    device_name: str
    accepted: int
    duplicates: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's parts, its body still sealed."""

    head: AnswerHead
    start: bytes
    sealed: bytes


def framed_head(head: AnswerHead) -> bytes:
    """Return what stands before the body, and is what it is sealed for."""
    return framed(MAGIC, head.model_dump_json().encode())


def signed_bytes(start: bytes, packed: bytes) -> bytes:
    """Return what the server signs."""
    return _SIGNED_PREFIX + start + packed


def read_answer(raw: bytes) -> Answer:
    """Read an answer as far as no key is needed; raise AnswerError."""
    found = unframed(MAGIC, raw)
    try:
        head = AnswerHead.model_validate_json(found.head)
    except ValidationError:
        raise AnswerError("an answer whose head can't be read") from None
    return Answer(head, found.start, found.rest)
