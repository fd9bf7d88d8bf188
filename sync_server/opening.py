"""Opening a server: database, migrations, secrets, and who answers for the data."""

from sqlalchemy.exc import ArgumentError

from app.core.wire import Deployment
from sync_server import secret_file
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.migrations.run import migrate
from sync_server.services import checks, erasure, setup
from sync_server.settings import Settings, SettingsError


def open_server(settings: Settings, ports: Ports) -> tuple[Context, Deployment]:
    """Return what requests work with; raise SettingsError where it must not start."""
    database = open_database(settings)
    try:
        context = open_context(settings, ports, database)
        erasure.replay(context)
        with database.read() as connection:
            row = setup.deployment_row(connection)
        return context, setup.deployment(settings, row)
    except SettingsError:
        database.close()
        raise


def open_database(settings: Settings) -> Database:
    """Return the database, brought to this version."""
    url = settings.url
    try:
        database = Database(url, settings.threads)
    except (ValueError, ArgumentError):  # messages may quote a password
        raise SettingsError("DATABASE_URL can't be read as an address.") from None
    try:
        migrate(database)
    except SettingsError:
        database.close()
        raise
    return database


def open_context(settings: Settings, ports: Ports, database: Database) -> Context:
    """Return the context of a deployment; raise SettingsError if it was not made."""
    with database.read() as connection:
        row = setup.deployment_row(connection)
    secrets = secret_file.load(settings.data)
    if secrets.public_key != row.public_key:
        raise SettingsError(
            f"{settings.data / secret_file.NAME} belongs to another deployment than "
            "this database. Put the right one back; nothing was changed."
        )
    checks.ensure(database)
    return Context(settings, database, secrets, ports)
