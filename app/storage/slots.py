"""Key slots: the data key, wrapped once for each practitioner.

A slot's key is HKDF over Argon2id of the PIN and the device secret, so that a copied
file without the device secret is beyond any PIN search. The whole slot is sealed under
a key from the device secret besides.
"""

import json
from dataclasses import asdict, dataclass

from sqlmodel import Session, select

from app.storage.errors import NoSlotError, VaultCorruptError
from app.storage.sealing import (
    PinCost,
    Sealer,
    SealError,
    derive_key,
    new_salt,
    place,
    stretch_pin,
)
from app.storage.tables import SlotRow


class PinMismatchError(Exception):
    """The PIN does not open this slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The wrapped data key, and what it takes to derive the key that opens it."""

    practitioner_id: str
    salt: bytes
    cost: PinCost
    wrapped: bytes

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

    def open(self, pin: str, device_secret: bytes) -> bytes:
        """Return the data key; raise PinMismatchError. Slow on purpose."""
        sealer = _slot_sealer(pin, device_secret, self.salt, self.cost)
        try:
            return sealer.unseal(self.wrapped, self._place)
        except SealError as error:
            raise PinMismatchError from error

    @classmethod
    def make(
        cls,
        practitioner_id: str,
        pin: str,
        secret: bytes,
        data_key: bytes,
        *,
        cost: PinCost,
    ) -> "Slot":
        """Wrap the data key for a practitioner. Slow on purpose."""
        empty = cls(practitioner_id, new_salt(), cost, b"")
        sealer = _slot_sealer(pin, secret, empty.salt, cost)
        wrapped = sealer.seal(data_key, empty._place)
        return cls(practitioner_id, empty.salt, cost, wrapped)


def _slot_sealer(pin: str, secret: bytes, salt: bytes, cost: PinCost) -> Sealer:
    return Sealer(derive_key(stretch_pin(pin, salt, cost) + secret, "slot"))


class Slots:
    """The slots of a vault, readable before unlock with the device secret alone."""

    def __init__(self, device_sealer: Sealer) -> None:
        self._sealer = device_sealer

    def put(self, session: Session, slot: Slot) -> None:
        """Keep a slot, over the practitioner's older one."""
        raw = json.dumps([slot.salt.hex(), asdict(slot.cost), slot.wrapped.hex()])
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
        salt, cost, wrapped = json.loads(raw)
        return Slot(
            practitioner_id,
            bytes.fromhex(salt),
            PinCost(**cost),
            bytes.fromhex(wrapped),
        )

    def practitioner_ids(self, session: Session) -> frozenset[str]:
        """Return who has a slot."""
        return frozenset(session.exec(select(SlotRow.practitioner_id)).all())
