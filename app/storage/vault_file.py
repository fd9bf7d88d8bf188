"""A tablet's vault while it is locked: opening, enrolment, PINs."""

from collections.abc import Iterable
from pathlib import Path

from app.core.clock import WallClock
from app.core.ids import Ids
from app.core.people_wire import (
    Grant,
    GrantKind,
    Grants,
    UsedGrants,
)
from app.core.wire import PractitionerInfo, Setup
from app.storage.attempts import AttemptGate, Clocks
from app.storage.before_unlock import BeforeUnlock
from app.storage.colleagues import PractitionerEntry
from app.storage.damage import Damage, DamageKind
from app.storage.database import Database, Transaction
from app.storage.device_secret import DeviceSecret
from app.storage.enrolment import Connection, DeviceIdentity, Enrolment
from app.storage.errors import GrantError, NoSlotError
from app.storage.file_lock import lock_of
from app.storage.grants import key_in
from app.storage.keyring import Keyring
from app.storage.ledgers import Ledgers
from app.storage.local_state import STATE, first_state
from app.storage.locked_events import Beside, LockedEvent, LockedEvents
from app.storage.locked_parcel import LockedParcel
from app.storage.log_mark import LogMark
from app.storage.opening import (
    VAULT_NAME,
    create_file,
    device_secret,
    kept_files,
    lost_logs,
    open_file,
)
from app.storage.pin_cost import UnlockPolicy
from app.storage.pins import check_new_pin
from app.storage.reserve import Reserve
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer, derive_key
from app.storage.slots import SlotKeys
from app.storage.unlocked import CARD_SECRET, Surroundings, Unlocked
from app.storage.vault import Vault
from app.storage.verify import Verifier
from app.storage.wiping import finish_wiping

_POLICY = UnlockPolicy()


class VaultFile(LockedParcel):
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
        self._lock = lock_of(folder)
        try:
            finish_wiping(folder, secret)
            self._secret = device_secret(folder, secret)
            if not (folder / VAULT_NAME).exists():
                create_file(folder, wall)
            self._database = Database(
                open_file(folder, wall), LogMark(folder / VAULT_NAME)
            )
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
        self._before = BeforeUnlock(self._database, sealer, self._wall)
        self._before.check_device_secret()
        policy = self._policy
        clocks = Clocks(policy.monotonic, policy.boot_id)
        self._events = LockedEvents(self._database, sealer, self._ids, self._wall)
        self._gate = AttemptGate(
            self._database,
            sealer,
            clocks,
            self._events,
            self.ledgers.raise_if_it_can_be,
        )
        self._keyring = Keyring(
            self._database, sealer, self._secret, self._gate, policy
        )
        if self.ledgers.attempts_are_doubtful:
            self._gate.distrust(self._keyring.holders())

    def reserve(self) -> Reserve:
        """Return the room for what a full disk refuses; raise DiskError."""
        return Reserve(self.folder, Sealer(derive_key(self._secret, "device")))

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
        return self._before.entries(self._keyring)

    @property
    def has_slots(self) -> bool:
        """Whether anybody chose a PIN: then only a colleague can add the next."""
        return bool(self._keyring.holders())

    def wait_seconds(self, practitioner_id: str) -> int:
        """Return how long until this practitioner may try again; 0 is now.

        Raises SlotClosedError after too many wrong PINs.
        """
        return self._gate.wait_seconds(practitioner_id)

    def locked_events(self) -> tuple[LockedEvent, ...]:
        """Return what happened while nobody was unlocked, the oldest first."""
        return self._events.all()

    def forget_locked_events(self, events: Iterable[LockedEvent]) -> None:
        """Forget what is kept elsewhere by now."""
        self._events.forget({event.event_id for event in events})

    def unlock(self, practitioner_id: str, pin: str) -> Vault:
        """Open the vault; one that is open already is locked first. Slow on purpose.

        Raises WrongPinError, WaitError, SlotClosedError, or NoSlotError for somebody
        without a PIN here, or whom the setup no longer names.
        """
        self._require_known(practitioner_id)
        return self._open(practitioner_id, self._keyring.open(practitioner_id, pin))

    def choose_pin(self, practitioner_id: str, pin: str) -> Vault:
        """Make the data key and open the vault: the first unlock on this tablet.

        Raises PinRefusedError, or NoSlotError where somebody has a PIN already: an
        unlocked colleague adds the next one, with Vault.add_slot.
        """
        role = self._require_known(practitioner_id).role
        checked = check_new_pin(pin, role)
        if self.has_slots:
            raise NoSlotError
        keys = SlotKeys.first()
        slot = self._keyring.wrap(practitioner_id, checked, keys)
        local = SealedValues(Sealer(derive_key(keys.data_key, "local")))
        state = first_state(self.identity.device_id)
        with self._database.write() as transaction:
            self._keyring.put_first(transaction, slot)
            local.put(transaction.driver, STATE, state.to_bytes())
        return self._open(practitioner_id, keys)

    def keep_grants(self, answer: Grants) -> None:
        """Keep a coordinator's grants for this tablet, locked as it is."""
        device_id = self.identity.device_id
        self._before.keep_grants(answer, device_id, self._keyring)

    def used_grants(self) -> UsedGrants:
        """Return which grants were used and the server was not told of."""
        return self._before.used_grants()

    def told_grants(self, told: UsedGrants) -> None:
        """Note that the server knows which were used."""
        self._before.told_grants(told)

    def require_grant(self, practitioner_id: str) -> Grant:
        """Return the grant that lets somebody in; raise GrantError."""
        with self._database.read() as driver:
            find = self._before.grants.find
            return find(driver, GrantKind.RECOVER, practitioner_id)

    def recover(self, practitioner_id: str, pin: str) -> Vault:
        """Choose a PIN by a coordinator's grant, and open the vault. Slow on purpose.

        The grant carries the data key and is used up. Raises GrantError,
        PinRefusedError, NoSlotError.
        """
        role = self._require_known(practitioner_id).role
        checked = check_new_pin(pin, role)
        grant = self.require_grant(practitioner_id)
        keys = SlotKeys(self._granted_key(grant), b"").for_colleague()
        slot = self._keyring.wrap(practitioner_id, checked, keys)

        def use(transaction: Transaction) -> None:
            # Once: another may have used it, or the data key was changed.
            self._granted_key(self.require_grant(practitioner_id))
            self._before.grants.use(transaction.driver, grant)

        self._keyring.put(slot, Beside(grant_id=grant.grant_id), use)
        return self._open(practitioner_id, keys)

    def _granted_key(self, grant: Grant) -> bytes:
        """Return the data key in a grant; raise GrantError if it opens nothing here."""
        data_key = key_in(grant, self._before.device_box())
        local = SealedValues(Sealer(derive_key(data_key, "local")))
        with self._database.read() as driver:
            if any(local.opens(driver, name) for name in (STATE, CARD_SECRET)):
                return data_key
        raise GrantError

    def close(self) -> None:
        """Lock the vault, close the file and let another process have it."""
        try:
            if self._vault is not None:
                self._vault.close()
        finally:
            self._database.close()
            self._lock.release()

    def _open(self, practitioner_id: str, keys: SlotKeys) -> Vault:
        with self._database.lock:  # Of two at once the second closes the first.
            if self._vault is not None:
                self._vault.close()
            keys = self._keyring.newest(practitioner_id, keys)
            with self.ledgers.unlocking(keys.data_key) as found:
                unlocked = self._unlocked(keys.data_key)
                unlocked.rows.damaged.update(found)
                verifier = Verifier(self.ledgers, unlocked)
                unlocked.verifier = verifier
                vault = Vault(unlocked, self._before, practitioner_id)
                vault.hold(keys, self._keyring)
            self._vault = vault
            vault.erase_known()
            verifier.start()
            return vault

    def _unlocked(self, data_key: bytes) -> Unlocked:
        self._move_card_secret(data_key)
        device_id, key = self._before.signing_key(self._ids)
        surroundings = Surroundings(self._wall, self._ids, device_id, key)
        unlocked = Unlocked(self._database, data_key, surroundings)
        kept = (Damage(DamageKind.FILE, path.name) for path in self.kept_files)
        lost = (Damage(DamageKind.LOG, p.name) for p in lost_logs(self.folder))
        unlocked.rows.damaged.update(kept, lost)
        return unlocked

    def _move_card_secret(self, data_key: bytes) -> None:
        local = SealedValues(Sealer(derive_key(data_key, "local")))
        with self._database.write() as transaction:
            secret = self._before.take_card_secret(transaction)
            if secret is not None:
                local.put(transaction.driver, CARD_SECRET, secret)

    def _require_known(self, practitioner_id: str) -> PractitionerInfo:
        found = self._before.practitioner(practitioner_id)
        if found is None:
            raise NoSlotError
        return found
