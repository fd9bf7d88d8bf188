"""`tessera set-aside list`: what the server keeps and did not accept."""

import argparse
from datetime import UTC, datetime

from sqlalchemy import select

from app.core.operation import OperationError, decode_header
from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.database import AnyRow
from sync_server.set_aside_tables import LEFT_OUT
from sync_server.settings import Settings
from sync_server.tables import SET_ASIDE


def show(_given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Print each: time, reason, tablet, author, site, operation; ids alone.

    Of what a coordinator left out also that, why, and by whom.
    """
    query = select(SET_ASIDE).order_by(SET_ASIDE.c.received_at)
    with opened(settings, ports) as context, context.database.read() as connection:
        decided = {
            bytes(row.header_digest): ("left out", row.reason, row.practitioner_id)
            for row in connection.execute(select(LEFT_OUT))
        }
        for row in connection.execute(query):
            also = decided.get(bytes(row.header_digest), ())
            print("\t".join((*_columns(row), *also)))
    return 0


def _columns(row: AnyRow) -> tuple[str, ...]:
    at = datetime.fromtimestamp(row.received_at / 1000, UTC)
    author = site = "?"
    try:
        head, _ = decode_header(row.header)
    except OperationError:
        head = None
    if head is not None and (head.practitioner_id + head.site_id).isprintable():
        author, site = head.practitioner_id, head.site_id
    when = at.isoformat(timespec="seconds")
    return when, row.reason, row.device_id, author, site, row.operation_id or "?"
