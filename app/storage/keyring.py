"""The slots of one vault's file: made, tried, replaced. One hash at a time."""

import json
import threading
from collections.abc import Callable
from dataclasses import astuple, replace

from app.storage.attempts import AttemptGate
from app.storage.database import Database, Transaction
from app.storage.errors import (
    KeyChangeBlockedError,
    NoSlotError,
    PinAlreadyChosenError,
    VaultCorruptError,
)
from app.storage.hpke import BoxKey
from app.storage.pin_cost import UnlockPolicy, tuned_cost
from app.storage.pins import normalised_pin
from app.storage.sealed_values import SealedValues
from app.storage.sealing import FLOOR, PinCost, Sealer
from app.storage.slots import PinMismatchError, Slot, SlotKeys, Slots

_COST = "people/pin_cost"
Also = Callable[[Transaction], None]


def nothing_else(_transaction: Transaction) -> None:
    """Do nothing more in a transaction."""


class Keyring:
    """Wraps keys under PINs. What it is told of a new PIN was checked before."""

    def __init__(
        self,
        database: Database,
        device_sealer: Sealer,
        secret: bytes,
        gate: AttemptGate,
        policy: UnlockPolicy,
    ) -> None:
        self._database = database
        self._slots = Slots(device_sealer)
        self._values = SealedValues(device_sealer)
        self._secret = secret
        self._gate = gate
        self._policy = policy
        self._turns = threading.RLock()

    def holders(self) -> frozenset[str]:
        """Return who has a PIN here."""
        with self._database.write() as transaction:
            return self._slots.practitioner_ids(transaction.session)

    def public_keys(self) -> dict[str, bytes]:
        """Return the public half of everybody who has a pair here."""
        with self._database.write() as transaction:
            session = transaction.session
            ids = sorted(self._slots.practitioner_ids(session))
            slots = [self._slots.get(session, one) for one in ids]
        return {s.practitioner_id: s.public_key for s in slots if s.public_key}

    def open(self, practitioner_id: str, pin: str) -> SlotKeys:
        """Try a PIN; slow on purpose.

        Raises WrongPinError, WaitError, SlotClosedError or NoSlotError.

        A slot of an older version, or that costs less to search than is asked today,
        is wrapped anew under the same PIN.
        """
        with self._turns:
            slot = self._slot(practitioner_id)
            self._gate.begin(practitioner_id)
            typed = normalised_pin(pin)
            try:
                keys = slot.open(typed, self._secret)
            except PinMismatchError as error:
                raise self._gate.refused(practitioner_id) from error
            self._gate.succeeded(practitioner_id)
            return self._renewed(slot, typed, keys)

    def newest(self, practitioner_id: str, keys: SlotKeys) -> SlotKeys:
        """Return keys with the data key as it is now: it may have been changed since.

        Raises NoSlotError where the slot is gone.
        """
        return self._slot(practitioner_id).newest(keys)

    def move(self, transaction: Transaction, old: bytes, new: bytes) -> None:
        """Let every slot open to another data key.

        Raises KeyChangeBlockedError where a slot has no public half that the older data
        key vouches for: its owner's next unlock gives it one.
        """
        session = transaction.session
        slots, blocked = [], []
        for practitioner_id in sorted(self._slots.practitioner_ids(session)):
            try:
                slot = self._slots.get(session, practitioner_id)
            except VaultCorruptError:
                continue  # It opens to no data key, whichever.
            slots.append(slot)
            if not slot.is_under(old):
                blocked.append(practitioner_id)
        if blocked:
            raise KeyChangeBlockedError(tuple(blocked))
        for slot in slots:
            self._slots.put(session, slot.moved_to(new))

    def wrap(self, practitioner_id: str, pin: str, keys: SlotKeys) -> Slot:
        """Make a slot, and keep it nowhere yet. Slow on purpose."""
        with self._turns:
            return Slot.make(
                practitioner_id, pin, self._secret, keys, cost=self._cost()
            )

    def add(self, slot: Slot) -> None:
        """Keep a slot of somebody who has none; raise PinAlreadyChosenError."""
        with self._database.write() as transaction:
            if slot.practitioner_id in self._slots.practitioner_ids(
                transaction.session
            ):
                raise PinAlreadyChosenError
            self._slots.put(transaction.session, slot)

    def put_first(self, transaction: Transaction, slot: Slot) -> None:
        """Keep the first slot of a vault; raise NoSlotError where there is one."""
        if self._slots.practitioner_ids(transaction.session):
            raise NoSlotError
        self._slots.put(transaction.session, slot)

    def replace(self, slot: Slot, also: Also = nothing_else) -> None:
        """Keep a slot over an older one; whoever could not get in may try at once.

        `also` is done in the same transaction. Raises NoSlotError where somebody took
        the older one away meanwhile.
        """
        with self._gate.renewing(slot.practitioner_id) as transaction:
            self._slots.get(transaction.session, slot.practitioner_id)
            self._slots.put(transaction.session, slot)
            also(transaction)

    def put(self, slot: Slot, also: Also) -> None:
        """Keep a slot whether there was one or not; else as `replace`."""
        with self._gate.renewing(slot.practitioner_id) as transaction:
            self._slots.put(transaction.session, slot)
            also(transaction)

    def reopen(self, practitioner_id: str, grant_id: str) -> None:
        """Let somebody try again at once, as a grant says; it counts once."""
        self._gate.reopen(practitioner_id, grant_id)

    def _slot(self, practitioner_id: str) -> Slot:
        with self._database.write() as transaction:
            return self._slots.get(transaction.session, practitioner_id)

    def _renewed(self, slot: Slot, pin: str, keys: SlotKeys) -> SlotKeys:
        if not keys.private_key:
            keys = replace(keys, private_key=BoxKey.generate().private_bytes)
        is_sound = slot.public_key == keys.public_key and slot.is_under(keys.data_key)
        is_newest = is_sound and not slot.next_key
        if is_newest and not slot.cost.is_below(self._cost()):
            return keys
        fresh = self.wrap(slot.practitioner_id, pin, keys)
        with self._database.write() as transaction:
            # It may be gone: the setup that came meanwhile names them no longer.
            now = self._slots.get(transaction.session, slot.practitioner_id)
            if now.wrapped != slot.wrapped:
                raise NoSlotError
            if now == slot:  # Else the data key was changed; the next unlock does it.
                self._slots.put(transaction.session, fresh)
        return keys

    def _cost(self) -> PinCost:
        """Return what a PIN must cost here, measured where that was never done."""
        if self._policy.cost is not None:
            return self._policy.cost
        kept = self._kept_cost()
        if kept is not None and not kept.is_below(FLOOR):
            return kept
        measured = tuned_cost(self._policy.monotonic)
        with self._database.write() as transaction:
            raw = json.dumps(astuple(measured)).encode()
            self._values.put(transaction.driver, _COST, raw)
        return measured

    def _kept_cost(self) -> PinCost | None:
        with self._database.read() as driver:
            try:
                raw = self._values.get(driver, _COST)
            except VaultCorruptError:
                return None  # Measured again: it only ever protects more or less.
        return None if raw is None else PinCost(*json.loads(raw))
