"""Canonical bytes never change: the committed vectors are checked for ever."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.chain import ChainHead
from app.core.clock import HybridTimestamp
from app.core.operation import (
    ChangePart,
    EncodedOperation,
    Header,
    Operation,
    decode_operation,
    encode_operation,
)
from tests.convergence.make_vectors import OPERATIONS, vectors

FILE = Path(__file__).with_name("vectors.json")
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
NUMBERED = pytest.mark.parametrize("vector", VECTORS, ids=lambda v: str(v["number"]))
KEY = bytes(range(32))
SIGNATURE = (
    "0204ff6c67ba251403eb3e6f7d4a383784b3334174e2e0a7e9ee5572e4b5c398"
    "8c3aafca774d0097c570acfcf660a2a4400318b07cdbb8bafbb0963857de8806"
)


def operation_of(vector: dict[str, Any]) -> Operation:
    """The operation that a vector tells, read without the core's own decoder."""
    told = vector["operation"]
    head = dict(told["header"])
    head["at"] = HybridTimestamp(**head["at"])
    head["change"] = ChangePart(**head["change"])
    replaces = {name: tuple(ids) for name, ids in told["replaces"].items()}
    return Operation(Header(**head), told["fields"], replaces)


def encoded_of(vector: dict[str, Any]) -> EncodedOperation:
    return EncodedOperation(
        vector["header"].encode(),
        bytes.fromhex(vector["salt"]),
        vector["content"].encode(),
    )


def test_the_file_holds_every_vector() -> None:
    assert len(VECTORS) == len(OPERATIONS) >= 6


@NUMBERED
def test_an_operation_has_these_bytes(vector: dict[str, Any]) -> None:
    encoded = encode_operation(operation_of(vector), bytes.fromhex(vector["salt"]))
    assert encoded == encoded_of(vector)


@NUMBERED
def test_these_bytes_are_this_operation(vector: dict[str, Any]) -> None:
    assert decode_operation(encoded_of(vector)) == operation_of(vector)


@NUMBERED
def test_the_digests_are_plain_sha256(vector: dict[str, Any]) -> None:
    header, content = vector["header"].encode(), vector["content"].encode()
    salted = hashlib.sha256(bytes.fromhex(vector["salt"]) + content).hexdigest()
    assert json.loads(header)["content"] == salted
    assert hashlib.sha256(header).hexdigest() == vector["header_digest"]


def test_the_chain_over_the_vectors_has_these_links() -> None:
    head = ChainHead(VECTORS[0]["operation"]["header"]["at"]["device_id"])
    for vector in VECTORS:
        head = head.extend(bytes.fromhex(vector["header_digest"]))
        assert head.number == vector["number"]
        assert head.digest.hex() == vector["link"]
        assert head.signed_bytes().hex() == vector["signed"]


def test_a_device_signs_the_last_head_like_this() -> None:
    signed = bytes.fromhex(VECTORS[-1]["signed"])
    key = Ed25519PrivateKey.from_private_bytes(KEY)
    assert key.sign(signed).hex() == SIGNATURE


def test_what_makes_vectors_still_makes_these() -> None:
    assert json.loads(json.dumps(vectors())) == VECTORS


@NUMBERED
def test_a_vector_tells_each_member_of_its_header(vector: dict[str, Any]) -> None:
    told = vector["operation"]["header"]
    assert set(told) == set(asdict(operation_of(vector).header))
