"""`tessera audit`: is the trail whole, and who read what."""

import argparse
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.database import AnyRow
from sync_server.services import audit
from sync_server.services.audit_verify import Chain
from sync_server.services.audit_verify import verify as verify_chains
from sync_server.settings import Settings
from sync_server.tables import AUDIT_EVENT

BROKEN = 1


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("audit", help="who read what, and is it whole")
    kinds = command.add_subparsers(required=True, metavar="verify|list")
    kinds.add_parser(
        "verify", help="recompute every chain; 1 at a gap or an edit"
    ).set_defaults(run=verify)
    events = kinds.add_parser(
        "list",
        help="when, what, who, whose record, from where, how often, why, whom, tablet",
    )
    events.add_argument("--patient", metavar="ID", help="of one patient's record")
    events.set_defaults(run=show)


def verify(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Say of each chain how far it holds; 1 where one does not."""
    # The server may go on: what it takes in meanwhile is no gap.
    with opened(settings, ports) as context, context.database.snapshot() as connection:
        chains = list(verify_chains(connection))
    print("\n".join(map(_said, chains)))
    return BROKEN if any(chain.broken_at for chain in chains) else 0


def _said(chain: Chain) -> str:
    if chain.broken_at:
        return f"{chain.name}: number {chain.broken_at} {chain.why}"
    return f"{chain.name}: whole, {chain.number} up to {chain.digest.hex()}"


def show(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """List events in the order in which they came, a line each."""
    query = select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.number)
    if given.patient is not None:
        query = query.where(AUDIT_EVENT.c.patient_id == given.patient)
    with opened(settings, ports) as context, context.database.read() as connection:
        for row in connection.execute(query):
            print("\t".join(map(_plain, _columns(row))))
    return 0


def _columns(row: AnyRow) -> tuple[str, ...]:
    event = audit.event_of(row)
    return (
        _when(event.recorded_at),
        event.kind,
        event.practitioner_id,
        event.patient_id,
        row.source or "server",
        str(event.count),
        event.reason,
        event.owner_id,
        event.device_id,
    )


def _when(at_ms: int) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return str(at_ms)


def _plain(text: str) -> str:
    """What somebody typed can't move the cursor of who reads it."""
    return "".join(c if c.isprintable() else " " for c in text)
