"""A device's chain: dense numbers, each link over the one before; the head is signed.

A link covers the operation's header digest, never its content, so content can be
erased. The chain's device may differ from the stamp's: after a fork a tablet takes a
new device identity and links the same operations again under it.
"""

import hashlib
from dataclasses import dataclass

from app.core import canonical

GENESIS = bytes(32)
"""What the first link of a chain follows."""

_SIGNED_PREFIX = b"tessera/batch/1\0"


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last link of a device's chain: its number (from 1; 0 is none) and digest."""

    device_id: str
    number: int = 0
    digest: bytes = GENESIS

    def extend(self, header_digest: bytes) -> "ChainHead":
        """Return the head after one more operation."""
        number = self.number + 1
        # canonical.encode of the four, put together here: a batch has hundreds.
        rest = f',{number},"{self.digest.hex()}","{header_digest.hex()}"]'
        link = b"[" + canonical.encode(self.device_id) + rest.encode()
        return ChainHead(self.device_id, number, hashlib.sha256(link).digest())

    def signed_bytes(self) -> bytes:
        """Return the bytes that the device signs (Ed25519) for a batch's head."""
        return _SIGNED_PREFIX + canonical.encode(
            [self.device_id, self.number, self.digest.hex()]
        )
