"""SQLite under the vault: one connection, explicit transactions, typed errors."""

import errno
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine
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
from app.storage.ledger import Row
from app.storage.log_mark import LogMark

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
    "PRAGMA cache_size = -16384",
)

_MANY_FRAMES = "PRAGMA wal_autocheckpoint = 4096"
"""While a first sync fills the vault: the same pages of indices change each time."""
_FEW_FRAMES = "PRAGMA wal_autocheckpoint = 1000"
"""SQLite's own; whoever opens the vault after a crash waits for what is in the log."""


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
    except (sqlite3.Error, OSError, DBAPIError) as error:
        _raise_typed(error)
        raise


def _raise_typed(error: BaseException | None) -> None:
    if isinstance(error, DBAPIError):
        error = error.orig
    if isinstance(error, sqlite3.Error | OSError):
        raise typed(error) from error


class _Reading:
    """Holds the lock meanwhile; a generator would cost as much as a statement."""

    __slots__ = ("_driver", "_lock")

    def __init__(
        self, lock: threading.RLock, driver: Callable[[], sqlite3.Connection]
    ) -> None:
        self._lock = lock
        self._driver = driver

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        try:
            return self._driver()
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        self._lock.release()
        _raise_typed(error)


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


def empty_log(driver: sqlite3.Connection, mark: LogMark | None = None) -> int:
    """Move the log into the database and empty it; return the frames there were.

    Its mark goes between the two, so that it never asks for what is not there.
    """
    busy, frames, moved = driver.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    if mark is not None and not busy and frames == moved:
        mark.dropped()
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return int(frames)


class Transaction:
    """One transaction, for statements on the driver and for SQLModel objects alike.

    The session costs more than all of a save's statements: it is made when asked for.
    """

    def __init__(
        self, driver: sqlite3.Connection, engine: Engine, keeper: "Keeper | None" = None
    ) -> None:
        self.driver = driver
        self._engine = engine
        self._keeper = keeper
        self._session: Session | None = None
        self.adds_many = False
        """Whether `insert` was called."""

    @property
    def session(self) -> Session:
        """Objects of the tables, in this same transaction."""
        if self._session is None:
            self._session = Session(self._engine)
        return self._session

    def insert(self, table: str, rows: Sequence[Row]) -> bool:
        """Write many new rows of patients; each has its columns in the schema's order.

        Returns False, with nothing written, where one of them is there already. Raises
        LockedError where nobody counts patients' rows.
        """
        if self._keeper is None:
            raise LockedError
        if not self.adds_many:
            self.adds_many = True
            self.driver.execute(_MANY_FRAMES)
        return self._keeper.insert(self.driver, table, rows)

    def flush(self) -> None:
        """Write what the session holds."""
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        """Let the session go."""
        if self._session is not None:
            self._session.close()


class Keeper(Protocol):
    """Counts what a transaction changes, and seals it in the same one."""

    def begin(self) -> None:
        """Remember what to go back to."""

    def insert(
        self, driver: sqlite3.Connection, table: str, rows: Sequence[Row]
    ) -> bool:
        """Write many new rows of patients, and count them; see Transaction.insert."""

    def seal(self, driver: sqlite3.Connection) -> None:
        """Write what changed."""

    def forget(self) -> None:
        """Go back: the transaction never was."""


class Database:
    """The one connection to a vault. Its lock makes one writer of many threads."""

    def __init__(self, driver: sqlite3.Connection, mark: LogMark | None = None) -> None:
        self._mark = mark
        self.lock = threading.RLock()
        self._driver: sqlite3.Connection | None = driver
        self._engine = _engine(driver)
        self.keeper: Keeper | None = None

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """Give the driver for reading, while nobody writes."""
        return _Reading(self.lock, self._open_driver)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Yield a transaction: durable when this ends, or else it never was."""
        with self.lock, typed_errors():
            driver = self._open_driver()
            keeper, before = self.keeper, driver.total_changes
            if keeper is not None:
                keeper.begin()
            driver.execute("BEGIN IMMEDIATE")
            transaction = Transaction(driver, self._engine, keeper)
            try:
                yield transaction
                transaction.flush()
                if keeper is not None:
                    keeper.seal(driver)
                driver.execute("COMMIT")
            except BaseException:
                if keeper is not None:
                    keeper.forget()
                raise
            finally:
                if driver.in_transaction:  # It failed, and SQLite did not undo it yet.
                    driver.execute("ROLLBACK")
                transaction.close()
                if transaction.adds_many:
                    driver.execute(_FEW_FRAMES)
            if self._mark is not None and driver.total_changes != before:
                self._mark.committed()

    def truncate_log(self) -> None:
        """Move the write-ahead log into the database and empty it."""
        with self.read() as driver:
            empty_log(driver, self._mark)

    def close(self) -> None:
        """Close the connection; later use raises LockedError."""
        with self.lock:
            if self._driver is not None:
                self._engine.dispose()
                self._driver.close()
                self._driver = None
                if self._mark is not None:
                    with suppress(OSError):  # A mark that stays is compared again.
                        self._mark.closed()

    def _open_driver(self) -> sqlite3.Connection:
        if self._driver is None:
            raise LockedError
        return self._driver


def _engine(driver: sqlite3.Connection) -> Engine:
    """Return what sessions speak through; transactions are begun on the driver."""
    engine = create_engine(
        "sqlite://", creator=lambda: driver, poolclass=StaticPool, hide_parameters=True
    )
    engine.connect().close()  # The first one rolls back: not in a transaction of ours.
    return engine
