"""A record's operations are found in an index alone, at each reading of the record."""

import sqlite3

VERSION = 3
NAME = "operations of a record"

_STATEMENTS = (
    """CREATE INDEX operation_of_record
        ON operation (patient_id, record_id, operation_id)""",
    "DROP INDEX operation_by_patient",
)


def apply(driver: sqlite3.Connection) -> None:
    """Put one index in the place of another, which it begins like."""
    for statement in _STATEMENTS:
        driver.execute(statement)
