"""Files that carry records: a head that anybody may read, then what is sealed.

A file: a magic line, the head's length (4 bytes, big-endian), the head (JSON), the
rest. What stands before the rest is what the rest is sealed for, so that no head is
put before another file's body.
"""

import hashlib
from dataclasses import dataclass

MAX_HEAD_BYTES = 256 * 1024
LENGTH_BYTES = 4
_FINGERPRINT = 16


class CarriedError(ValueError):
    """Bytes that are no such file, or one that was damaged or changed."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A file's parts: its head as JSON, all that stands before the rest, the rest."""

    head: bytes
    start: bytes
    rest: bytes


def framed(magic: bytes, head: bytes) -> bytes:
    """Return what stands before a body, and is what the body is sealed for."""
    return magic + len(head).to_bytes(LENGTH_BYTES) + head


def unframed(magic: bytes, raw: bytes) -> Framed:
    """Read a file as far as no key is needed; raise CarriedError."""
    begin = len(magic) + LENGTH_BYTES
    size = int.from_bytes(raw[len(magic) : begin])
    end = begin + size
    if raw[: len(magic)] != magic or size > MAX_HEAD_BYTES or end > len(raw):
        raise CarriedError("no such file")
    return Framed(raw[begin:end], raw[:end], raw[end:])


def fingerprint(public_key: bytes) -> str:
    """Return what tells one public key from another, and no more."""
    return hashlib.sha256(public_key).hexdigest()[:_FINGERPRINT]
