"""What is sealed to a public key opens for its private half, and for nobody else."""

import pytest

from app.storage.hpke import BoxKey, seal_to
from app.storage.sealing import SealError

PURPOSE = b"tessera/test"


def test_the_private_half_opens_what_was_sealed_to_the_public_one() -> None:
    key = BoxKey.generate()
    again = BoxKey(key.private_bytes)
    sealed = seal_to(key.public_bytes, b"a data key", PURPOSE)
    assert again.open(sealed, PURPOSE) == b"a data key"
    assert b"a data key" not in sealed


def test_another_key_or_another_purpose_opens_nothing() -> None:
    key, other = BoxKey.generate(), BoxKey.generate()
    sealed = seal_to(key.public_bytes, b"a data key", PURPOSE)
    with pytest.raises(SealError):
        other.open(sealed, PURPOSE)
    with pytest.raises(SealError):
        key.open(sealed, b"tessera/another")


@pytest.mark.parametrize("at", [0, 31, 32, -1])
def test_one_bit_changed_anywhere_opens_nothing(at: int) -> None:
    key = BoxKey.generate()
    sealed = bytearray(seal_to(key.public_bytes, b"a data key", PURPOSE))
    sealed[at] ^= 1
    with pytest.raises(SealError):
        key.open(bytes(sealed), PURPOSE)


@pytest.mark.parametrize("length", [0, 10, 32, 47])
def test_bytes_that_were_cut_open_nothing(length: int) -> None:
    key = BoxKey.generate()
    sealed = seal_to(key.public_bytes, b"a data key", PURPOSE)
    with pytest.raises(SealError):
        key.open(sealed[:length], PURPOSE)


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_to(b"short", b"a data key", PURPOSE)
