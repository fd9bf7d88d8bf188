"""Of whom something exists on this tablet alone: how much, since when, sent or not."""

import sqlite3
from dataclasses import dataclass

from app.core.records import RecordType
from app.storage.rows import Rows


@dataclass(frozen=True, slots=True)
class WaitingPerson:
    """What of one person no server has accepted or refused yet."""

    patient_id: str
    records: int
    oldest_at: int
    is_sent: bool
    """Whether all of it left this tablet once; nobody confirmed that it arrived."""


def waiting_people(
    driver: sqlite3.Connection, rows: Rows, sent: int
) -> tuple[WaitingPerson, ...]:
    """Return them, the oldest first; `sent` is the number up to which all left."""
    # The first condition is that of a partial index, as it stands.
    found = driver.execute(
        "SELECT patient_id, count(DISTINCT record_id), min(number), max(number) "
        "FROM operation WHERE state <> 1 AND state = 0 "
        "GROUP BY patient_id ORDER BY min(number)"
    ).fetchall()
    people = []
    for patient_id, records, first, last in found:
        stored = next(rows.select_operations(driver, "WHERE number = ?", first), None)
        if stored is None:  # It can't be read; the vault names it among the damage.
            continue
        if stored.header.record_type != RecordType.AUDIT_EVENT:
            at = stored.header.at.wall_ms
            people.append(WaitingPerson(patient_id, records, at, last <= sent))
    return tuple(people)
