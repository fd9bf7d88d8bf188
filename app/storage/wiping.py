"""Emptying a tablet for good: its keys first, then what they sealed.

The mark is written before and removed after, so that whatever ends the program in
between, the next start goes on. Flash may keep remnants of files: they are sealed under
a device secret and slots that are gone. Files that were damaged and set aside stay, as
sealed as they are: nobody at this tablet can open them any more.
"""

from pathlib import Path

from app.storage.database import typed_errors
from app.storage.device_secret import DeviceSecret
from app.storage.file_lock import FileLock
from app.storage.folders import sync_folder

WIPING_NAME = "wiping"
LOCK_NAME = "vault.lock"
_OF_VAULT = ("vault.db*", "vault.log-mark", "unsent.parcel*")


def wipe(folder: Path, secret: DeviceSecret) -> None:
    """Empty a tablet whose vault is closed; raise StorageError.

    Only after it handed over what nobody else has.
    """
    lock = FileLock(folder / LOCK_NAME)
    try:
        with typed_errors():
            (folder / WIPING_NAME).touch()
            sync_folder(folder)
            _empty(folder, secret)
    finally:
        lock.release()


def finish_wiping(folder: Path, secret: DeviceSecret) -> None:
    """Go on where emptying was cut off; whoever calls this holds the vault's lock."""
    if (folder / WIPING_NAME).exists():
        with typed_errors():
            _empty(folder, secret)


def _empty(folder: Path, secret: DeviceSecret) -> None:
    secret.forget()
    for pattern in _OF_VAULT:
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)
    sync_folder(folder)
    (folder / WIPING_NAME).unlink()
    sync_folder(folder)
