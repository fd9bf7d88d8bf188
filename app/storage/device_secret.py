"""The device secret: 32 random bytes that stay on this tablet; a PIN lives on it."""

import os
from pathlib import Path
from typing import Protocol

from app.storage.errors import DeviceSecretMissingError, DiskError
from app.storage.folders import sync_folder
from app.storage.sealing import KEY_BYTES, new_key


class DeviceSecret(Protocol):
    """Where the device secret lies: the platform's keystore, or a file."""

    def load(self) -> bytes | None:
        """Return the secret, or None where there is none."""

    def create(self) -> bytes:
        """Make and keep a new secret; never called where a vault exists."""

    def counter(self) -> int:
        """Return the newest generation of the vault; 0 where none was kept."""

    def raise_counter(self, generation: int) -> None:
        """Keep a newer generation, durably; raise StorageError where that fails."""

    def forget(self) -> None:
        """Remove secret and counter for good: what they sealed can't be opened."""


class FileDeviceSecret:
    """A device secret in a file that only its owner can read (laptop, web, tests)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """Return the secret; raise DeviceSecretMissingError if the file is damaged."""
        try:
            secret = self._path.read_bytes()
        except FileNotFoundError:
            return None
        if len(secret) != KEY_BYTES:
            raise DeviceSecretMissingError
        return secret

    def create(self) -> bytes:
        """Make the file, durable before this returns; an existing one is an error."""
        secret = new_key()
        if self._path.exists():
            raise FileExistsError(self._path.name)
        _write(self._path, secret)
        return secret

    def counter(self) -> int:
        """Return the counter in the file beside the secret; one that is broken is 0."""
        try:
            return int(self._counter_path.read_text())
        except (FileNotFoundError, ValueError):
            return 0
        except OSError as error:
            raise DiskError from error

    def raise_counter(self, generation: int) -> None:
        """Write the file anew, durable before this returns."""
        try:
            _write(self._counter_path, str(generation).encode())
        except OSError as error:
            raise DiskError from error

    def forget(self) -> None:
        """Overwrite and remove both files."""
        for path in (self._path, self._counter_path):
            if path.exists():
                _write(path, bytes(KEY_BYTES))
                path.unlink()
        if self._path.parent.exists():
            sync_folder(self._path.parent)

    @property
    def _counter_path(self) -> Path:
        return self._path.with_name(f"{self._path.name}-counter")


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    sync_folder(path.parent)
