"""What is read before unlock, sealed under a key from the device secret."""

import json
import sqlite3
from collections.abc import Iterable

from app.core.clock import WallClock
from app.core.ids import Ids
from app.core.people_wire import GrantKind, Grants, Proposal, UsedGrants
from app.core.wire import PractitionerInfo, Setup
from app.storage.colleagues import LocalColleagues, PractitionerEntry, joined
from app.storage.database import Database, Transaction
from app.storage.enrolment import (
    Connection,
    DeviceIdentity,
    Enrolment,
    connection_bytes,
    connection_from_bytes,
)
from app.storage.errors import DeviceSecretMissingError, VaultCorruptError
from app.storage.grants import GrantShelf
from app.storage.hpke import BoxKey
from app.storage.keyring import Keyring
from app.storage.recovery_slot import KeptRecovery
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer, SigningKey
from app.storage.sent import SentShelf
from app.storage.slots import Slots

_CHECK = "device_check"
_IDENTITY = "identity"
_NEXT_IDENTITY = "identity/next"
_CONNECTION = "connection"
_SETUP = "setup"
_DEVICE_BOX = "people/device_box"
_RECOVERY = "people/recovery"
_ERASED = "erasure/known"
_CARD_SECRET = "card_secret_before_unlock"  # noqa: S105 - the name of a sealed value


class BeforeUnlock:
    """This device's identity, its server and its setup."""

    def __init__(
        self, database: Database, device_sealer: Sealer, wall: WallClock
    ) -> None:
        self._database = database
        self._values = SealedValues(device_sealer)
        self._slots = Slots(device_sealer)
        self._setup: Setup | None = None
        self._colleagues = LocalColleagues(self._values)
        self.grants = GrantShelf(self._values, wall)
        self.sent = SentShelf(database, self._values)

    def check_device_secret(self) -> None:
        """Raise DeviceSecretMissingError if this vault was made with another one."""
        with self._database.write() as transaction:
            driver = transaction.driver
            try:
                if self._values.get(driver, _CHECK) is None:
                    self._values.put(driver, _CHECK, b"")
            except VaultCorruptError as error:
                raise DeviceSecretMissingError from error

    def signing_key(self, ids: Ids) -> tuple[str, SigningKey]:
        """Return this device's id and key, made and kept at the first call."""
        with self._database.write() as transaction:
            raw = self._values.get(transaction.driver, _IDENTITY)
            if raw is None:
                raw = _identity_bytes(ids.new(), SigningKey.generate())
                self._values.put(transaction.driver, _IDENTITY, raw)
        return _identity_from(raw)

    def identity(self, ids: Ids) -> DeviceIdentity:
        """Return what this device shows to the server when it enrols."""
        device_id, key = self.signing_key(ids)
        return DeviceIdentity(device_id, key.public_bytes)

    def next_identity(self, ids: Ids) -> tuple[str, SigningKey]:
        """Return who this device will be if it must be another, made once and kept."""
        with self._database.write() as transaction:
            raw = self._values.get(transaction.driver, _NEXT_IDENTITY)
            if raw is None:
                raw = _identity_bytes(ids.new(), SigningKey.generate())
                self._values.put(transaction.driver, _NEXT_IDENTITY, raw)
        return _identity_from(raw)

    def take_next_identity(
        self, driver: sqlite3.Connection, enrolment: Enrolment
    ) -> tuple[str, SigningKey]:
        """Be that one from this transaction on, as the server enrolled it.

        Raises VaultCorruptError where none was made.
        """
        raw = self._values.require(driver, _NEXT_IDENTITY)
        self._values.put(driver, _IDENTITY, raw)
        self._values.drop(driver, _NEXT_IDENTITY)
        # It names the device that it was sealed for, and is sealed anew.
        self._values.drop(driver, _RECOVERY)
        self._values.put(driver, _CONNECTION, connection_bytes(enrolment))
        self._values.put(driver, _SETUP, enrolment.setup.model_dump_json().encode())
        self._setup = None
        return _identity_from(raw)

    def enrol(self, enrolment: Enrolment) -> None:
        """Keep what the server answered, in one transaction."""
        with self._database.write() as transaction:
            driver = transaction.driver
            self._values.put(driver, _CONNECTION, connection_bytes(enrolment))
            self._values.put(driver, _CARD_SECRET, enrolment.card_secret)
            self._put_setup(transaction, enrolment.setup)
            self._values.put(driver, _ERASED, json.dumps(enrolment.erased).encode())
        self._setup = None

    def known_erasures(self) -> tuple[str, ...]:
        """Return whom the server named as erased when this device was enrolled."""
        with self._database.read() as driver:
            return tuple(json.loads(self._values.get(driver, _ERASED) or b"[]"))

    def connection(self, ids: Ids) -> Connection | None:
        """Return how to reach the server, or None before enrolment."""
        device_id = self.identity(ids).device_id
        with self._database.read() as driver:
            raw = self._values.get(driver, _CONNECTION)
        return None if raw is None else connection_from_bytes(device_id, raw)

    def device_box(self) -> BoxKey:
        """Return the pair that grants for this device are sealed to; made once."""
        with self._database.lock:
            with self._database.read() as driver:
                raw = self._values.get(driver, _DEVICE_BOX)
            if raw is not None:
                return BoxKey(raw)
            box = BoxKey.generate()
            with self._database.write() as transaction:
                self._values.put(transaction.driver, _DEVICE_BOX, box.private_bytes)
            return box

    def setup(self) -> Setup | None:
        """Return what the server said, and whom colleagues added here; or None."""
        known = self._setup  # Another thread may renew it meanwhile.
        if known is None:
            with self._database.read() as driver:
                raw = self._values.get(driver, _SETUP)
                local = self._colleagues.all(driver)
                if raw is not None:
                    known = joined(Setup.model_validate_json(raw), local)
                    self._setup = known
        return known

    def entries(self, keyring: Keyring) -> tuple[PractitionerEntry, ...]:
        """Return who may work here, and whether each has a PIN."""
        setup = self.setup()
        holders, origins = keyring.holders(), keyring.origins()
        return tuple(
            PractitionerEntry(
                who, who.practitioner_id in holders, origins.get(who.practitioner_id)
            )
            for who in (() if setup is None else setup.practitioners)
        )

    def practitioner(self, practitioner_id: str) -> PractitionerInfo | None:
        """Return somebody who may work here, or None."""
        setup = self.setup()
        known = () if setup is None else setup.practitioners
        found = (who for who in known if who.practitioner_id == practitioner_id)
        return next(found, None)

    def renew_setup(self, setup: Setup) -> None:
        """Keep a newer setup; the slots of those who were revoked go with it."""
        with self._database.write() as transaction:
            self._put_setup(transaction, setup)
            self._colleagues.forget_known(transaction.driver, setup)
            self._retire(transaction, {who.practitioner_id for who in setup.former})
            self._setup = None

    def add_colleague(self, proposal: Proposal) -> None:
        """Let somebody work here whom a colleague added; the server is told later."""
        with self._database.write() as transaction:
            self._colleagues.add(transaction.driver, proposal)
            self._setup = None

    def proposals(self) -> tuple[Proposal, ...]:
        """Return whom the server was not told of, or did not name since."""
        with self._database.read() as driver:
            return tuple(c.proposal for c in self._colleagues.all(driver) if c.open)

    def refuse_colleagues(self, practitioner_ids: set[str]) -> None:
        """Let nobody in any more whom the server refused; they are still named."""
        with self._database.write() as transaction:
            self._colleagues.refuse(transaction.driver, practitioner_ids)
            self._retire(transaction, practitioner_ids)
            self._setup = None

    def revoked_slots(self) -> tuple[str, ...]:
        """Return whose slots were taken away since the data key was last changed."""
        with self._database.read() as driver:
            return self._colleagues.retired(driver)

    def remember_revoked(self, practitioner_ids: Iterable[str]) -> None:
        """Keep who may know the data key from before: it is to be changed."""
        with self._database.write() as transaction:
            self._colleagues.keep_retired(transaction.driver, practitioner_ids)

    def rotated(self, transaction: Transaction) -> None:
        """Note that the data key is changed with this: nobody who left knows it."""
        self._colleagues.keep_retired(transaction.driver, ())

    def keep_grants(self, answer: Grants, device_id: str, keyring: Keyring) -> None:
        """Keep what a coordinator allows; what reopens does so at once, and is used."""
        with keyring.renewing() as renewal:
            driver = renewal.transaction.driver
            for grant in self.grants.keep(driver, answer, device_id):
                if grant.kind == GrantKind.REOPEN.value:
                    renewal.whose.add(grant.practitioner_id)
                    self.grants.use(driver, grant)

    def used_grants(self) -> UsedGrants:
        """Return which grants were used and the server was not told of."""
        with self._database.read() as driver:
            return UsedGrants(grant_ids=self.grants.untold(driver))

    def told_grants(self, told: UsedGrants) -> None:
        """Note that the server knows which were used."""
        with self._database.write() as transaction:
            self.grants.told(transaction.driver, told.grant_ids)

    def recovery_slot(self) -> KeptRecovery | None:
        """Return the recovery slot as it was last sealed, or None."""
        with self._database.read() as driver:
            raw = self._values.get(driver, _RECOVERY)
        return None if raw is None else KeptRecovery.from_bytes(raw)

    def keep_recovery_slot(self, kept: KeptRecovery) -> None:
        """Keep a recovery slot, over the older one."""
        with self._database.write() as transaction:
            self._values.put(transaction.driver, _RECOVERY, kept.to_bytes())

    def _retire(self, transaction: Transaction, practitioner_ids: set[str]) -> None:
        gone = self._slots.retire(transaction.session, practitioner_ids)
        if gone:
            driver = transaction.driver
            known = self._colleagues.retired(driver)
            self._colleagues.keep_retired(driver, (*known, *sorted(gone)))

    def _put_setup(self, transaction: Transaction, setup: Setup) -> None:
        raw = setup.model_dump_json().encode()
        self._values.put(transaction.driver, _SETUP, raw)

    def take_card_secret(self, transaction: Transaction) -> bytes | None:
        """Remove and return the card secret, if it still lies under the device's key.

        The first unlock moves it under the data key, in the same transaction.
        """
        secret = self._values.get(transaction.driver, _CARD_SECRET)
        self._values.drop(transaction.driver, _CARD_SECRET)
        return secret


def _identity_bytes(device_id: str, key: SigningKey) -> bytes:
    return json.dumps([device_id, key.private_bytes.hex()]).encode()


def _identity_from(raw: bytes) -> tuple[str, SigningKey]:
    device_id, private = json.loads(raw)
    return device_id, SigningKey(bytes.fromhex(private))
