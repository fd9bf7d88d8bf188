"""`tessera session list|end`: who is signed in to the console."""

import argparse
from datetime import UTC, datetime
from typing import Any

from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.services import sessions
from sync_server.services.administration import AdministrationError
from sync_server.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command."""
    session = commands.add_parser("session", help="who is signed in to the console")
    kinds = session.add_subparsers(required=True, metavar="list|end")
    kinds.add_parser(
        "list", help="id, name, opened, last used; a line each"
    ).set_defaults(run=show)
    ended = kinds.add_parser("end", help="end a session")
    ended.add_argument("session_id", help="its id (tessera session list)")
    ended.set_defaults(run=end)


def show(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Print each open session."""
    with opened(settings, ports) as context:
        for one in sessions.listed(context, None, "").sessions:
            times = (_time(one.opened_at), _time(one.used_at))
            print("\t".join((one.session_id, one.name, *times)))
    return 0


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def end(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """End a session: whoever has it must sign in again."""
    with opened(settings, ports) as context:
        if not sessions.end(context, given.session_id, None):
            raise AdministrationError(
                "There is no such session. See: tessera session list"
            )
    return 0
