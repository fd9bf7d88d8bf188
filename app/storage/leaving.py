"""A patient who leaves this device: their key and what was written of them goes.

The server has all of it. Of own operations the headers stay, under a fresh key: this
device's chain runs over them.
"""

import sqlite3
from collections.abc import Iterable

from app.core.merge import Document
from app.core.projections import View, by_type
from app.core.records import RecordType
from app.core.summary import PatientSummary
from app.storage.only_here import is_only_here
from app.storage.patient_erasure import without_content
from app.storage.unit import Unit

DAY_MS = 24 * 60 * 60 * 1000
_HELD_BACK = (
    "SELECT 1 FROM draft WHERE patient_id = ? LIMIT 1",
    "SELECT 1 FROM operation WHERE patient_id = ? AND state <> 1 LIMIT 1",
)


def is_old(summary: PatientSummary, now_ms: int, keep_days: int) -> bool:
    """Tell whether nobody cares for them here, and nothing changed for long enough."""
    quiet = now_ms - summary.changed_at > keep_days * DAY_MS
    return quiet and not summary.encounter_id


def is_held_back(driver: sqlite3.Connection, patient_id: str) -> bool:
    """Tell whether something of somebody is only here, or was typed and not saved."""
    held = any(driver.execute(q, (patient_id,)).fetchone() for q in _HELD_BACK)
    return held or is_only_here(driver, patient_id)


def may_leave(
    driver: sqlite3.Connection, patient_id: str, documents: Iterable[Document]
) -> bool:
    """Tell whether the server has all of somebody, and nothing waits for a person.

    Whoever has a draft, an open conflict, or was never in care, stays.
    """
    found = [*documents]
    if is_held_back(driver, patient_id):
        return False
    if not by_type(found, RecordType.ENCOUNTER):
        return False
    return not any(View(document).conflicts() for document in found)


def let_go(unit: Unit, patient_id: str) -> None:
    """Take a patient out; whoever asked made sure that they may leave."""
    driver, rows = unit.driver, unit.rows
    own = "WHERE patient_id = ? AND number IS NOT NULL"
    found = [*rows.select_operations(driver, own, patient_id)]
    for table in ("document", "patient_key"):
        statement = f"DELETE FROM {table} WHERE patient_id = ?"  # noqa: S608
        driver.execute(statement, (patient_id,))
    driver.execute(
        "DELETE FROM operation WHERE patient_id = ? AND number IS NULL", (patient_id,)
    )
    # Those that can be read are written again below.
    driver.execute(
        "UPDATE operation SET sealed = x'' WHERE patient_id = ?", (patient_id,)
    )
    rows.forget_keys()
    for stored in found:
        rows.put_operation(driver, without_content(stored))
    unit.forget(patient_id)
