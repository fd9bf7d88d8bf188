"""The device secret: 32 random bytes that stay on this tablet; a PIN lives on it."""

import os
from pathlib import Path
from typing import Protocol

from app.storage.errors import DeviceSecretMissingError
from app.storage.folders import sync_folder
from app.storage.sealing import KEY_BYTES, new_key


class DeviceSecret(Protocol):
    """Where the device secret lies: the platform's keystore, or a file."""

    def load(self) -> bytes | None:
        """Return the secret, or None where there is none."""

    def create(self) -> bytes:
        """Make and keep a new secret; never called where a vault exists."""


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
        temporary = self._path.with_suffix(".new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        if self._path.exists():
            raise FileExistsError(self._path.name)
        temporary.rename(self._path)
        sync_folder(self._path.parent)
        return secret
