"""The database: SQLite or PostgreSQL through one engine, with explicit transactions."""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

AnyRow: TypeAlias = Any
"""A row by names or places; its type's parameters differ between 2.0 and 2.1."""

# Any number will do, as long as all writers of one log take the same.
LOG_LOCK = 7_364_502_113
# Two numbers make a lock that is no lock of one number.
_ATTEMPTS = 1
_BUSY_MS = 10_000
_PG_DISK_FULL = "53100"
_CACHE_KIB = 16 * 1024
"""Ids are random: a batch touches pages all over the indices."""
_CHECKPOINT_PAGES = 4_096
"""At 1,000, as SQLite has it, each batch moves the log, and syncs the database."""
_WRITES = "tessera_writes"


class Database:
    """An engine whose transactions say whether they write.

    `read` and `write` yield a connection inside one transaction; it is committed
    when the block ends and rolled back when it raises.
    """

    def __init__(self, url: str, threads: int = 4) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            _make_private(Path(parsed.database))
        # Each thread may hold one connection, and none waits for another's.
        self.engine = _engine(url, threads, is_sqlite=self.is_sqlite)
        # SQLite's own waiting polls; a lock wakes the next writer at once.
        self._turn = threading.Lock()
        self._inserts: dict[str, str] = {}

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that reads one state, whatever others write meanwhile.

        SQLite's always do; PostgreSQL's usual one sees each commit as it comes.
        """
        with self.read() as connection:
            if not self.is_sqlite:
                level = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
                connection.exec_driver_sql(level)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes (SQLite: BEGIN IMMEDIATE)."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._turn, self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def lock_log(self, connection: Connection) -> None:
        """Let one transaction at a time give out sequences, until it ends.

        SQLite's writers already stand in line. On PostgreSQL a number would
        otherwise be visible before a smaller one, and a reader would miss it.
        """
        if not self.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))

    def lock_attempts(self, connection: Connection, key: bytes) -> None:
        """Let one transaction at a time count attempts under a key, until it ends."""
        if not self.is_sqlite:
            number = int.from_bytes(key[:4], "big", signed=True)
            sql = "SELECT pg_advisory_xact_lock(%s, %s)"
            connection.exec_driver_sql(sql, (_ATTEMPTS, number))

    def select_ids(
        self, connection: Connection, query: str, ids: Collection[str]
    ) -> Sequence[AnyRow]:
        """Run a query in which `{ids}` stands for a set of texts."""
        if not ids:
            return ()
        if self.is_sqlite:
            sql = query.replace("{ids}", "(SELECT value FROM json_each(?))")
            return connection.exec_driver_sql(sql, (json.dumps([*ids]),)).all()
        sql = query.replace("{ids}", "(SELECT unnest(%s::text[]))")
        return connection.exec_driver_sql(sql, ([*ids],)).all()

    def insert(
        self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Insert rows, each in the order of the table's columns."""
        self._many(connection, table, rows, upsert=False)

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Insert rows; one whose primary key is there already is replaced."""
        self._many(connection, table, rows, upsert=True)

    def _many(
        self,
        connection: Connection,
        table: Table,
        rows: Sequence[tuple[Any, ...]],
        *,
        upsert: bool,
    ) -> None:
        # The driver's own executemany: SQLAlchemy's handling of each row's
        # parameters would cost more than the insert itself.
        if not rows:
            return
        key = f"{table.name} {upsert}"
        if key not in self._inserts:
            self._inserts[key] = self._insert_sql(table, upsert=upsert)
        connection.exec_driver_sql(self._inserts[key], [*rows])

    def _insert_sql(self, table: Table, *, upsert: bool) -> str:
        statement: sqlite.Insert | postgresql.Insert
        statement = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
        if upsert:
            keys = [*table.primary_key.columns]
            others = [c.name for c in table.columns if not c.primary_key]
            values = {name: statement.excluded[name] for name in others}
            statement = statement.on_conflict_do_update(
                index_elements=keys, set_=values
            )
        columns = [column.name for column in table.columns]
        compiled = statement.compile(self.engine, column_keys=columns)
        return str(compiled)

    def empty_log(self) -> bool:
        """Empty SQLite's write-ahead log, where what was deleted still stands.

        False where others read or wrote all the while; PostgreSQL's is not ours.
        """
        if not self.is_sqlite:
            return True
        with self._turn, self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is None:
                return False
            busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(busy[0] == 0)

    def rewrite(self, tables: Collection[str], patience_seconds: float = 60) -> bool:
        """Write tables anew, so that no page keeps what was deleted; others wait.

        False where PostgreSQL had to keep what others still read, all the while: one
        long reading, of its own autovacuum too, is enough.
        """
        deadline = time.monotonic() + patience_seconds
        with self._turn, self.engine.connect() as connection:
            if self.is_sqlite:
                raw = connection.connection.dbapi_connection
                if raw is not None:
                    raw.cursor().execute("VACUUM")
                return True
            connection.execution_options(isolation_level="AUTOCOMMIT")
            while not _is_written_anew(connection, tables):
                if time.monotonic() > deadline:
                    return False
                time.sleep(1)
        return True

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def is_disk_full(error: DBAPIError) -> bool:
    """Tell whether an error says that there is no room to write."""
    of_sqlite = getattr(error.orig, "sqlite_errorcode", None)
    of_postgresql = getattr(error.orig, "sqlstate", None)
    return of_sqlite == sqlite3.SQLITE_FULL or of_postgresql == _PG_DISK_FULL


def _is_written_anew(connection: Connection, tables: Collection[str]) -> bool:
    names = ", ".join(tables)
    connection.exec_driver_sql(f"VACUUM (FULL) {names}")
    # This one counts what is dead and stayed, where the first says nothing of it.
    connection.exec_driver_sql(f"VACUUM {names}")
    dead = text(
        "SELECT count(*) FROM pg_stat_user_tables "
        "WHERE relname = ANY(:tables) AND n_dead_tup > 0"
    )
    return not connection.execute(dead, {"tables": [*tables]}).scalar_one()


def _make_private(path: Path) -> None:
    """Make the file, readable by its owner alone; SQLite's others follow it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _engine(url: str, threads: int, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        return create_engine(
            url,
            pool_size=threads,
            max_overflow=2,
            pool_pre_ping=True,
            hide_parameters=True,
            paramstyle="format",
        )
    engine = create_engine(url, pool_size=threads, max_overflow=2, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late for reads and never for DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"cache_size=-{_CACHE_KIB}",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
