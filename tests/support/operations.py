"""Devices that write: explicit builders of signed batches, for tests of every part."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.canonical import Json
from app.core.chain import ChainHead
from app.core.change import Authorship, Change, Lookup, RecordKey, build
from app.core.clock import HybridClock
from app.core.ids import ALPHABET, CARD_RANDOM_CHARACTERS, check_character, derived_id
from app.core.operation import EncodedOperation, Operation
from app.core.wire import OperationEnvelope, PushRequest

START_MS = 1_790_000_000_000
"""A fixed moment in September 2026 at which tests begin."""


@dataclass
class SettableWall:
    """A wall clock that stands still until a test moves it."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        """Return the time."""
        return self.now_ms

    def advance(self, milliseconds: int) -> None:
        """Move the time on (or back)."""
        self.now_ms += milliseconds


@dataclass
class SequentialIds:
    """Ids that repeat from run to run: a hash of a prefix and a counter."""

    prefix: str = "test"
    count: int = 0

    def _next(self, size: int) -> bytes:
        self.count += 1
        name = f"{self.prefix}-{self.count}"
        return hashlib.shake_128(name.encode()).digest(size)

    def new(self) -> str:
        """Return the next id, shaped like a UUID."""
        text = self._next(16).hex()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def salt(self) -> bytes:
        """Return the next salt."""
        return self._next(16)

    def instance(self) -> str:
        """Return the next key of a repeating group's instance."""
        return self._next(5).hex()

    def derived(self, parent_id: str, name: str) -> str:
        """Return the id of a record by its parent and a name, on every tablet."""
        return derived_id(b"a test's deployment", parent_id, name)

    def card_code(self) -> str:
        """Return the next card code."""
        raw = self._next(CARD_RANDOM_CHARACTERS)
        body = "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw)
        return body + check_character(body)


def nothing_seen(_record_id: str) -> None:
    """A lookup for an author who sees no document yet."""


def envelope(encoded: EncodedOperation) -> OperationEnvelope:
    """Return an operation as it travels."""
    content = None if encoded.content is None else encoded.content.decode()
    return OperationEnvelope(
        header=encoded.header.decode(), salt=encoded.salt, content=content
    )


@dataclass
class WritingDevice:
    """A device with its key, clock and chain; it signs what it writes.

    `pending` holds what was written and is not in a batch yet.
    """

    device_id: str
    author: Authorship
    wall: Callable[[], int] = field(default_factory=SettableWall)
    head: ChainHead = field(init=False)
    pending: list[tuple[Operation, EncodedOperation]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make key, clock and ids from the device's own id, so that they repeat."""
        seed = hashlib.sha256(self.device_id.encode()).digest()
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.ids = SequentialIds(self.device_id)
        self.clock = HybridClock(self.device_id, self.wall)
        self.head = ChainHead(self.device_id)

    @property
    def public_key(self) -> bytes:
        """The Ed25519 public key, 32 bytes raw."""
        return self.key.public_key().public_bytes_raw()

    def write(
        self, *writes: tuple[RecordKey, dict[str, Json]], seen: Lookup = nothing_seen
    ) -> list[tuple[Operation, EncodedOperation]]:
        """Write one change: an operation a record."""
        change = Change()
        for key, fields in writes:
            change.set(key, fields)
        built = build(change, self.author, self.clock, self.ids, seen)
        self.pending.extend(built)
        return built

    def batch(self) -> PushRequest:
        """Return everything pending as one signed batch; the chain moves on."""
        encoded = [one for _, one in self.pending]
        self.pending.clear()
        return self.batch_of(encoded)

    def batch_of(self, encoded: Sequence[EncodedOperation]) -> PushRequest:
        """Return operations as one signed batch after the chain's head."""
        before = self.head
        for one in encoded:
            self.head = self.head.extend(one.header_digest)
        return signed(self, before, self.head, [envelope(one) for one in encoded])


def signed(
    device: WritingDevice,
    before: ChainHead,
    after: ChainHead,
    envelopes: Sequence[OperationEnvelope],
) -> PushRequest:
    """Return a batch between two links, signed by a device."""
    return PushRequest(
        device_id=device.device_id,
        first=before.number + 1,
        previous=before.digest.hex(),
        operations=tuple(envelopes),
        signature=device.key.sign(after.signed_bytes()),
    )
