"""A tablet as a pure object: the log, the chain and the documents, in memory."""

import hashlib
import random
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.canonical import Json
from app.core.chain import ChainHead
from app.core.change import Authorship, Change, RecordKey, build
from app.core.clock import HybridClock, WallClock
from app.core.ids import RandomIds
from app.core.merge import Document, new_document
from app.core.operation import EncodedOperation, Operation, decode_operation
from app.core.problems import ProblemCode
from app.core.wire import (
    OperationEnvelope,
    Outcome,
    PullResponse,
    PushRequest,
    PushResponse,
    Setup,
)
from app.storage.only_here import OnlyHere
from tests.sync.model_server import encoded_of

BATCH = 4
"""Operations in a batch here: small, so that short histories take many batches."""


class SeededIds(RandomIds):
    """Ids that a seed repeats."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def new(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def salt(self) -> bytes:
        return self._rng.randbytes(16)

    def instance(self) -> str:
        return f"{self._rng.getrandbits(40):x}"


@dataclass(frozen=True, slots=True)
class Own:
    """One link of a device's own chain."""

    head: ChainHead
    operation: Operation
    encoded: EncodedOperation
    pending: bool = True
    clamp_ms: int | None = None


class ModelDevice:
    """The vault's side of sync, as app.sync.ports describes it."""

    def __init__(self, name: str, wall: WallClock, rng: random.Random) -> None:
        self._name = name
        self.clock = HybridClock(name, wall)
        self.ids = SeededIds(rng)
        self.documents: dict[str, Document] = {}
        self.own: dict[str, Own] = {}
        self.set_aside: dict[str, str] = {}
        self.setups: list[Setup] = []
        self.marked: list[int] = []
        self._head = ChainHead(name)
        self._cursor = ""

    @property
    def device_id(self) -> str:
        return self._name

    def save(self, key: RecordKey, fields: Mapping[str, Json]) -> str:
        """Save one record and return the operation's id."""
        return self.save_all({key: fields})[0]

    def save_all(self, writes: Mapping[RecordKey, Mapping[str, Json]]) -> list[str]:
        """Save records as one change and return its operations' ids."""
        change = Change()
        for key, fields in writes.items():
            change.set(key, fields)
        author = Authorship(f"practitioner of {self.device_id}", "site")
        made = build(change, author, self.clock, self.ids, self.documents.get)
        for operation, encoded in made:
            self._head = self._head.extend(encoded.header_digest)
            own = Own(self._head, operation, encoded)
            self.own[operation.header.operation_id] = own
            self._fold(operation, None)
        return [operation.header.operation_id for operation, _ in made]

    def pending(  # a batch here has four
        self,
        *,
        size: int | None = None,  # noqa: ARG002
        after: int = 0,
    ) -> PushRequest | None:
        waiting = [own for own in self.own.values() if own.pending]
        links = [own for own in waiting if own.head.number > after]
        if not links:
            return None
        first = links[0].head.number - links[0].operation.header.change.index
        chain = list(self.own.values())
        batch = chain[first - 1 : first - 1 + BATCH]
        while batch[-1].operation.header.change.index + 1 != _size(batch[-1]):
            batch.append(chain[first - 1 + len(batch)])
        previous = chain[first - 2].head if first > 1 else ChainHead(self.device_id)
        return PushRequest(
            device_id=self.device_id,
            first=first,
            previous=previous.digest.hex(),
            operations=tuple(_envelope(own) for own in batch),
            signature=key_of(self.device_id).sign(batch[-1].head.signed_bytes()),
        )

    def record_outcomes(self, answer: PushResponse) -> None:
        for outcome in answer.outcomes:
            own = self.own[outcome.operation_id]
            self.own[outcome.operation_id] = replace(own, pending=False)
            if outcome.outcome is Outcome.REJECTED:
                self.set_aside[outcome.operation_id] = str(outcome.reason)
            else:
                self.set_aside.pop(outcome.operation_id, None)
                self._accepted(outcome.operation_id, outcome.clamp_ms)

    def cursor(self) -> str:
        return self._cursor

    def apply_feed(self, page: PullResponse) -> None:
        for item in page.items:
            operation = decode_operation(encoded_of(item.operation))
            self.clock.observe(operation.header.at, item.clamp_ms)
            if operation.header.operation_id in self.own:
                self._accepted(operation.header.operation_id, item.clamp_ms)
            else:
                self._fold(operation, item.clamp_ms)
        self._cursor = page.cursor

    def reset_cursor(self) -> None:
        self._cursor = ""

    def mark_sent(self, last: int) -> None:
        self.marked.append(last)

    def chain_digest(self, number: int) -> str | None:
        heads = [ChainHead(self.device_id), *(own.head for own in self.own.values())]
        return heads[number].digest.hex() if number < len(heads) else None

    def offer_again(self, after: int) -> int:
        lost = [
            operation_id
            for operation_id, own in self.own.items()
            if own.head.number > after and not own.pending
        ]
        self._offer(lost)
        return len(lost)

    def offer_refused(self, operation_ids: Collection[str]) -> int:
        own = [one for one in operation_ids if one in self.own]
        lost = [
            one
            for one in own
            if not self.own[one].pending and one not in self.set_aside
        ]
        self._offer(lost)
        return len(lost)

    def offer_set_aside(self) -> int:
        kept = {ProblemCode.RECORD_MISMATCH.value}
        found = [one for one, why in self.set_aside.items() if why not in kept]
        self._offer(found)
        return len(found)

    def _offer(self, operation_ids: list[str]) -> None:
        for one in operation_ids:
            self.own[one] = replace(self.own[one], pending=True)
            self.set_aside.pop(one, None)

    def _accepted(self, operation_id: str, clamp_ms: int | None) -> None:
        own = self.own[operation_id]
        self.own[operation_id] = replace(own, pending=False, clamp_ms=clamp_ms)
        self.set_aside.pop(operation_id, None)
        self._fold(own.operation, clamp_ms)

    def renew_setup(self, setup: Setup) -> None:
        self.setups.append(setup)

    def counts(self) -> OnlyHere:
        links = [own for own in self.own.values() if own.pending]
        records = {own.operation.header.record_id for own in links}
        oldest = links[0].operation.header.at.wall_ms if links else None
        return OnlyHere(len(links), len(records), oldest, len(self.set_aside))

    def _fold(self, operation: Operation, clamp_ms: int | None) -> None:
        record_id = operation.header.record_id
        document = self.documents.get(record_id) or new_document(operation)
        folded = document.apply(operation, clamp_ms)
        self.documents[record_id] = folded.clamped(
            operation.header.operation_id, clamp_ms
        )


@cache
def key_of(device_id: str) -> Ed25519PrivateKey:
    """The key of a device, made from its name so that it repeats."""
    seed = hashlib.sha256(device_id.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _size(own: Own) -> int:
    return own.operation.header.change.size


def _envelope(own: Own) -> OperationEnvelope:
    content = own.encoded.content
    return OperationEnvelope(
        header=own.encoded.header.decode(),
        salt=own.encoded.salt,
        content=None if content is None else content.decode(),
        clamp_ms=own.clamp_ms,
    )
