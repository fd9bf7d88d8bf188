"""Bodies of /v1 about a tablet that takes a new identity: it was a copy of another."""

from pydantic import Field

from app.core import canonical
from app.core.wire_base import Bytes, Id, WireModel

_SIGNED_PREFIX = b"tessera/identity/1\0"


class NewIdentity(WireModel):
    """A device asks to go on as another one; answered with an EnrolResponse.

    Asked twice with the same key, it is answered the same. `signature` is by the key
    of the device that asks, `proof` by the new one (Ed25519): both over
    `identity_bytes`.
    """

    device_id: Id
    public_key: Bytes = Field(min_length=32, max_length=32)
    """Of the new identity: Ed25519, 32 bytes raw."""
    version: str = Field(max_length=40)
    signature: Bytes = Field(max_length=64)
    proof: Bytes = Field(max_length=64)


def identity_bytes(before: str, device_id: str, public_key: bytes) -> bytes:
    """Return what both keys sign: who asks, and who it will be."""
    return _SIGNED_PREFIX + canonical.encode([before, device_id, public_key.hex()])
