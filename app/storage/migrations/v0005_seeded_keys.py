"""Patients' keys may be made of seeds: short rows, so they lie in their index itself.

An older app would take a seed for damage; the version keeps it from the vault.
"""

import sqlite3

VERSION = 5
NAME = "seeded keys"

_STATEMENTS = (
    "ALTER TABLE patient_key RENAME TO older_patient_key",
    """CREATE TABLE patient_key (
        patient_id TEXT NOT NULL PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID""",
    """INSERT INTO patient_key (patient_id, kept)
        SELECT patient_id, wrapped FROM older_patient_key ORDER BY patient_id""",
    "DROP TABLE older_patient_key",
)


def apply(driver: sqlite3.Connection) -> None:
    """Move the keys that are there; they stay wrapped, and are read for ever."""
    for statement in _STATEMENTS:
        driver.execute(statement)
