"""`tessera compartment`: who may read confidential notes."""

import argparse
from typing import Any

from sync_server.commands.deployment import opened, operator
from sync_server.context import Ports
from sync_server.services import compartment_readers
from sync_server.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "compartment", help="who may read confidential notes (violence, HIV)"
    )
    kinds = command.add_subparsers(required=True, metavar="allow|withdraw")
    for name, text, run in (
        ("allow", "let somebody read them", allow),
        ("withdraw", "let somebody read them no longer", withdraw),
    ):
        kind = kinds.add_parser(name, help=text)
        kind.add_argument("--practitioner", required=True, metavar="NAME", help="whom")
        kind.set_defaults(run=run)


def allow(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let somebody read confidential notes."""
    with opened(settings, ports) as context:
        compartment_readers.allow(
            context.database, given.practitioner, operator(context)
        )
    print(
        "Allowed. They read on a tablet once one of theirs, or of another reader, has "
        "sent and received."
    )
    return 0


def withdraw(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Let somebody read confidential notes no longer."""
    with opened(settings, ports) as context:
        compartment_readers.withdraw(
            context.database, given.practitioner, operator(context)
        )
    print(
        "Withdrawn. New notes are closed to them once a reader's tablet has sent and "
        "received; what they could read before they may have read."
    )
    return 0
