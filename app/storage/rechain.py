"""This device's own operations in the chain of another identity.

Operations stay as they are, with their ids, so a server that has one already answers
that it knows it; and an older chain still verifies, whatever goes on from here.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from app.core.chain import GENESIS, ChainHead
from app.storage.stored_operation import State, StoredOperation
from app.storage.unlocked import Keyed

_OWN = "WHERE number IS NOT NULL ORDER BY number"


def rechain(driver: sqlite3.Connection, keyed: Keyed, device_id: str) -> ChainHead:
    """Put every own operation into a new chain, all of them pending; return its head.

    Also what was acknowledged before: the server may have lost it meanwhile. What no
    server is known to have goes first, and what is damaged keeps nothing waiting.
    """
    rows = keyed.rows
    operations = _in_order(rows.select_operations(driver, _OWN))
    driver.execute("UPDATE operation SET number = NULL WHERE number IS NOT NULL")
    head = ChainHead(device_id, 0, GENESIS)
    for stored in operations:
        head = head.extend(stored.encoded.header_digest)
        keyed.aside.drop(driver, stored.header.operation_id)
        rows.put_operation(
            driver,
            replace(
                stored,
                device_id=device_id,
                state=State.PENDING,
                number=head.number,
                link=head.digest,
            ),
        )
    return head


def _in_order(found: Iterable[StoredOperation]) -> list[StoredOperation]:
    grouped = groupby(found, key=lambda stored: stored.header.change.change_id)
    changes = [list(parts) for _change_id, parts in grouped]
    changes.sort(key=_rank)  # Stable: otherwise as they were written.
    return [stored for change in changes for stored in change]


def _rank(change: list[StoredOperation]) -> tuple[bool, bool]:
    is_broken = len(change) < change[0].header.change.size
    is_sent = all(stored.state is State.ACKNOWLEDGED for stored in change)
    return is_broken, is_sent
