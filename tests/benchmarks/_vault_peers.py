"""The vault's peers: SQLCipher and plain SQLite, as a fair developer would use them.

One row a record with its JSON; the id and the folded names indexed; WAL, and durable.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

_TABLE = """CREATE TABLE patient (
    id TEXT NOT NULL PRIMARY KEY,
    given TEXT NOT NULL,
    family TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    body TEXT NOT NULL)"""
_INSERT = (
    "INSERT INTO patient (id, given, family, recorded_at, body) VALUES (?,?,?,?,?)"
)
_SEARCH = (
    "SELECT id, given, family FROM patient "
    "WHERE given >= ?1 AND given < ?2 OR family >= ?1 AND family < ?2 "
    "ORDER BY recorded_at DESC LIMIT 50"
)
_LAST = "\U0010ffff"


class Peer:
    """A database of the benchmark; `key` makes it SQLCipher's."""

    def __init__(self, module: Any, path: Path, key: str = "") -> None:
        self.path = path
        self._driver = module.connect(str(path), isolation_level=None)
        if key:
            self._driver.execute(f"PRAGMA key = \"x'{key}'\"")
        self._driver.execute("PRAGMA journal_mode = WAL")
        self._driver.execute("PRAGMA synchronous = FULL")
        if not self._driver.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._driver.execute(_TABLE)
            self._driver.execute("CREATE INDEX by_given ON patient (given)")
            self._driver.execute("CREATE INDEX by_family ON patient (family)")

    def insert(self, texts: Sequence[str]) -> None:
        """Write a page of records, as they came, durably."""
        self._driver.execute("BEGIN IMMEDIATE")
        self._driver.executemany(_INSERT, [_row(text) for text in texts])
        self._driver.execute("COMMIT")

    def read(self, record_id: str) -> dict[str, object]:
        """Return a record by its id."""
        found = self._driver.execute(
            "SELECT body FROM patient WHERE id = ?", (record_id,)
        ).fetchone()
        return cast("dict[str, object]", json.loads(found[0]))

    def search(self, typed: str) -> list[tuple[str, str, str]]:
        """Return the 50 newest with a name that begins so."""
        folded = typed.casefold()
        return cast(
            "list[tuple[str, str, str]]",
            self._driver.execute(_SEARCH, (folded, folded + _LAST)).fetchall(),
        )

    def close(self) -> None:
        """Empty the log and close."""
        self._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._driver.close()


def _row(text: str) -> tuple[object, ...]:
    record = json.loads(text)
    given, family = record["given"].casefold(), record["family"].casefold()
    return record["patient_id"], given, family, record["recorded_at"], text


Connect = Callable[[Path], Peer]
