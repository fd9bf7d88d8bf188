"""Single values by name, sealed under one key."""

import sqlite3

from app.storage.errors import VaultCorruptError
from app.storage.sealing import Sealer, SealError, place

_TABLE = "sealed_value"


class SealedValues:
    """Reads and writes the rows of `sealed_value` that one key opens."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def get(self, driver: sqlite3.Connection, name: str) -> bytes | None:
        """Return a value, or None; raise VaultCorruptError if it was tampered with."""
        row = driver.execute(
            "SELECT sealed FROM sealed_value WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            return None
        try:
            return self._sealer.unseal(row[0], place(_TABLE, name))
        except SealError as error:
            raise VaultCorruptError from error

    def opens(self, driver: sqlite3.Connection, name: str) -> bool:
        """Tell whether a value is there, and this is its key."""
        try:
            return self.get(driver, name) is not None
        except VaultCorruptError:
            return False

    def require(self, driver: sqlite3.Connection, name: str) -> bytes:
        """Return a value that must be there; raise VaultCorruptError if it is not."""
        value = self.get(driver, name)
        if value is None:
            raise VaultCorruptError
        return value

    def put(self, driver: sqlite3.Connection, name: str, value: bytes) -> None:
        """Write a value."""
        driver.execute(
            "INSERT INTO sealed_value (name, sealed) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
            (name, self._sealer.seal(value, place(_TABLE, name))),
        )

    def reseal(self, driver: sqlite3.Connection, sealer: Sealer) -> None:
        """Seal whatever this key opens under another one."""
        other = SealedValues(sealer)
        for (name,) in driver.execute(f"SELECT name FROM {_TABLE}").fetchall():  # noqa: S608
            try:
                value = self.require(driver, name)
            except VaultCorruptError:
                continue  # It lies under another key, or is damaged.
            other.put(driver, name, value)

    def drop(self, driver: sqlite3.Connection, name: str) -> None:
        """Remove a value."""
        driver.execute("DELETE FROM sealed_value WHERE name = ?", (name,))
