"""What an answer's body is, byte for byte, while it is read."""

import hashlib
from collections.abc import Iterator
from typing import cast

import httpx

from app.core.body_digest import is_digest
from app.sync.failures import ConnectionCut, ProtocolMismatch


class DigestedStream(httpx.SyncByteStream):
    """Passes an answer's bytes on as they came, before any decoding, and sums them."""

    def __init__(self, stream: object) -> None:
        # A synchronous client's answers are never anything else.
        self._stream = cast("httpx.SyncByteStream", stream)
        self._sum = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        """Return the bytes."""
        for part in self._stream:
            self._sum.update(part)
            yield part

    def close(self) -> None:
        """Let the answer go."""
        self._stream.close()

    def require(self, given: str | None) -> None:
        """Raise ConnectionCut unless the whole body was what its server sent.

        ProtocolMismatch where nobody says what it was: no server of ours leaves it out.
        """
        if given is None:
            raise ProtocolMismatch
        if not is_digest(given, self._sum.digest()):
            raise ConnectionCut
