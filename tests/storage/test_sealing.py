"""Sealing: what goes in comes out, and nothing else ever does."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.storage.dictionary_2 import DICTIONARY
from app.storage.sealing import (
    PinCost,
    Sealer,
    SealError,
    derive_key,
    new_key,
    place,
    stretch_pin,
)

KEY = bytes(range(32))
WHERE = place("table", "row", 1)
COST = PinCost(memory_kib=64, iterations=1)


@given(st.binary(max_size=5_000))
def test_what_is_sealed_is_read_back(plain: bytes) -> None:
    assert Sealer(KEY).unseal(Sealer(KEY).seal(plain, WHERE), WHERE) == plain


@given(st.binary(max_size=300), st.data())
def test_one_changed_bit_is_seen(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(Sealer(KEY).seal(plain, WHERE))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << (at % 8)
    with pytest.raises(SealError):
        Sealer(KEY).unseal(bytes(sealed), WHERE)


@given(st.binary(max_size=40))
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(SealError):
        Sealer(KEY).unseal(raw, WHERE)


def test_another_place_or_key_does_not_open_it() -> None:
    sealed = Sealer(KEY).seal(b"x", WHERE)
    for other in (place("table", "row", 2), place("table", "row1"), b""):
        with pytest.raises(SealError):
            Sealer(KEY).unseal(sealed, other)
    with pytest.raises(SealError):
        Sealer(new_key()).unseal(sealed, WHERE)


_PARTS = st.lists(st.text(max_size=4), max_size=4)


@given(_PARTS, _PARTS)
def test_two_places_are_never_written_alike(one: list[str], other: list[str]) -> None:
    assert (place(*one) == place(*other)) == (one == other)


@given(st.integers(0, 400), st.integers(0, 400))
def test_lengths_tell_size_classes_only(one: int, other: int) -> None:
    sizes = {len(Sealer(KEY).seal(b"a" * size, WHERE)) for size in (one, other)}
    assert len(sizes) == 1


def test_what_an_older_app_sealed_is_read() -> None:
    older = (
        "01584a54e889085b1716159a887034aeb760d81e2a9ef4028aa38005d0c72c475a0cfbf685468304"
        "46accf83bcf069ef0b3db2183c54154013520b2f146a634932cdac3674a5fb49f181538b7a3385a6"
        "d031945367ed1b0aad40d17249"
    )
    assert Sealer(KEY).unseal(bytes.fromhex(older), WHERE) == b"of an older app"


def test_a_format_can_not_pass_for_another() -> None:
    for size in (10, 500):
        sealed = Sealer(KEY).seal(b"a" * size, WHERE)
        for kind in (1, 2, 3, 4):
            if kind != sealed[0]:
                with pytest.raises(SealError):
                    Sealer(KEY).unseal(bytes([kind]) + sealed[1:], WHERE)


def test_the_dictionary_is_what_it_was_when_it_was_released() -> None:
    digest = "4effa58ba73faeaee53bd07ca15014af7e34659d8667361c7c8901b25fda7332"
    assert hashlib.sha256(DICTIONARY).hexdigest() == digest


def test_sealing_twice_never_gives_the_same_bytes() -> None:
    assert Sealer(KEY).seal(b"x", WHERE) != Sealer(KEY).seal(b"x", WHERE)


def test_each_purpose_pin_salt_and_cost_has_its_own_key() -> None:
    keys = {
        derive_key(KEY, "local"),
        derive_key(KEY, "patients"),
        stretch_pin("428193", bytes(16), COST),
        stretch_pin("428194", bytes(16), COST),
        stretch_pin("428193", bytes(15) + b"1", COST),
        stretch_pin("428193", bytes(16), PinCost(memory_kib=128, iterations=1)),
    }
    assert len(keys) == 6
