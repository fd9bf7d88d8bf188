"""Commands that set up: init, migrate, site, practitioner."""

import argparse
import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from app.core.wire import Notice, Role
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.opening import open_context, open_database
from sync_server.services import administration, erasure
from sync_server.services.administration import (
    AdministrationError,
    DeploymentValues,
    NewPractitioner,
)
from sync_server.services.operator_audit import Operator
from sync_server.settings import Settings


@contextmanager
def opened(settings: Settings, ports: Ports) -> Iterator[Context]:
    """Open a deployment for one command."""
    with database_of(settings) as database:
        yield open_context(settings, ports, database)


def operator(context: Context) -> Operator:
    """Return who acts by a command, for the audit."""
    return Operator(context.database, context.ports)


@contextmanager
def database_of(settings: Settings) -> Iterator[Database]:
    """Open the database for one command, brought to this version."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def init(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Make a deployment, or change what is said of it."""
    values = DeploymentValues(
        name=given.name,
        controller=given.controller,
        contact=given.contact,
        retention_days=given.retention_days,
        notice=None if given.notice is None else _notice(given.notice),
    )
    with database_of(settings) as database:
        made = administration.initialise(settings, ports, database, values)
        again = 0
        if given.restored:
            administration.begin_epoch(ports, database)
            again = erasure.replay(open_context(settings, ports, database))
    print("Made a new deployment." if made else "The deployment was there already.")
    if again:
        print(f"Erased again: {again} people whom the backup still had.")
    print(f"Its secrets are in {settings.data}: keep a copy apart from the database's.")
    return 0


def _notice(path: Path) -> Notice:
    try:
        return Notice.model_validate_json(path.read_bytes())
    except ValidationError:
        raise AdministrationError(
            f'{path} is no notice. It is JSON: {{"version": "1", "texts": '
            '[{"language": "en", "body": "..."}], "services": []}'
        ) from None


def migrate(_given: argparse.Namespace, settings: Settings, _ports: Ports) -> int:
    """Bring the database to this version."""
    with database_of(settings):
        print("The database has this version.")
    return 0


def add_site(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Add a site."""
    plan = None if given.plan is None else _plan(given.plan)
    with opened(settings, ports) as context:
        database = context.database
        print(administration.add_site(ports, database, given.name, given.zone, plan))
    return 0


def _plan(path: Path) -> object:
    try:
        plan = json.loads(path.read_bytes())
    except ValueError:
        plan = None
    if not isinstance(plan, dict):
        raise AdministrationError(f"{path} is no plan: it is not a JSON object.")
    return plan


def add_practitioner(
    given: argparse.Namespace, settings: Settings, ports: Ports
) -> int:
    """Add a practitioner."""
    passphrase = read_passphrase(given)
    role = Role(given.role)
    new = NewPractitioner(given.name, role, passphrase, given.practitioner_id)
    with opened(settings, ports) as context:
        database, by = context.database, operator(context)
        print(administration.add_practitioner(ports, database, new, by))
    return 0


def set_passphrase(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Set a practitioner's passphrase; open sessions end."""
    passphrase = read_passphrase(given)
    if passphrase is None:
        raise AdministrationError("Add --passphrase-prompt or --passphrase-stdin.")
    with opened(settings, ports) as context:
        administration.set_passphrase(context.database, given.name, passphrase)
    return 0


def read_passphrase(given: argparse.Namespace) -> str | None:
    """Return what was typed twice, or came on standard input; None where neither."""
    try:
        if given.passphrase_stdin:
            return sys.stdin.buffer.readline().decode().rstrip("\r\n")
        if not given.passphrase_prompt:
            return None
        first = getpass.getpass("Passphrase: ")
        again = getpass.getpass("Once more: ")
    except EOFError:
        raise AdministrationError("No passphrase was typed. Nothing changed.") from None
    except UnicodeDecodeError:
        raise AdministrationError("The passphrase is not UTF-8.") from None
    if first != again:
        raise AdministrationError("The two passphrases differ. Nothing was changed.")
    return first
