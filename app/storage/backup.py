"""An encrypted backup of a vault in one file, and its restore as another device.

The backup holds the sealed rows and the data key; the device secret is not in it, nor
anything that only it opens. A restored vault is a new device: its own operations are
offered again under a new chain by their old ids, so the server knows each and takes
none twice, and whoever still works on the old tablet makes no fork.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.clock import WallClock
from app.core.ids import Ids
from app.core.people_wire import Proposal
from app.core.wire import Setup
from app.storage.backup_file import BackupLock, BackupOpener, read_backup, write_backup
from app.storage.before_unlock import BeforeUnlock
from app.storage.database import Database, Transaction, connect, typed_errors
from app.storage.device_secret import DeviceSecret
from app.storage.errors import (
    BackupUnreadableError,
    NoSlotError,
    RestoreRefusedError,
    VaultCorruptError,
)
from app.storage.file_lock import FileLock
from app.storage.folders import sync_folder
from app.storage.former import add_former
from app.storage.hpke import BoxKey
from app.storage.ledgers import count_anew
from app.storage.local_state import STATE
from app.storage.migrations import migrate
from app.storage.opening import COPY_NAME, VAULT_NAME, unlink_temporary
from app.storage.pins import check_new_pin
from app.storage.rechain import rechain
from app.storage.recovery import current_state
from app.storage.sealed_values import SealedValues
from app.storage.sealing import FLOOR, PinCost, Sealer, derive_key
from app.storage.slots import Slot, SlotKeys, Slots
from app.storage.unlocked import Keyed

RESTORATION = "restore/epoch"
_CHUNK = 256 * 1024
_COUNTED = ("patient_key", "operation", "document", "draft", "set_aside")
_LOCK = "vault.lock"


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a restored vault knows of itself: its epoch, and whom it was copied from."""

    epoch: str
    restored_at: int
    previous_device_id: str


@dataclass(frozen=True, slots=True)
class Reopening:
    """The new device: its secret, and who may open the vault first, with which PIN."""

    secret: DeviceSecret
    wall: WallClock
    ids: Ids
    practitioner_id: str
    pin: str = field(repr=False)
    cost: PinCost = FLOOR


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """What a backup says of itself, sealed."""

    data_key: bytes
    device_id: str
    setup: Setup
    counts: dict[str, int]
    proposals: tuple[Proposal, ...] = ()
    """Whom colleagues added, and no server names yet."""
    retired: tuple[str, ...] = ()
    """Who lost their slot and may still know the data key."""

    def to_bytes(self) -> bytes:
        """Return what is sealed."""
        setup = self.setup.model_dump_json()
        added = [each.model_dump() for each in self.proposals]
        raw = [self.data_key.hex(), self.device_id, setup, self.counts, added]
        return json.dumps([*raw, self.retired]).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Contents":
        """Read what to_bytes wrote."""
        # An older version kept no proposals, or nobody who lost their slot.
        kept = [*json.loads(raw), [], []][:6]
        key, device_id, setup, counts, added, retired = kept
        whole = Setup.model_validate_json(setup)
        proposals = tuple(Proposal.model_validate(each) for each in added)
        data_key, gone = bytes.fromhex(key), tuple(retired)
        return cls(data_key, device_id, whole, counts, proposals, gone)


def write_vault(database: Database, path: Path, lock: BackupLock, of: Contents) -> None:
    """Back a vault up to a file that does not exist yet; consistent and durable."""
    with database.read() as driver:
        where = driver.execute("PRAGMA database_list").fetchone()[2]
        copy = Path(where).with_name(COPY_NAME)
        copy.unlink(missing_ok=True)
        try:
            driver.execute("VACUUM INTO ?", (str(copy),))
            contents = replace(of, counts=_counts(driver))
            write_backup(path, lock, _chunks(contents, copy))
        finally:
            copy.unlink(missing_ok=True)


def _chunks(contents: Contents, copy: Path) -> Iterator[bytes]:
    yield contents.to_bytes()
    with copy.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _counts(driver: sqlite3.Connection) -> dict[str, int]:
    found = {}
    for table in _COUNTED:
        statement = f"SELECT count(*) FROM {table}"  # noqa: S608 - our own names
        found[table] = driver.execute(statement).fetchone()[0]
    return found


def restore_backup(
    source: Path, folder: Path, opener: BackupOpener, new: Reopening
) -> None:
    """Make a vault of a backup in an empty folder; it has its name only when whole.

    Raises RestoreRefusedError where the folder is not empty, BackupKeyError,
    BackupUnreadableError, PinRefusedError, or NoSlotError for somebody whom the
    backup's setup does not name. Slow on purpose.
    """
    with typed_errors():
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK)
        try:
            unlink_temporary(folder)
            if {path.name for path in folder.iterdir()} != {_LOCK}:
                raise RestoreRefusedError
            temporary = folder / f"{VAULT_NAME}.new"
            try:
                contents = _unpacked(source, temporary, opener)
                pin = check_new_pin(new.pin, _role(contents, new))
                _renewed(temporary, contents, replace(new, pin=pin))
                temporary.rename(folder / VAULT_NAME)
            except VaultCorruptError as error:
                raise BackupUnreadableError from error
            finally:
                unlink_temporary(folder)
            sync_folder(folder)
        finally:
            lock.release()


def _unpacked(source: Path, target: Path, opener: BackupOpener) -> Contents:
    try:
        with source.open("rb") as file, target.open("xb") as sink:
            chunks = read_backup(file, opener)
            contents = Contents.from_bytes(next(chunks))
            for chunk in chunks:
                sink.write(chunk)
            sink.flush()
            os.fsync(sink.fileno())
    except ValueError as error:
        raise BackupUnreadableError from error
    return contents


def _renewed(path: Path, contents: Contents, new: Reopening) -> None:
    """Give the copy a device of its own, and hold it against what was backed up."""
    driver = connect(path)
    database = Database(driver)
    try:
        found = driver.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",) or _counts(driver) != contents.counts:
            raise VaultCorruptError
        migrate(driver, new.wall)
        secret = new.secret.load() or new.secret.create()
        sealer = Sealer(derive_key(secret, "device"))
        local = SealedValues(Sealer(derive_key(contents.data_key, "local")))
        with database.write() as transaction:
            _drop_what_nothing_opens(transaction.driver, local)
        before = BeforeUnlock(database, sealer, new.wall)
        before.check_device_secret()
        before.renew_setup(contents.setup)
        for proposal in contents.proposals:
            before.add_colleague(proposal)
        before.remember_revoked(contents.retired)
        device_id = before.identity(new.ids).device_id
        with database.write() as transaction:
            Slots(sealer).put(transaction.session, _slot(contents, new, secret))
            _rechain(transaction, contents, device_id)
            _mark(transaction, local, contents, new)
        if _counts(driver)["operation"] != contents.counts["operation"]:
            raise VaultCorruptError
        count_anew(database, secret, contents.data_key, new.secret.counter())
        database.truncate_log()
    finally:
        database.close()


def _role(contents: Contents, new: Reopening) -> str:
    for known in contents.setup.practitioners:
        if known.practitioner_id == new.practitioner_id:
            return known.role
    raise NoSlotError


def _slot(contents: Contents, new: Reopening, secret: bytes) -> Slot:
    # A new pair too: the older slots, with the private halves, stay behind.
    keys = SlotKeys(contents.data_key, BoxKey.generate().private_bytes)
    return Slot.make(new.practitioner_id, new.pin, secret, keys, cost=new.cost)


def _drop_what_nothing_opens(driver: sqlite3.Connection, local: SealedValues) -> None:
    """Remove what the old device's secret sealed: slots, identity, connection."""
    for (name,) in driver.execute("SELECT name FROM sealed_value").fetchall():
        try:
            local.get(driver, name)
        except VaultCorruptError:
            local.drop(driver, name)
    for table in ("slot", "attempt"):
        driver.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _rechain(transaction: Transaction, contents: Contents, device_id: str) -> None:
    """Put every own operation into a new chain, to be offered again by its old id."""
    driver, keyed = transaction.driver, Keyed.of(contents.data_key)
    before = current_state(driver, keyed.rows, keyed.local, contents.device_id)
    head = rechain(driver, keyed, device_id)
    add_former(driver, keyed.local, contents.device_id)
    clock = replace(before.clock, device_id=device_id)
    state = replace(before, clock=clock, head=head)
    keyed.local.put(driver, STATE, state.to_bytes())


def _mark(
    transaction: Transaction, local: SealedValues, contents: Contents, new: Reopening
) -> None:
    raw = json.dumps([new.ids.new(), new.wall(), contents.device_id]).encode()
    local.put(transaction.driver, RESTORATION, raw)


def restoration(driver: sqlite3.Connection, local: SealedValues) -> Restoration | None:
    """Return what a restored vault knows of itself; None where it never was one."""
    raw = local.get(driver, RESTORATION)
    return None if raw is None else Restoration(*json.loads(raw))
