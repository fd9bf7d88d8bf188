"""Counting many operations as acknowledged at once, without reading what they hold."""

import json
import sqlite3
from collections.abc import Collection

from app.storage.errors import VaultCorruptError
from app.storage.rows import Rows, operation_place
from app.storage.sealing import SealError
from app.storage.stored_operation import State, has_no_clamp

_PENDING = (
    "SELECT operation_id, record_id, patient_id, number, sealed FROM operation "
    "WHERE operation_id IN (SELECT value FROM json_each(?)) AND state = 0 "
    "AND number <= ?"
)
Ready = dict[str, tuple[bytes, bytes]]
"""By operation id: a pending row as a batch read it, and sealed as acknowledged."""
_NOT_READY = (b"", b"")
_PUT = "UPDATE operation SET state = ?, sealed = ? WHERE operation_id = ?"


def acknowledge(
    driver: sqlite3.Connection,
    rows: Rows,
    operation_ids: Collection[str],
    last: int,
    ready: Ready,
) -> tuple[set[str], set[str]]:
    """Count pending own links up to a number as acknowledged, without a clamp.

    Returns which were, and their patients. What can't be opened, or had a clamp, is
    left as it is: whoever reads it whole names the damage, or drops the clamp. What is
    `ready` is taken from there, if its row is still the same.
    """
    done, patients = [], set()
    listed = json.dumps(list(operation_ids))
    for operation_id, record_id, patient_id, number, sealed in driver.execute(
        _PENDING, (listed, last)
    ).fetchall():
        before, again = ready.pop(operation_id, _NOT_READY)
        if before != sealed:
            ids = (operation_id, record_id, patient_id)
            found = _moved(driver, rows, ids, number, sealed)
            if found is None:
                continue
            again = found
        done.append((int(State.ACKNOWLEDGED), again, operation_id))
        patients.add(patient_id)
    driver.executemany(_PUT, done)
    return {operation_id for _state, _sealed, operation_id in done}, patients


def _moved(
    driver: sqlite3.Connection,
    rows: Rows,
    ids: tuple[str, str, str],
    number: int,
    sealed: bytes,
) -> bytes | None:
    here = operation_place(ids, number, State.PENDING)
    there = operation_place(ids, number, State.ACKNOWLEDGED)
    try:
        again, plain = rows.key(driver, ids[2]).moved(sealed, here, there)
    except (VaultCorruptError, SealError):
        return None
    return again if has_no_clamp(plain) else None
