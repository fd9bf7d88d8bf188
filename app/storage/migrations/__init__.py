"""Forward-only migrations: one module a version, each committed with its record.

A released migration is never edited: what it made lies on tablets.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.clock import WallClock
from app.storage.errors import VaultTooNewError
from app.storage.migrations import (
    v0001_initial,
    v0002_set_aside,
    v0003_operations_of_a_record,
    v0004_paged_documents,
    v0005_seeded_keys,
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step forward."""

    version: int
    name: str
    apply: Callable[[sqlite3.Connection], None]


MIGRATIONS = tuple(
    Migration(module.VERSION, module.NAME, module.apply)
    for module in (
        v0001_initial,
        v0002_set_aside,
        v0003_operations_of_a_record,
        v0004_paged_documents,
        v0005_seeded_keys,
    )
)
LATEST = MIGRATIONS[-1].version

_TABLE = """CREATE TABLE IF NOT EXISTS migration (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL)"""


def version_of(driver: sqlite3.Connection) -> int:
    """Return the newest version applied; 0 where no migration ever was."""
    found = driver.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'"
    ).fetchone()
    if found is None:
        return 0
    newest: int = driver.execute(
        "SELECT coalesce(max(version), 0) FROM migration"
    ).fetchone()[0]
    return newest


def migrate(
    driver: sqlite3.Connection,
    wall: WallClock,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> list[int]:
    """Apply what is missing, each in its own transaction; return the versions.

    A step that fails leaves the version before it. Raises VaultTooNewError where a
    newer app was here, having changed nothing.
    """
    current = version_of(driver)
    if current > migrations[-1].version:
        raise VaultTooNewError
    missing = [m for m in migrations if m.version > current]
    for migration in missing:
        _apply(driver, migration, wall())
    return [m.version for m in missing]


def _apply(driver: sqlite3.Connection, migration: Migration, now_ms: int) -> None:
    driver.execute("BEGIN IMMEDIATE")
    try:
        driver.execute(_TABLE)
        migration.apply(driver)
        driver.execute(
            "INSERT INTO migration (version, name, applied_at) VALUES (?, ?, ?)",
            (migration.version, migration.name, now_ms),
        )
    except BaseException:
        driver.execute("ROLLBACK")
        raise
    driver.execute("COMMIT")
