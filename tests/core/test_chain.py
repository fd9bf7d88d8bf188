"""A device's chain: each link stands on the one before."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from app.core.chain import GENESIS, ChainHead
from app.core.operation import EncodedOperation, encode_operation
from tests.core.test_operation import OPERATION, SALT

DIGESTS = st.binary(min_size=32, max_size=32)


def linked(device_id: str, digests: list[bytes]) -> ChainHead:
    """The head of a chain over header digests."""
    head = ChainHead(device_id)
    for digest in digests:
        head = head.extend(digest)
    return head


@given(st.lists(DIGESTS, max_size=8))
def test_numbers_are_dense_from_one(digests: list[bytes]) -> None:
    head = ChainHead("device")
    assert (head.number, head.digest) == (0, GENESIS)
    for number, digest in enumerate(digests, 1):
        head = head.extend(digest)
        assert head.number == number


@given(st.lists(DIGESTS, min_size=1, max_size=8), st.data())
def test_any_other_link_gives_another_head(
    digests: list[bytes], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(digests) - 1))
    other = list(digests)
    other[place] = data.draw(DIGESTS.filter(lambda d: d != digests[place]))
    assert linked("device", other).digest != linked("device", digests).digest


@given(st.lists(DIGESTS, min_size=2, max_size=6, unique=True))
def test_another_order_gives_another_head(digests: list[bytes]) -> None:
    turned = list(reversed(digests))
    assert linked("device", turned).digest != linked("device", digests).digest


@given(st.lists(DIGESTS, min_size=1, max_size=4))
def test_two_devices_never_share_a_link(digests: list[bytes]) -> None:
    one, other = linked("a", digests), linked("b", digests)
    assert one.digest != other.digest
    assert one.signed_bytes() != other.signed_bytes()


def test_a_chain_still_stands_when_a_content_is_erased() -> None:
    encoded = encode_operation(OPERATION, SALT)
    erased = EncodedOperation(encoded.header, None, None)
    before = ChainHead("device").extend(encoded.header_digest)
    assert ChainHead("device").extend(erased.header_digest) == before


def test_a_link_is_the_digest_of_its_canonical_text() -> None:
    digest = hashlib.sha256(b"header").digest()
    text = f'["device",1,"{GENESIS.hex()}","{digest.hex()}"]'
    expected = hashlib.sha256(text.encode()).digest()
    assert ChainHead("device").extend(digest).digest == expected


def test_what_is_signed_names_its_purpose_device_number_and_digest() -> None:
    head = ChainHead("device").extend(bytes(32))
    text = f'tessera/batch/1\0["device",1,"{head.digest.hex()}"]'
    assert head.signed_bytes() == text.encode()
