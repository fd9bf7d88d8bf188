"""Key slots: the data key and a practitioner's own key, wrapped once for each.

A slot's key is HKDF over Argon2id of the PIN and the device secret, so that a copied
file without the device secret is beyond any PIN search. The whole slot is sealed under
a key from the device secret besides; with it lies the public half of the
practitioner's own pair, so that anybody here may seal for them.
"""

import json
from dataclasses import asdict, dataclass

from sqlmodel import Session, select

from app.storage.errors import NoSlotError, VaultCorruptError
from app.storage.hpke import BoxKey
from app.storage.sealing import (
    KEY_BYTES,
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
class Slot:
    """The wrapped keys, and what it takes to derive the key that opens them."""

    practitioner_id: str
    salt: bytes
    cost: PinCost
    wrapped: bytes
    public_key: bytes = b""
    """The practitioner's X25519 public half; empty in a slot of an older version."""

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
        """Return the keys; raise PinMismatchError. Slow on purpose."""
        sealer = _slot_sealer(pin, device_secret, self.salt, self.cost)
        try:
            keys = sealer.unseal(self.wrapped, self._place)
        except SealError as error:
            raise PinMismatchError from error
        return SlotKeys(keys[:KEY_BYTES], keys[KEY_BYTES:])

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
        return cls(practitioner_id, empty.salt, cost, wrapped, keys.public_key)


def _slot_sealer(pin: str, secret: bytes, salt: bytes, cost: PinCost) -> Sealer:
    return Sealer(derive_key(stretch_pin(pin, salt, cost) + secret, "slot"))


class Slots:
    """The slots of a vault, readable before unlock with the device secret alone."""

    def __init__(self, device_sealer: Sealer) -> None:
        self._sealer = device_sealer

    def put(self, session: Session, slot: Slot) -> None:
        """Keep a slot, over the practitioner's older one."""
        texts = (slot.wrapped.hex(), slot.public_key.hex())
        raw = json.dumps([slot.salt.hex(), asdict(slot.cost), *texts])
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
        salt, cost, wrapped, *public = json.loads(raw)
        return Slot(
            practitioner_id,
            bytes.fromhex(salt),
            PinCost(**cost),
            bytes.fromhex(wrapped),
            bytes.fromhex(public[0]) if public else b"",
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
