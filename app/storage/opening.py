"""Opening the vault's file: made whole, checked before use, set aside if damaged."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.core.clock import WallClock
from app.storage.database import connect, empty_log, typed, typed_errors
from app.storage.device_secret import DeviceSecret
from app.storage.errors import (
    DeviceSecretMissingError,
    DiskError,
    VaultCorruptError,
    VaultTooNewError,
    VaultUnavailableError,
)
from app.storage.folders import sync_folder
from app.storage.log_mark import (
    MARK_NAME,
    LogMark,
    Mark,
    drop_mark,
    log_salts,
    read_mark,
)
from app.storage.migrations import LATEST, migrate, version_of
from app.storage.parcel import PARCEL_NAME

VAULT_NAME = "vault.db"
KEPT_PREFIX = "vault-set-aside-"
COPY_NAME = f"{VAULT_NAME}.copy"
"""What a backup is made of; here only while it is being made."""
_LEAST_BYTES = 512
_LOST = ".log-lost"
_JOURNAL = "-journal"
_COMPANIONS = ("", "-wal", "-shm", _JOURNAL)


def create_file(folder: Path, wall: WallClock) -> None:
    """Make an empty vault under its final name only when it is whole.

    So a vault file without tables is a damaged one, never a half-made one. It has its
    journal mode before it has its name: that change needs a rollback journal.
    """
    with typed_errors():
        _move_aside(folder, wall)  # A log without its database belongs to nobody.
        temporary = folder / f"{VAULT_NAME}.new"
        unlink_temporary(folder)
        driver = connect(temporary)
        try:
            migrate(driver, wall)
            # Closing would do so too, but says nothing where the disk refuses.
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            driver.close()
        temporary.rename(folder / VAULT_NAME)
        sync_folder(folder)


def unlink_temporary(folder: Path) -> None:
    """Remove what was half made when the app died: a vault, or a backup's copy.

    Neither patients that are erased later nor a new data key would reach a copy.
    """
    for name in (f"{VAULT_NAME}.new", COPY_NAME):
        for suffix in _COMPANIONS:
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def open_file(folder: Path, wall: WallClock) -> sqlite3.Connection:
    """Check a vault's file, bring it to this version and return its connection.

    A damaged file is set aside under a new name with its bytes as they were, and
    VaultCorruptError names it. Raises VaultTooNewError for a newer app's file. A log
    that is gone or another's is named by `lost_logs` from then on.
    """
    try:
        with typed_errors():
            unlink_temporary(folder)
        mark = _marked(folder, wall)
        _check(folder / VAULT_NAME)
        driver = _migrated(folder / VAULT_NAME, wall)
        _empty(driver, folder, mark, wall)
    except VaultCorruptError as error:
        raise VaultCorruptError(_move_aside(folder, wall)) from error
    return driver


def kept_files(folder: Path) -> tuple[Path, ...]:
    """Return the databases that were set aside here, oldest first."""
    return tuple(sorted(folder.glob(f"{KEPT_PREFIX}*.db")))


def delete_kept(folder: Path) -> None:
    """Delete what was set aside here, for good; raises DiskError.

    It may hold what was never sent, and people who were erased since.
    """
    with typed_errors():
        for path in folder.glob(f"{KEPT_PREFIX}*"):
            path.unlink()
        sync_folder(folder)


def lost_logs(folder: Path) -> tuple[Path, ...]:
    """Return what tells of logs that were lost here with what was saved in them."""
    return tuple(sorted(folder.glob(f"{KEPT_PREFIX}*{_LOST}")))


def _marked(folder: Path, wall: WallClock) -> Mark | None:
    """Return what the log must hold; one that is another's is moved out of the way.

    Its pages would be laid over the database's, and break it.
    """
    with typed_errors():
        mark, log = read_mark(folder), folder / f"{VAULT_NAME}-wal"
        if mark is None or mark.frames == 0:
            return None
        salts = log_salts(log)
        if mark.is_of(salts):
            return mark if salts == mark.salts else None
        kept = _free_name(folder, wall)
        if log.exists():
            log.rename(folder / f"{kept.name}-wal")
        (folder / MARK_NAME).rename(folder / f"{kept.stem}{_LOST}")
        sync_folder(folder)
        return None


def _empty(
    driver: sqlite3.Connection, folder: Path, mark: Mark | None, wall: WallClock
) -> None:
    """Move what the log holds into the database, and report what it lacks."""
    try:
        with typed_errors():
            frames = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
            if mark is not None and frames < mark.frames:
                kept = _free_name(folder, wall)
                (folder / MARK_NAME).rename(folder / f"{kept.stem}{_LOST}")
                sync_folder(folder)
            empty_log(driver, LogMark(folder / VAULT_NAME))
    except DiskError:
        return  # The log stays as it is, and its mark: it is read the next time.


def _check(path: Path) -> None:
    """Read the file without changing a byte of it; raise if it is not sound.

    A change that was cut off with a rollback journal is undone first, as it must be.
    """
    mode = "rw" if path.with_name(f"{path.name}{_JOURNAL}").exists() else "ro"
    with typed_errors():
        if path.stat().st_size < _LEAST_BYTES:
            raise VaultCorruptError  # SQLite would remove the log of an empty file.
        driver = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
        try:
            version = version_of(driver)
            if version == 0:
                raise VaultCorruptError
            if version > LATEST:
                raise VaultTooNewError
            if not _is_sound(driver):
                raise VaultCorruptError
        finally:
            driver.close()


def _is_sound(driver: sqlite3.Connection) -> bool:
    """Check the file's structure; a page that could not be read is no damage.

    The check names such a page as damaged. So every page is read once more, which
    raises where the disk refuses, and only what is damaged still counts.
    """
    if _quick_check(driver):
        return True
    with closing(sqlite3.connect(":memory:")) as nowhere:
        driver.backup(nowhere)
    return _quick_check(driver)


def _quick_check(driver: sqlite3.Connection) -> bool:
    found: str = driver.execute("PRAGMA quick_check(1)").fetchone()[0]
    return found == "ok"


def _migrated(path: Path, wall: WallClock) -> sqlite3.Connection:
    with typed_errors():
        driver = connect(path)
    try:
        migrate(driver, wall)
    except sqlite3.Error as error:
        driver.close()
        found = typed(error)
        # Its tables are not what its version says. It stays where it is: a faulty
        # migration must not take a vault away that the next app can read.
        if isinstance(found, VaultUnavailableError | DiskError):
            raise found from error
        raise VaultUnavailableError from error
    return driver


def _move_aside(folder: Path, wall: WallClock) -> Path | None:
    """Rename the database and its companions; return the database's new name.

    What it had sealed for its server goes with it: the next vault's would replace it.
    """
    names = {f"{VAULT_NAME}{s}": s for s in _COMPANIONS}
    found = [name for name in (*names, PARCEL_NAME) if (folder / name).exists()]
    if not found:
        return None
    kept = _free_name(folder, wall)
    for name in found:
        is_parcel = name == PARCEL_NAME
        new = f"{kept.stem}.parcel" if is_parcel else f"{kept.name}{names[name]}"
        (folder / name).rename(folder / new)
    drop_mark(folder)
    sync_folder(folder)
    return kept


def _free_name(folder: Path, wall: WallClock) -> Path:
    stamp = datetime.fromtimestamp(wall() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = folder / f"{KEPT_PREFIX}{stamp}.db"
    count = 1
    while any(folder.glob(f"{kept.stem}.*")):
        count += 1
        kept = folder / f"{KEPT_PREFIX}{stamp}-{count}.db"
    return kept


def device_secret(folder: Path, secret: DeviceSecret) -> bytes:
    """Return the secret of a folder's vault, made where there was never a vault.

    Raises DeviceSecretMissingError where one is there that another secret made.
    """
    with typed_errors():
        found = secret.load()
        if found is not None:
            return found
        if (folder / VAULT_NAME).exists() or kept_files(folder):
            raise DeviceSecretMissingError
        return secret.create()
