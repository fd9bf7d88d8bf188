"""Counting a vault's rows on a connection of its own, which keeps nobody waiting."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.database import typed_errors
from app.storage.errors import LockedError
from app.storage.ledger import DATA, DEVICE, Column, Total, row_value

DATA_TABLES = frozenset({"operation", "document", "draft", "patient_key", "set_aside"})
_DATA_VALUES = (
    "name IN ('state', 'index_snapshot', 'card_secret', 'restore/epoch', "
    "'erasure/patients') "
    "OR name GLOB 'index_snapshot/*'"
)
"""Sealed values under the data key; whatever is not named counts with the device's."""
_IS_DATA = re.compile(
    r"state|index_snapshot(/.*)?|card_secret|restore/epoch|erasure/patients"
)
VALUES = "sealed_value"
_SLICE = 500
_PAUSE_SECONDS = 0.002
_MODULUS = 1 << 128


def never() -> bool:
    """Nobody wants a scan to end early."""
    return False


def columns_of(driver: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return every table with its columns in order; a name leads in `sealed_value`."""
    names = driver.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {
        name: tuple(c[1] for c in driver.execute(f'PRAGMA table_info("{name}")'))
        for (name,) in names
    }


def counts_in(table: str, name: Column) -> str | None:
    """Return the ledger that a row counts in; None for the ledgers themselves."""
    if table == VALUES:
        if name in (DATA, DEVICE):
            return None
        return DATA if _IS_DATA.fullmatch(str(name)) else DEVICE
    return DATA if table in DATA_TABLES else DEVICE


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a second connection in one read transaction; text that is none is kept."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with typed_errors():
        driver = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            driver.execute("BEGIN")
            yield driver
        finally:
            driver.close()


def count_rows(
    driver: sqlite3.Connection,
    ledger: str,
    key: bytes,
    stopped: Callable[[], bool] = never,
) -> dict[str, Total]:
    """Return the totals as the file has them; raise LockedError once it is stopped."""
    totals: dict[str, Total] = {}
    for table, columns in columns_of(driver).items():
        if table != VALUES and counts_in(table, None) != ledger:
            continue
        total = rows = 0
        for row in _rows(driver, table, columns, ledger):
            total = (total + row_value(key, table, row)) % _MODULUS
            rows += 1
            if rows % _SLICE == 0 and stopped is not never:
                time.sleep(_PAUSE_SECONDS)  # Screens come first.
                if stopped():
                    raise LockedError
        totals[table] = total, rows
    return totals


def _rows(
    driver: sqlite3.Connection, table: str, columns: tuple[str, ...], ledger: str
) -> sqlite3.Cursor:
    listed = ", ".join(f'"{column}"' for column in columns)
    statement = f'SELECT {listed} FROM "{table}"'  # noqa: S608 - from the schema
    if table != VALUES:
        return driver.execute(statement)
    which = "" if ledger == DATA else "NOT "
    both = f"name NOT IN ('{DATA}', '{DEVICE}')"
    return driver.execute(f"{statement} WHERE {which}({_DATA_VALUES}) AND {both}")
