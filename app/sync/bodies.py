"""Compression of request bodies: zstd where the server takes it, else gzip."""

import gzip
import threading
from enum import StrEnum

import zstandard

# Between levels 3 and 7. Of ids and digests, short matches are chance: without them a
# batch is a twentieth smaller than at level 3, in a fifth of the time that 7 takes.
_ZSTD = zstandard.ZstdCompressionParameters.from_level(
    3,
    strategy=zstandard.STRATEGY_LAZY,
    min_match=6,
    search_log=2,
    hash_log=16,
    chain_log=16,
    window_log=20,
)
_LEVEL_GZIP = 6
SMALL_BYTES = 512
"""Below this a body goes as it is."""


class Coding(StrEnum):
    """Content codings of request bodies (RFC 9110, 8.4.1)."""

    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


class BodyEncoder:
    """Compresses bodies: zstd until the server says that it takes something else.

    Each thread has its own compressor: one shared by two ends the process silently.
    """

    def __init__(self) -> None:
        self._coding = Coding.ZSTD
        self._refused: frozenset[Coding] = frozenset()
        self._compressors = threading.local()

    @property
    def coding(self) -> Coding:
        """What the next body of some size is sent as."""
        return self._coding

    def learn(self, accept_encoding: str | None) -> None:
        """Take over what an answer's `Accept-Encoding` says (RFC 9110, 12.5.3)."""
        if accept_encoding is None:
            return
        offered = {
            part.partition(";")[0].strip().lower()
            for part in accept_encoding.split(",")
            if part.partition(";")[2].replace(" ", "") not in ("q=0", "q=0.0")
        }
        for coding in (Coding.ZSTD, Coding.GZIP):
            if coding in offered and coding not in self._refused:
                self._coding = coding
                return
        self._coding = Coding.IDENTITY

    def refuse(self, coding: Coding) -> None:
        """Never send this coding again: the server said that it cannot read it."""
        self._refused |= {coding}
        if self._coding is coding:
            weaker = Coding.GZIP if coding is Coding.ZSTD else Coding.IDENTITY
            self._coding = Coding.IDENTITY if weaker in self._refused else weaker

    def encode(self, body: bytes) -> tuple[bytes, Coding]:
        """Return the body as it goes over the wire, and its coding."""
        coding = Coding.IDENTITY if len(body) < SMALL_BYTES else self._coding
        if coding is Coding.ZSTD:
            return self._zstd().compress(body), coding
        if coding is Coding.GZIP:
            return gzip.compress(body, _LEVEL_GZIP, mtime=0), coding
        return body, coding

    def _zstd(self) -> zstandard.ZstdCompressor:
        compressor: zstandard.ZstdCompressor | None = getattr(
            self._compressors, "zstd", None
        )
        if compressor is None:
            compressor = zstandard.ZstdCompressor(compression_params=_ZSTD)
            self._compressors.zstd = compressor
        return compressor
