"""`tessera practitioner list|confirm|revoke|reinstate`: who may write."""

import argparse

from sync_server.commands.deployment import opened, operator
from sync_server.context import Ports
from sync_server.services import people, site_scope
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings


def show(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Print each: name, role, state, id, who proposed them."""
    with opened(settings, ports) as context, context.database.read() as connection:
        for row in people.all_practitioners(connection):
            state = "confirmed" if row.confirmed else "unconfirmed"
            if not row.active:
                state = "revoked"
            columns = (row.name, row.role, state, row.practitioner_id)
            print("\t".join((*columns, row.proposed_by or "")))
    return 0


def bind(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Bind somebody to sites for the console, or to none: then they read all."""
    with opened(settings, ports) as context:
        by = operator(context)
        site_scope.bind(context.database, given.name, given.site, by)
    return 0


def confirm(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Confirm somebody whom a colleague added on a tablet."""
    with opened(settings, ports) as context:
        done = people.confirm(context.database, given.name, operator(context))
        _require(given.name, done=done)
    return 0


def revoke(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let somebody write no more; what they wrote before stays theirs."""
    with opened(settings, ports) as context:
        now, by = ports.wall(), operator(context)
        done = people.revoke(context.database, given.name, now, by)
        _require(given.name, done=done)
    print("Tablets learn of it when they next send. Until then an open one works on:")
    print("what is written after now is set aside.")
    return 0


def reinstate(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Undo a revocation."""
    with opened(settings, ports) as context:
        done = people.reinstate(context.database, given.name, operator(context))
        _require(given.name, done=done)
    return 0


def _require(name: str, *, done: bool) -> None:
    if not done:
        raise AdministrationError(
            f"There is no practitioner called {name!r}. See: tessera practitioner list"
        )
