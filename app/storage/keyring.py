"""The slots of one vault's file: made, tried, replaced. One hash at a time."""

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import astuple, replace

from sqlmodel import Session

from app.storage.attempts import AttemptGate, Renewal
from app.storage.database import Database, Transaction
from app.storage.errors import (
    KeyChangeBlockedError,
    NoSlotError,
    PinAlreadyChosenError,
    VaultCorruptError,
)
from app.storage.hpke import BoxKey
from app.storage.locked_events import Beside, LockedKind
from app.storage.pin_cost import UnlockPolicy, tuned_cost
from app.storage.pins import normalised_pin
from app.storage.sealed_values import SealedValues
from app.storage.sealing import FLOOR, PinCost, Sealer
from app.storage.slots import PinMismatchError, PinOrigin, Slot, SlotKeys, Slots

_COST = "people/pin_cost"
Also = Callable[[Transaction], None]


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

    def add(self, slot: Slot, beside: Beside) -> None:
        """Keep a slot of somebody who has none; raise PinAlreadyChosenError."""
        with self._gate.renewing() as renewal:
            if self._has_one(renewal.transaction, slot):
                raise PinAlreadyChosenError
            self._put(renewal, slot, beside)

    def put_first(self, transaction: Transaction, slot: Slot) -> None:
        """Keep the first slot of a vault; raise NoSlotError where there is one."""
        if self._slots.practitioner_ids(transaction.session):
            raise NoSlotError
        self._slots.put(transaction.session, slot)

    def change(self, slot: Slot) -> None:
        """Keep the slot of who gave the old PIN over the older one.

        Raises NoSlotError where somebody took that one away meanwhile.
        """
        with self._gate.renewing() as renewal:
            session = renewal.transaction.session
            older = self._slots.get(session, slot.practitioner_id)
            self._slots.put(session, replace(slot, origin=older.origin))
            renewal.whose.add(slot.practitioner_id)

    def reset(self, slot: Slot, beside: Beside) -> None:
        """Keep a slot over one whose PIN nobody gave; raise NoSlotError as `change`."""
        with self._gate.renewing() as renewal:
            if not self._has_one(renewal.transaction, slot):
                raise NoSlotError
            self._put(renewal, slot, beside)

    def put(self, slot: Slot, beside: Beside, also: Also) -> None:
        """Keep a slot whether there was one or not; do `also` in the transaction."""
        with self._gate.renewing() as renewal:
            self._put(renewal, slot, beside)
            also(renewal.transaction)

    def renewing(self) -> AbstractContextManager[Renewal]:
        """Give a transaction after which some may try again at once."""
        return self._gate.renewing()

    def origins(self) -> dict[str, PinOrigin]:
        """Return when, and beside whom, each PIN was chosen that is known of."""
        with self._database.write() as transaction:
            session = transaction.session
            ids = sorted(self._slots.practitioner_ids(session))
            found = {one: self._origin_of(session, one) for one in ids}
        return {one: origin for one, origin in found.items() if origin is not None}

    def _origin_of(self, session: Session, practitioner_id: str) -> PinOrigin | None:
        try:
            return self._slots.get(session, practitioner_id).origin
        except VaultCorruptError:
            return None  # It opens to nothing; the others are named all the same.

    def _put(self, renewal: Renewal, slot: Slot, beside: Beside) -> None:
        """Keep it together with the event, and let its owner try at once."""
        transaction, whose = renewal.transaction, slot.practitioner_id
        is_reset = self._has_one(transaction, slot)
        kind = LockedKind.PIN_RESET if is_reset else LockedKind.PIN_CHOSEN
        event = renewal.events.add(transaction, kind, whose, beside)
        origin = PinOrigin(event.first_at, beside)
        self._slots.put(transaction.session, replace(slot, origin=origin))
        renewal.whose.add(whose)

    def _has_one(self, transaction: Transaction, slot: Slot) -> bool:
        """Tell whether its owner has a slot already."""
        known = self._slots.practitioner_ids(transaction.session)
        return slot.practitioner_id in known

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
        again = self.wrap(slot.practitioner_id, pin, keys)
        fresh = replace(again, origin=slot.origin)
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
