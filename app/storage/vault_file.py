"""A tablet's vault while it is locked: opening, enrolment, PINs."""

import time
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import WallClock
from app.core.ids import Ids
from app.core.wire import PractitionerInfo, Setup
from app.storage.attempts import AttemptGate, Monotonic
from app.storage.before_unlock import BeforeUnlock
from app.storage.damage import Damage, DamageKind
from app.storage.database import Database, typed_errors
from app.storage.device_secret import DeviceSecret
from app.storage.enrolment import Connection, DeviceIdentity, Enrolment
from app.storage.errors import (
    DeviceSecretMissingError,
    NoSlotError,
    WrongPinError,
)
from app.storage.file_lock import FileLock
from app.storage.ledgers import Ledgers
from app.storage.local_state import STATE, first_state
from app.storage.opening import VAULT_NAME, create_file, kept_files, open_file
from app.storage.pins import check_new_pin, normalised_pin
from app.storage.sealed_values import SealedValues
from app.storage.sealing import FLOOR, PinCost, Sealer, derive_key, new_key
from app.storage.slots import PinMismatchError, Slot, Slots
from app.storage.unlocked import CARD_SECRET, Surroundings, Unlocked
from app.storage.vault import Vault
from app.storage.verify import Verifier


@dataclass(frozen=True, slots=True)
class UnlockPolicy:
    """What a PIN costs to try, and the clock by which delays are measured."""

    cost: PinCost = FLOOR
    monotonic: Monotonic = time.monotonic


@dataclass(frozen=True, slots=True)
class PractitionerEntry:
    """Somebody who may work on this tablet, and whether they chose a PIN here."""

    practitioner: PractitionerInfo
    has_pin: bool


_POLICY = UnlockPolicy()


class VaultFile:
    """The vault's file, locked. One process at a time; `close` lets others in."""

    def __init__(
        self,
        folder: Path,
        secret: DeviceSecret,
        wall: WallClock,
        ids: Ids,
        policy: UnlockPolicy = _POLICY,
    ) -> None:
        """Open the vault of a folder, or make one; raise VaultUnavailableError.

        A damaged file is set aside and named by VaultCorruptError; opening again then
        makes a new vault, and `kept_files` goes on naming the old one.
        """
        self.folder = folder
        self._wall = wall
        self._ids = ids
        self._policy = policy
        self._vault: Vault | None = None
        self._lock = _locked(folder)
        try:
            self._secret = _device_secret(folder, secret)
            if not (folder / VAULT_NAME).exists():
                create_file(folder, wall)
            self._database = Database(open_file(folder, wall))
        except BaseException:
            self._lock.release()
            raise
        try:
            self._prepare(secret)
        except BaseException:
            self.close()
            raise

    def _prepare(self, counter: DeviceSecret) -> None:
        sealer = Sealer(derive_key(self._secret, "device"))
        self.ledgers = Ledgers(self._database, self._secret, counter)
        self._before = BeforeUnlock(self._database, sealer)
        self._before.check_device_secret()
        self._slots = Slots(sealer)
        self._gate = AttemptGate(self._database, sealer, self._policy.monotonic)

    @property
    def kept_files(self) -> tuple[Path, ...]:
        """Databases that were damaged and set aside in this folder."""
        return kept_files(self.folder)

    @property
    def enrolled(self) -> bool:
        """Whether a server knows this device."""
        return self.connection is not None

    @property
    def identity(self) -> DeviceIdentity:
        """What this device shows when it enrols; always the same."""
        return self._before.identity(self._ids)

    @property
    def connection(self) -> Connection | None:
        """How to reach the server, or None before enrolment."""
        return self._before.connection(self._ids)

    @property
    def setup(self) -> Setup | None:
        """What the server said about the deployment, or None before enrolment."""
        return self._before.setup()

    def enrol(self, enrolment: Enrolment) -> None:
        """Keep what the server answered to a one-time code."""
        self._before.enrol(enrolment)

    def renew_setup(self, setup: Setup) -> None:
        """Keep a newer setup."""
        self._before.renew_setup(setup)

    def practitioners(self) -> tuple[PractitionerEntry, ...]:
        """Return who may work here, and whether each has a PIN on this tablet."""
        setup = self.setup
        chosen = self._with_pin()
        known = () if setup is None else setup.practitioners
        return tuple(PractitionerEntry(p, p.practitioner_id in chosen) for p in known)

    @property
    def has_slots(self) -> bool:
        """Whether anybody chose a PIN: then only a colleague can add the next."""
        return bool(self._with_pin())

    def wait_seconds(self, practitioner_id: str) -> int:
        """Return how long until this practitioner may try again; 0 is now."""
        return self._gate.wait_seconds(practitioner_id)

    def unlock(self, practitioner_id: str, pin: str) -> Vault:
        """Open the vault; one that is open already is locked first. Slow on purpose.

        Raises WrongPinError, WaitError, or NoSlotError for somebody without a PIN
        here, or whom the setup no longer names.
        """
        self._require_known(practitioner_id)
        with self._database.write() as transaction:
            slot = self._slots.get(transaction.session, practitioner_id)
        self._gate.begin(practitioner_id)
        try:
            data_key = slot.open(normalised_pin(pin), self._secret)
        except PinMismatchError as error:
            self.ledgers.raise_generation()
            raise WrongPinError(self.wait_seconds(practitioner_id)) from error
        self._gate.succeeded(practitioner_id)
        return self._open(practitioner_id, data_key)

    def choose_pin(self, practitioner_id: str, pin: str) -> Vault:
        """Make the data key and open the vault: the first unlock on this tablet.

        Raises PinRefusedError, or NoSlotError where somebody has a PIN already: an
        unlocked colleague adds the next one, with Vault.add_slot.
        """
        self._require_known(practitioner_id)
        checked = check_new_pin(pin)
        if self.has_slots:
            raise NoSlotError
        data_key = new_key()
        slot = self._slot(practitioner_id, checked, data_key)
        local = SealedValues(Sealer(derive_key(data_key, "local")))
        state = first_state(self.identity.device_id)
        with self._database.write() as transaction:
            if self._slots.practitioner_ids(transaction.session):
                raise NoSlotError
            self._slots.put(transaction.session, slot)
            local.put(transaction.driver, STATE, state.to_bytes())
        return self._open(practitioner_id, data_key)

    def close(self) -> None:
        """Lock the vault, close the file and let another process have it."""
        try:
            if self._vault is not None:
                self._vault.close()
        finally:
            self._database.close()
            self._lock.release()

    def _open(self, practitioner_id: str, data_key: bytes) -> Vault:
        with self._database.lock:  # Of two at once the second closes the first.
            if self._vault is not None:
                self._vault.close()
            found = self.ledgers.unlock(data_key)
            self._move_card_secret(data_key)
            device_id, key = self._before.signing_key(self._ids)
            surroundings = Surroundings(self._wall, self._ids, device_id, key)
            unlocked = Unlocked(self._database, data_key, surroundings)
            kept = (Damage(DamageKind.FILE, path.name) for path in self.kept_files)
            unlocked.rows.damaged.update(kept, found)
            verifier = Verifier(self.ledgers, unlocked, data_key)
            unlocked.verifier = verifier

            def add_slot(colleague_id: str, pin: str) -> None:
                self._require_known(colleague_id)
                slot = self._slot(colleague_id, check_new_pin(pin), data_key)
                with unlocked.while_open():
                    self._keep_slot(slot)

            self._vault = Vault(unlocked, self._before, practitioner_id, add_slot)
            verifier.start()
            return self._vault

    def _move_card_secret(self, data_key: bytes) -> None:
        local = SealedValues(Sealer(derive_key(data_key, "local")))
        with self._database.write() as transaction:
            secret = self._before.take_card_secret(transaction)
            if secret is not None:
                local.put(transaction.driver, CARD_SECRET, secret)

    def _slot(self, practitioner_id: str, pin: str, data_key: bytes) -> Slot:
        cost = self._policy.cost
        return Slot.make(practitioner_id, pin, self._secret, data_key, cost=cost)

    def _keep_slot(self, slot: Slot) -> None:
        with self._database.write() as transaction:
            self._slots.put(transaction.session, slot)

    def _with_pin(self) -> frozenset[str]:
        with self._database.write() as transaction:
            return self._slots.practitioner_ids(transaction.session)

    def _require_known(self, practitioner_id: str) -> None:
        setup = self.setup
        known = () if setup is None else setup.practitioners
        if practitioner_id not in {p.practitioner_id for p in known}:
            raise NoSlotError


def _locked(folder: Path) -> FileLock:
    with typed_errors():
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / "vault.lock")


def _device_secret(folder: Path, secret: DeviceSecret) -> bytes:
    with typed_errors():
        found = secret.load()
        if found is not None:
            return found
        if (folder / VAULT_NAME).exists() or kept_files(folder):
            raise DeviceSecretMissingError
        return secret.create()
