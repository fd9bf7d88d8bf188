"""Bodies that unpack to far more than they are: refused, and without the memory."""

import gzip
import resource
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard

from sync_server.bodies import decoded
from sync_server.problems import ProblemError

MEBIBYTE = 1024 * 1024
LIMIT = 16 * MEBIBYTE
SIZE = 2048
"""What a bomb unpacks to, in mebibytes."""


def zeros() -> Iterator[bytes]:
    block = bytes(MEBIBYTE)
    return (block for _ in range(SIZE))


def zstd_bomb() -> bytes:
    """Two gibibytes in a frame that does not say so."""
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    return b"".join(packer.compress(block) for block in zeros()) + packer.flush()


def zstd_bomb_that_says_so() -> bytes:
    packer = zstandard.ZstdCompressor(level=1).compressobj(size=SIZE * MEBIBYTE)
    return b"".join(packer.compress(block) for block in zeros()) + packer.flush()


def zstd_bomb_that_lies() -> bytes:
    """A frame whose header claims less than it holds."""
    raw = bytearray(zstd_bomb_that_says_so())
    # The size stands behind magic number and descriptor, in eight bytes or four.
    parameters = zstandard.get_frame_parameters(bytes(raw))
    claimed = parameters.content_size
    for width in (8, 4):
        place = bytes(raw).find(claimed.to_bytes(width, "little"), 4, 18)
        if place > 0:
            raw[place : place + width] = (1000).to_bytes(width, "little")
            return bytes(raw)
    raise AssertionError("the header is laid out otherwise")


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(block) for block in zeros()) + packer.flush()


def gzip_in_gzip() -> bytes:
    """Many members one after the other, each small."""
    return gzip.compress(bytes(LIMIT)) * 64


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize(
    ("bomb", "encoding", "refusal"),
    [
        (zstd_bomb, "zstd", "too-large"),
        (zstd_bomb_that_says_so, "zstd", "too-large"),
        (zstd_bomb_that_lies, "zstd", "malformed"),
        (gzip_bomb, "gzip", "too-large"),
        (gzip_in_gzip, "gzip", "malformed"),
    ],
)
def test_a_bomb_is_refused_before_it_unfolds(
    bomb: Callable[[], bytes], encoding: str, refusal: str
) -> None:
    raw = bomb()
    assert len(raw) < LIMIT < SIZE * MEBIBYTE
    before = peak_bytes()
    with pytest.raises(ProblemError, match=refusal):
        decoded(raw, encoding, LIMIT)
    assert peak_bytes() - before < 4 * LIMIT


def test_what_is_just_small_enough_passes() -> None:
    plain = bytes(LIMIT)
    assert decoded(zstandard.compress(plain), "zstd", LIMIT) == plain
    assert decoded(gzip.compress(plain), "gzip", LIMIT) == plain
