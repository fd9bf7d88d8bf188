"""SQLite under the vault: one connection, explicit transactions, typed errors."""

import errno
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from app.storage.errors import (
    DiskError,
    DiskFullError,
    DiskReadOnlyError,
    LockedError,
    StorageError,
    VaultCorruptError,
    VaultInUseError,
)

_PRIMARY = 0xFF
_CODES: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_FULL: DiskFullError,
    sqlite3.SQLITE_READONLY: DiskReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: DiskReadOnlyError,
    sqlite3.SQLITE_PERM: DiskReadOnlyError,
    sqlite3.SQLITE_IOERR: DiskError,
    sqlite3.SQLITE_BUSY: VaultInUseError,
    sqlite3.SQLITE_LOCKED: VaultInUseError,
    sqlite3.SQLITE_CORRUPT: VaultCorruptError,
    sqlite3.SQLITE_NOTADB: VaultCorruptError,
}
"""What SQLite's primary result codes mean here."""

_ERRNOS: dict[int, type[StorageError]] = {
    errno.ENOSPC: DiskFullError,
    errno.EDQUOT: DiskFullError,
    errno.EROFS: DiskReadOnlyError,
    errno.EACCES: DiskReadOnlyError,
    errno.EPERM: DiskReadOnlyError,
}

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)


def typed(error: sqlite3.Error | OSError) -> StorageError:
    """Return the vault's error for one of the driver's or the system's."""
    if isinstance(error, OSError):
        return _ERRNOS.get(error.errno or 0, DiskError)()
    # The log's index fails to grow on a full disk, and SQLite calls that I/O.
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return DiskFullError()
    return _CODES.get(code & _PRIMARY, StorageError)()


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn the driver's errors into the vault's, without their parameters."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise typed(error) from error
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise typed(error.orig) from error.orig
        raise


def connect(path: Path) -> sqlite3.Connection:
    """Open a vault for reading and writing; every transaction is begun by hand."""
    driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            driver.execute(pragma)
    except sqlite3.Error:
        driver.close()
        raise
    return driver


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction, for statements on the driver and for SQLModel objects alike."""

    driver: sqlite3.Connection
    session: Session


class Keeper(Protocol):
    """Counts what a transaction changes, and seals it in the same one."""

    def begin(self) -> None:
        """Remember what to go back to."""

    def seal(self, driver: sqlite3.Connection) -> None:
        """Write what changed."""

    def forget(self) -> None:
        """Go back: the transaction never was."""


class Database:
    """The one connection to a vault. Its lock makes one writer of many threads."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.lock = threading.RLock()
        self._driver: sqlite3.Connection | None = driver
        self._engine = _engine(driver)
        self.keeper: Keeper | None = None

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Yield the driver for reading, while nobody writes."""
        with self.lock, typed_errors():
            yield self._open_driver()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Yield a transaction: durable when this ends, or else it never was."""
        with self.lock, typed_errors():
            driver = self._open_driver()
            with (
                self._kept(),
                self._engine.begin() as connection,
                Session(connection) as session,
            ):
                yield Transaction(driver, session)
                session.flush()
                if self.keeper is not None:
                    self.keeper.seal(driver)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        keeper = self.keeper
        if keeper is not None:
            keeper.begin()
        try:
            yield
        except BaseException:
            if keeper is not None:
                keeper.forget()
            raise

    def truncate_log(self) -> None:
        """Move the write-ahead log into the database and empty it."""
        with self.read() as driver:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the connection; later use raises LockedError."""
        with self.lock:
            if self._driver is not None:
                self._engine.dispose()
                self._driver.close()
                self._driver = None

    def _open_driver(self) -> sqlite3.Connection:
        if self._driver is None:
            raise LockedError
        return self._driver


def _engine(driver: sqlite3.Connection) -> Engine:
    engine = create_engine(
        "sqlite://", creator=lambda: driver, poolclass=StaticPool, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def begin_immediate(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
