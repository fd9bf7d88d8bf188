"""Migrations: forward only, each with its own record, nothing of before lost."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from app.storage import VaultCorruptError, VaultTooNewError
from app.storage.migrations import LATEST, MIGRATIONS, Migration, migrate, version_of
from app.storage.tables import VaultTable
from tests.storage.tablets import ANA, PIN, Tablet, save_patient

DATA = Path(__file__).parent / "data"
STORED_SECRET = bytes(range(32))


@pytest.fixture
def driver() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def now() -> int:
    return 1_790_000_000_000


def fails(driver: sqlite3.Connection) -> None:
    driver.execute("CREATE TABLE half (id INTEGER)")
    raise ValueError("half way")


def test_every_version_is_applied_in_order_and_recorded(
    driver: sqlite3.Connection,
) -> None:
    assert version_of(driver) == 0
    assert migrate(driver, now) == [m.version for m in MIGRATIONS]
    assert version_of(driver) == LATEST
    recorded = driver.execute("SELECT version, name, applied_at FROM migration")
    assert recorded.fetchall() == [(m.version, m.name, now()) for m in MIGRATIONS]
    assert migrate(driver, now) == []


def test_versions_are_dense_and_begin_at_one() -> None:
    assert [m.version for m in MIGRATIONS] == list(range(1, LATEST + 1))


def test_a_step_that_fails_leaves_the_version_before(
    driver: sqlite3.Connection,
) -> None:
    broken = Migration(LATEST + 1, "broken", fails)
    with pytest.raises(ValueError, match="half way"):
        migrate(driver, now, [*MIGRATIONS, broken])
    assert version_of(driver) == LATEST
    assert not driver.in_transaction
    names = driver.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("half",) not in names
    mended = Migration(LATEST + 1, "mended", lambda _driver: None)
    assert migrate(driver, now, [*MIGRATIONS, mended]) == [LATEST + 1]


def test_a_newer_database_is_left_as_it_is(driver: sqlite3.Connection) -> None:
    migrate(driver, now)
    with pytest.raises(VaultTooNewError):
        migrate(driver, now, MIGRATIONS[:-1])
    assert version_of(driver) == LATEST


def shape(driver: sqlite3.Connection) -> dict[str, object]:
    tables = driver.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    return {name: (columns(driver, name), indices(driver, name)) for (name,) in tables}


def columns(driver: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    rows = driver.execute(f"PRAGMA table_info({table})").fetchall()
    kinds = {"VARCHAR": "TEXT"}
    return [
        (name, kinds.get(kind, kind), not_null, key)
        for _n, name, kind, not_null, _default, key in rows
    ]


def indices(driver: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    found = []
    for _n, name, unique, _origin, partial in driver.execute(
        f"PRAGMA index_list({table})"
    ).fetchall():
        info = driver.execute(f"PRAGMA index_info({name})").fetchall()
        own = "" if name.startswith("sqlite_autoindex") else name
        found.append((own, unique, partial, tuple(row[2] for row in info)))
    return sorted(found)


@pytest.fixture
def from_models() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    yield engine
    engine.dispose()


def test_the_migrations_make_what_the_tables_define(
    driver: sqlite3.Connection, from_models: Engine
) -> None:
    migrate(driver, now)
    VaultTable.metadata.create_all(from_models)
    raw = from_models.raw_connection()
    defined = raw.driver_connection
    assert isinstance(defined, sqlite3.Connection)
    assert shape(driver) == shape(defined)
    raw.close()


def stored(tablet: Tablet, version: int) -> None:
    """Lay a vault of an older version, as an app of that time left it."""
    tablet.vault_folder.mkdir()
    (tablet.folder / "device-secret").write_bytes(STORED_SECRET)
    connection = sqlite3.connect(tablet.database, isolation_level=None)
    connection.executescript((DATA / f"vault-v{version}.sql").read_text())
    connection.close()


@pytest.mark.parametrize("version", range(1, LATEST + 1))
def test_a_stored_older_vault_opens_with_all_that_was_in_it(
    tablet: Tablet, version: int
) -> None:
    stored(tablet, version)
    vault_file = tablet.open()
    vault = vault_file.unlock(ANA, PIN)
    assert [s.latin for s in vault.search("a")] == ["Amina Haile"]
    assert len(vault.operations("p1")) == 2
    assert [d.content for d in vault.drafts()] == [b'{"typed": "here"}']
    counts = vault.counts()
    assert (counts.operations, counts.records) == (2, 1)
    with vault_file._database.read() as driver:
        names = driver.execute("SELECT draft_id FROM draft").fetchall()
    assert names == [(vault._unlocked.rows.namer.of(vault.drafts()[0].draft_id),)]
    save_patient(vault, "p2", "Omar")
    assert vault.set_aside() == ()
    assert vault.damaged == frozenset()
    vault_file.close()


def test_a_file_without_any_version_is_damaged(tablet: Tablet) -> None:
    tablet.vault_folder.mkdir()
    (tablet.folder / "device-secret").write_bytes(STORED_SECRET)
    connection = sqlite3.connect(tablet.database)
    connection.execute("CREATE TABLE something (id INTEGER)")
    connection.close()
    with pytest.raises(VaultCorruptError):
        tablet.open()
