"""The tables of the first vault."""

import sqlite3

VERSION = 1
NAME = "initial"

_STATEMENTS = (
    "CREATE TABLE sealed_value (name TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)",
    """CREATE TABLE slot (
        practitioner_id TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)""",
    """CREATE TABLE attempt (
        practitioner_id TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)""",
    """CREATE TABLE patient_key (
        patient_id TEXT NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL)""",
    """CREATE TABLE operation (
        position INTEGER NOT NULL PRIMARY KEY,
        operation_id TEXT NOT NULL UNIQUE,
        record_id TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        number INTEGER UNIQUE,
        state INTEGER NOT NULL,
        sealed BLOB NOT NULL)""",
    "CREATE INDEX operation_by_patient ON operation (patient_id)",
    """CREATE TABLE document (
        record_id TEXT NOT NULL PRIMARY KEY,
        patient_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        sealed BLOB NOT NULL)""",
    "CREATE INDEX document_by_patient ON document (patient_id)",
    "CREATE INDEX document_by_position ON document (position)",
    """CREATE TABLE draft (
        draft_id TEXT NOT NULL PRIMARY KEY,
        patient_id TEXT NOT NULL,
        sealed BLOB NOT NULL)""",
    "CREATE INDEX draft_by_patient ON draft (patient_id)",
)


def apply(driver: sqlite3.Connection) -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        driver.execute(statement)
