"""How much exists on this tablet alone."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from app.storage.rows import Rows


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """How much exists on this tablet alone: no server has accepted it.

    `operations` wait to be sent, `set_aside` were refused and are kept; `records`
    and `oldest_at` are those of both, `refused_records` of the refused ones.
    """

    operations: int
    records: int
    oldest_at: int | None
    set_aside: int
    refused_records: int = 0


def only_here(
    driver: sqlite3.Connection, rows: Rows, leave_out: Iterable[str] = ()
) -> OnlyHere:
    """Count what no server has accepted; some patient ids may be left out."""
    others = json.dumps(list(leave_out))
    # SQLite uses a partial index only where its condition is repeated as it stands.
    waiting, records, refused, of_refused = driver.execute(
        "SELECT count(*) FILTER (WHERE state = 0), count(DISTINCT record_id), "
        "count(*) FILTER (WHERE state = 2), "
        "count(DISTINCT record_id) FILTER (WHERE state = 2) "
        "FROM operation WHERE state <> 1 "
        "AND patient_id NOT IN (SELECT value FROM json_each(?))",
        (others,),
    ).fetchone()
    found = rows.select_operations(
        driver,
        "WHERE state <> 1 AND patient_id NOT IN (SELECT value FROM json_each(?)) "
        "ORDER BY number",
        others,
    )
    oldest = next(found, None)
    oldest_at = None if oldest is None else oldest.header.at.wall_ms
    return OnlyHere(waiting, records, oldest_at, refused, of_refused)


def is_only_here(driver: sqlite3.Connection, patient_id: str) -> bool:
    """Tell whether one operation of a patient's, or more, was not accepted."""
    found = driver.execute(
        "SELECT 1 FROM operation WHERE patient_id = ? AND state <> 1 LIMIT 1",
        (patient_id,),
    ).fetchone()
    return found is not None
