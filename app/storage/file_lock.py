"""One vault, one process: an advisory lock on a file beside it."""

import os
import sys
from pathlib import Path

from app.storage.database import typed_errors
from app.storage.errors import VaultInUseError


class FileLock:
    """Holds a lock until released, or until the process ends however it ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raise VaultInUseError if somebody else has it."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise VaultInUseError from error

    def release(self) -> None:
        """Let others in; released twice is released."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def lock_of(folder: Path) -> FileLock:
    """Return the lock of a vault's folder, which is made where it is missing."""
    with typed_errors():
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / "vault.lock")


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
