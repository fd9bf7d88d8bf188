"""Running migrations: forward only, all in one transaction, each with its record."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from sync_server import (  # noqa: F401 - they fill the metadata
    carried_tables,
    erasure_tables,
    people_tables,
    scope_tables,
)
from sync_server.database import Database
from sync_server.settings import SettingsError

HEAD = "head"


def migrate(database: Database, target: str = HEAD) -> None:
    """Bring a database to a version; two servers that start together take turns.

    Raises SettingsError on a database of a newer version; nothing is changed then.
    """
    with database.read() as connection:
        if target == HEAD and is_current(connection):
            return
    with database.write() as connection:
        database.lock_log(connection)
        try:
            command.upgrade(_config(connection), target)
        except CommandError as error:
            raise SettingsError(
                "This database was made by a newer version of Tessera. "
                "Install that version; nothing was changed."
            ) from error


def is_current(connection: Connection) -> bool:
    """Tell whether a database has the newest version."""
    return version_of(connection) == newest()


def version_of(connection: Connection) -> str | None:
    """Return the version that a database has, or None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """Return the newest version that this program knows."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
