"""Key slots: the data key and a practitioner's own key, wrapped once for each.

A slot's key is HKDF over Argon2id of the PIN and the device secret, so that a copied
file without the device secret is beyond any PIN search. The whole slot is sealed under
a key from the device secret besides; with it lies the public half of the
practitioner's own pair, so that anybody here may seal for them.

When the data key is changed, the next one is sealed to that public half and lies in
the slot until its owner's PIN opens it. So that nobody with the device secret can put a
half of their own there, the data key marks it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

from sqlmodel import Session, select

from app.storage.errors import NoSlotError, VaultCorruptError
from app.storage.hpke import BoxKey, seal_to
from app.storage.locked_events import Beside
from app.storage.sealing import (
    KEY_BYTES,
    Namer,
    PinCost,
    Sealer,
    SealError,
    derive_key,
    new_key,
    new_salt,
    place,
    stretch_pin,
)
from app.storage.tables import SlotRow


class PinMismatchError(Exception):
    """The PIN does not open this slot."""


@dataclass(frozen=True, slots=True, repr=False)
class SlotKeys:
    """What a slot opens to: the data key, and who opened it can be sealed to.

    `private_key` is X25519, 32 bytes raw; empty in a slot of an older version.
    """

    data_key: bytes
    private_key: bytes

    @classmethod
    def first(cls) -> "SlotKeys":
        """Return the keys of a new vault's first practitioner."""
        return cls(new_key(), BoxKey.generate().private_bytes)

    def for_colleague(self) -> "SlotKeys":
        """Return the same data key with a pair of its own."""
        return SlotKeys(self.data_key, BoxKey.generate().private_bytes)

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes raw."""
        return BoxKey(self.private_key).public_bytes


@dataclass(frozen=True, slots=True)
class PinOrigin:
    """When a PIN was chosen that takes no older one (UTC ms), and by whose leave."""

    set_at: int
    beside: Beside


@dataclass(frozen=True, slots=True)
class Slot:
    """The wrapped keys, and what it takes to derive the key that opens them."""

    practitioner_id: str
    salt: bytes
    cost: PinCost
    wrapped: bytes
    public_key: bytes = b""
    """The practitioner's X25519 public half; empty in a slot of an older version."""
    mark: str = ""
    """What the data key makes of the public half; see `is_under`."""
    next_key: bytes = b""
    """The data key, sealed to the public half, where it was changed since."""
    origin: PinOrigin | None = None
    """None in a vault's first slot, and in those of an older version."""

    @property
    def _place(self) -> bytes:
        cost = self.cost
        return place(
            "slot_key",
            self.practitioner_id,
            self.salt.hex(),
            cost.memory_kib,
            cost.iterations,
            cost.parallelism,
        )

    def open(self, pin: str, device_secret: bytes) -> SlotKeys:
        """Return the keys; raise PinMismatchError or VaultCorruptError.

        Slow on purpose.
        """
        sealer = _slot_sealer(pin, device_secret, self.salt, self.cost)
        try:
            keys = sealer.unseal(self.wrapped, self._place)
        except SealError as error:
            raise PinMismatchError from error
        return self.newest(SlotKeys(keys[:KEY_BYTES], keys[KEY_BYTES:]))

    def newest(self, keys: SlotKeys) -> SlotKeys:
        """Return a slot's keys with the data key as it was changed last."""
        if not self.next_key:
            return keys
        try:
            box = BoxKey(keys.private_key)
            data_key = box.open(self.next_key, _next_place(self.practitioner_id))
        except (SealError, ValueError) as error:
            raise VaultCorruptError from error
        return replace(keys, data_key=data_key)

    def is_under(self, data_key: bytes) -> bool:
        """Tell whether a holder of this data key put the public half here."""
        return self.public_key != b"" and self.mark == self.mark_by(data_key)

    def moved_to(self, data_key: bytes) -> "Slot":
        """Return a slot that opens to another data key, by the same PIN."""
        where = _next_place(self.practitioner_id)
        sealed = seal_to(self.public_key, data_key, where)
        return replace(self, mark=self.mark_by(data_key), next_key=sealed)

    def mark_by(self, data_key: bytes) -> str:
        """Return how a data key vouches for whose public half this is."""
        named = f"{self.practitioner_id} {self.public_key.hex()}"
        return Namer(derive_key(data_key, "slots")).of(named)

    @classmethod
    def make(
        cls,
        practitioner_id: str,
        pin: str,
        secret: bytes,
        keys: SlotKeys,
        *,
        cost: PinCost,
    ) -> "Slot":
        """Wrap the keys for a practitioner. Slow on purpose."""
        empty = cls(practitioner_id, new_salt(), cost, b"")
        sealer = _slot_sealer(pin, secret, empty.salt, cost)
        wrapped = sealer.seal(keys.data_key + keys.private_key, empty._place)
        slot = replace(empty, wrapped=wrapped, public_key=keys.public_key)
        return replace(slot, mark=slot.mark_by(keys.data_key))


def _origin(set_at: int, beside: Sequence[Any]) -> PinOrigin:
    colleagues, grant_id = beside
    return PinOrigin(set_at, Beside(tuple(colleagues), grant_id))


def _next_place(practitioner_id: str) -> bytes:
    return place("next_data_key", practitioner_id)


def _slot_sealer(pin: str, secret: bytes, salt: bytes, cost: PinCost) -> Sealer:
    return Sealer(derive_key(stretch_pin(pin, salt, cost) + secret, "slot"))


class Slots:
    """The slots of a vault, readable before unlock with the device secret alone."""

    def __init__(self, device_sealer: Sealer) -> None:
        self._sealer = device_sealer

    def put(self, session: Session, slot: Slot) -> None:
        """Keep a slot, over the practitioner's older one."""
        texts = (slot.wrapped.hex(), slot.public_key.hex(), slot.mark)
        parts = [slot.salt.hex(), asdict(slot.cost), *texts, slot.next_key.hex()]
        origin = None if slot.origin is None else astuple(slot.origin)
        raw = json.dumps([*parts, origin])
        sealed = self._sealer.seal(raw.encode(), place("slot", slot.practitioner_id))
        session.merge(SlotRow(practitioner_id=slot.practitioner_id, sealed=sealed))

    def get(self, session: Session, practitioner_id: str) -> Slot:
        """Return a practitioner's slot; raise NoSlotError."""
        row = session.get(SlotRow, practitioner_id)
        if row is None:
            raise NoSlotError
        try:
            raw = self._sealer.unseal(row.sealed, place("slot", practitioner_id))
        except SealError as error:
            raise VaultCorruptError from error
        # An older version kept no public half, or one without its mark, or no origin.
        kept = json.loads(raw)
        salt, cost, wrapped, public, mark, next_key = [*kept, "", "", ""][:6]
        origin = kept[6] if len(kept) > 6 else None  # noqa: PLR2004
        return Slot(
            practitioner_id,
            bytes.fromhex(salt),
            PinCost(**cost),
            bytes.fromhex(wrapped),
            bytes.fromhex(public),
            mark,
            bytes.fromhex(next_key),
            None if origin is None else _origin(*origin),
        )

    def practitioner_ids(self, session: Session) -> frozenset[str]:
        """Return who has a slot."""
        return frozenset(session.exec(select(SlotRow.practitioner_id)).all())

    def retire(self, session: Session, practitioner_ids: set[str]) -> frozenset[str]:
        """Remove slots, and return whose; where nobody else has one, none at all.

        The last ones stay, since the records would be lost with them: whom the setup
        does not name is not let in by them.
        """
        holders = self.practitioner_ids(session)
        gone = holders & practitioner_ids
        if gone == holders:
            return frozenset()
        for practitioner_id in gone:
            session.delete(session.get_one(SlotRow, practitioner_id))
        return gone
