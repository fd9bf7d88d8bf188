"""Migrations: an empty database becomes ours, once; nothing else is touched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, func, insert, inspect, select, text
from sqlmodel import SQLModel

from sync_server.database import Database
from sync_server.migrations.run import is_current, migrate, newest, version_of
from sync_server.settings import Settings, SettingsError


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    url = Settings(data=tmp_path, database_url="").url
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_before_there_is_nothing_and_after_there_is_what_the_tables_say(
    empty: Database,
) -> None:
    assert tables(empty) == set()
    migrate(empty)
    assert tables(empty) == {*SQLModel.metadata.tables, "alembic_version"}
    with empty.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert is_current(connection)


def test_a_second_run_keeps_what_is_there(empty: Database) -> None:
    migrate(empty)
    insert = "INSERT INTO site (site_id, name, zone, plan) VALUES ('1', 'a', 'UTC', '')"
    with empty.write() as connection:
        connection.execute(text(insert))
    migrate(empty)
    with empty.read() as connection:
        assert connection.execute(text("SELECT name FROM site")).scalar() == "a"


def test_a_database_of_a_newer_version_is_refused_and_kept(empty: Database) -> None:
    migrate(empty)
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="newer version"):
        migrate(empty)
    with empty.read() as connection:
        assert version_of(connection) == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    # The last table of the first migration is in its way.
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE document (stray INTEGER)"))
    with pytest.raises(Exception, match="document"):
        migrate(empty)
    assert tables(empty) == {"document"}
    assert newest() is not None


def fill(connection: Connection) -> set[str]:
    """Give every table a row, those that others point to first; return their names."""
    found = MetaData()
    found.reflect(connection)
    filled = [t for t in found.sorted_tables if t.name != "alembic_version"]
    for table in filled:
        row = {column.name: value_of(column) for column in table.columns}
        connection.execute(insert(table).values(row))
    return {table.name for table in filled}


def value_of(column: Column[Any]) -> object:
    kind = column.type.python_type
    return {bytes: b"1", str: "1", bool: True}.get(kind, 1)


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004", "0005"])
def test_a_database_of_an_older_version_keeps_every_row(
    empty: Database, version: str
) -> None:
    migrate(empty, version)
    with empty.write() as connection:
        filled = fill(connection)
    migrate(empty)
    with empty.read() as connection:
        for name in filled:
            count = select(func.count()).select_from(SQLModel.metadata.tables[name])
            assert (name, connection.scalar(count)) == (name, 1)
        assert is_current(connection)
