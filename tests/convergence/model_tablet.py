"""A tablet of the simulation as a pure object, whose power may go at any write."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from app.core.canonical import Json
from app.core.chain import ChainHead
from app.core.change import Authorship, Change, RecordKey, build, replacing_unaccepted
from app.core.clock import HybridClock, HybridTimestamp, WallClock
from app.core.identity_wire import NewIdentity, identity_bytes
from app.core.merge import Document
from app.core.operation import EncodedOperation, Operation, encode_operation
from app.core.wire import PullResponse, PushRequest, PushResponse, Setup
from app.sync.ports import SyncVault
from tests.convergence.builds import building
from tests.convergence.faults import Crashed, Moment
from tests.sync.model_device import ModelDevice, Own, key_of

Writes = Mapping[RecordKey, Mapping[str, Json]]
Done = TypeVar("Done")


class SimulatedTablet(Protocol):
    """What a world does to a tablet, and what it looks at in the end."""

    schema: int

    @property
    def vault(self) -> SyncVault: ...

    @property
    def public_key(self) -> bytes: ...

    def write(self, writes: Writes, author: Authorship) -> list[Operation]: ...

    def pull_plug_at(self, statement: int, moment: Moment) -> None:
        """Let the power go at one of the next writes."""

    def plug_in(self) -> None:
        """Let it stay on."""

    def restart(self) -> None:
        """Come back with what is on the disk."""

    def backup(self) -> object: ...

    def restore(self, kept: object) -> None: ...

    def copy(self, wall: WallClock, rng: random.Random) -> "SimulatedTablet":
        """Return the same device a second time."""

    def upgrade(self) -> None: ...

    def parcel(self) -> object | None:
        """What is carried by stick, or None."""

    def known(self) -> Mapping[str, Operation]:
        """Every operation that this tablet holds."""

    def own_ids(self) -> frozenset[str]: ...

    def pending_ids(self) -> frozenset[str]: ...

    def aside_ids(self) -> frozenset[str]: ...

    def all_documents(self) -> Mapping[str, Document]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """What a model tablet has on its disk."""

    own: dict[str, Own]
    documents: dict[str, Document]
    log: dict[str, Operation]
    clamps: dict[str, int | None]
    set_aside: dict[str, str]
    head: ChainHead
    cursor: str
    clock: HybridTimestamp
    schema: int
    name: str
    next_name: str


class ModelTablet(ModelDevice):
    """A ModelDevice with a log, a build, a disk and a plug that may be pulled."""

    def __init__(self, name: str, wall: WallClock, rng: random.Random) -> None:
        super().__init__(name, wall, rng)
        self._wall = wall
        self._plug: tuple[int, Moment] | None = None
        self.log: dict[str, Operation] = {}
        self.clamps: dict[str, int | None] = {}
        self.schema = 1
        self._next_name = ""

    @property
    def vault(self) -> SyncVault:
        return self

    @property
    def public_key(self) -> bytes:
        return key_of(self.device_id).public_key().public_bytes_raw()

    def write(self, writes: Writes, author: Authorship) -> list[Operation]:
        """Save records as one change; durable when this returns."""
        change = Change()
        for key, fields in writes.items():
            change.set(key, fields)

        def save() -> list[Operation]:
            made = build(change, author, self.clock, self.ids, self.documents.get)
            made = replacing_unaccepted(made, self._unaccepted)
            return [self._append(operation, encoded) for operation, encoded in made]

        return self._durably(save)

    def pull_plug_at(self, statement: int, moment: Moment) -> None:
        self._plug = statement, moment

    def plug_in(self) -> None:
        self._plug = None

    def restart(self) -> None:
        """Each write put the clock on the disk with what it wrote."""
        self.restore(self.backup())

    def backup(self) -> Kept:
        return Kept(
            dict(self.own),
            dict(self.documents),
            dict(self.log),
            dict(self.clamps),
            dict(self.set_aside),
            self._head,
            self._cursor,
            self.clock.last,
            self.schema,
            self._name,
            self._next_name,
        )

    def restore(self, kept: object) -> None:
        assert isinstance(kept, Kept)
        self._name, self._next_name = kept.name, kept.next_name
        self.own, self.documents = dict(kept.own), dict(kept.documents)
        self.log, self.clamps = dict(kept.log), dict(kept.clamps)
        self.set_aside = dict(kept.set_aside)
        self._head, self._cursor = kept.head, kept.cursor
        self.clock = HybridClock(self.device_id, self._wall, last=kept.clock)
        self.schema = kept.schema

    def ask_for_identity(self) -> NewIdentity:
        """Keep who this device will be, and prove who asks."""
        if not self._next_name:
            self._durably(self._choose_name)
        name = self._next_name
        mine, wanted = key_of(self._name), key_of(name)
        public = wanted.public_key().public_bytes_raw()
        signed = identity_bytes(self._name, name, public)
        return NewIdentity(
            device_id=name,
            public_key=public,
            version="model",
            signature=mine.sign(signed),
            proof=wanted.sign(signed),
        )

    def take_identity(self) -> None:
        """Go on as another device: all that is its own is offered in a new chain."""
        self._durably(self._rechain)

    def _choose_name(self) -> None:
        self._next_name = self.ids.new()

    def _rechain(self) -> None:
        self._name, self._next_name = self._next_name, ""
        self.clock = HybridClock(self._name, self._wall, last=self.clock.last)
        self._head = ChainHead(self._name)
        for operation_id, own in self.own.items():
            self._head = self._head.extend(own.encoded.header_digest)
            renewed = replace(own, head=self._head, pending=True)
            self.own[operation_id] = renewed
        self.set_aside = {}

    def copy(self, wall: WallClock, rng: random.Random) -> "ModelTablet":
        twin = ModelTablet(self.device_id, wall, rng)
        twin.restore(self.backup())
        return twin

    def upgrade(self) -> None:
        """Become a build that understands more, and read again what it could not."""
        self.schema = 2
        self.documents = {}
        with building(self.schema):
            for operation_id, operation in [*self.log.items()]:
                self._fold(operation, self.clamps[operation_id])

    def parcel(self) -> tuple[PushRequest, ...] | None:
        batch = self.pending()
        return None if batch is None else (batch,)

    def known(self) -> Mapping[str, Operation]:
        return self.log

    def own_ids(self) -> frozenset[str]:
        return frozenset(self.own)

    def pending_ids(self) -> frozenset[str]:
        return frozenset(one for one, own in self.own.items() if own.pending)

    def aside_ids(self) -> frozenset[str]:
        return frozenset(self.set_aside)

    def all_documents(self) -> Mapping[str, Document]:
        return self.documents

    def close(self) -> None:
        return

    def record_outcomes(self, answer: PushResponse) -> None:
        self._durably(lambda: super(ModelTablet, self).record_outcomes(answer))

    def apply_feed(self, page: PullResponse) -> None:
        self._durably(lambda: super(ModelTablet, self).apply_feed(page))

    def reset_cursor(self) -> None:
        self._durably(super().reset_cursor)

    def offer_again(self, after: int) -> int:
        return self._durably(lambda: super(ModelTablet, self).offer_again(after))

    def offer_refused(self, operation_ids: Collection[str]) -> int:
        found = operation_ids
        return self._durably(lambda: super(ModelTablet, self).offer_refused(found))

    def offer_set_aside(self) -> int:
        return self._durably(super().offer_set_aside)

    def renew_setup(self, setup: Setup) -> None:
        self._durably(lambda: super(ModelTablet, self).renew_setup(setup))

    def _unaccepted(self, operation_id: str) -> Mapping[str, tuple[str, ...]]:
        own = self.own.get(operation_id)
        is_accepted = own is None or not (own.pending or operation_id in self.set_aside)
        return {} if own is None or is_accepted else own.operation.replaces

    def _append(self, operation: Operation, encoded: EncodedOperation) -> Operation:
        if self.schema > operation.header.schema:
            header = replace(operation.header, schema=self.schema)
            operation = replace(operation, header=header)
            encoded = encode_operation(operation, encoded.salt or b"")
        self._head = self._head.extend(encoded.header_digest)
        operation_id = operation.header.operation_id
        self.own[operation_id] = Own(self._head, operation, encoded)
        self._fold(operation, None)
        return operation

    def _fold(self, operation: Operation, clamp_ms: int | None) -> None:
        self.log[operation.header.operation_id] = operation
        self.clamps[operation.header.operation_id] = clamp_ms
        super()._fold(operation, clamp_ms)

    def _durably(self, write: Callable[[], Done]) -> Done:
        """Do a write that is whole, or never was, wherever the power goes."""
        moment = self._moment()
        if moment is None:
            return write()
        before = self.backup()
        if moment != "before":
            write()
        if moment == "within":
            self.restore(before)
        raise Crashed

    def _moment(self) -> Moment | None:
        if self._plug is None:
            return None
        left, moment = self._plug
        self._plug = (left - 1, moment) if left > 1 else None
        return moment if left <= 1 else None
