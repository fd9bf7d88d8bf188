"""Restoring a backup on a tablet that was started, and has no record yet."""

import shutil
from pathlib import Path

from app.core.wire import Setup
from app.storage.backup import Contents, Reopening, restore_backup
from app.storage.backup_file import BackupOpener, read_backup
from app.storage.database import typed_errors
from app.storage.errors import BackupUnreadableError
from app.storage.file_lock import FileLock
from app.storage.folders import sync_folder
from app.storage.log_mark import drop_mark
from app.storage.opening import VAULT_NAME

_FOLDER = "restoring"
_COMPANIONS = ("", "-wal", "-shm", "-journal")


def setup_in(source: Path, opener: BackupOpener) -> Setup:
    """Return what a backup says of its deployment: who may open it. Slow on purpose.

    Raises BackupKeyError or BackupUnreadableError, as its restore would.
    """
    with typed_errors(), source.open("rb") as file:
        try:
            return Contents.from_bytes(next(read_backup(file, opener))).setup
        except ValueError as error:
            raise BackupUnreadableError from error


def restore_in_place(
    source: Path, folder: Path, opener: BackupOpener, new: Reopening
) -> None:
    """Restore in a folder whose vault is closed, and was never enrolled or opened.

    Whoever calls has seen to that. The empty vault goes only once the restored one is
    whole: on any failure it stays. Raises as `restore_backup` does.
    """
    beside = folder / _FOLDER
    with typed_errors():
        lock = FileLock(folder / "vault.lock")
    try:
        with typed_errors():
            shutil.rmtree(beside, ignore_errors=True)
        restore_backup(source, beside, opener, new)
        with typed_errors():
            for suffix in _COMPANIONS:
                (folder / f"{VAULT_NAME}{suffix}").unlink(missing_ok=True)
            drop_mark(folder)
            (beside / VAULT_NAME).rename(folder / VAULT_NAME)
            sync_folder(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        lock.release()
