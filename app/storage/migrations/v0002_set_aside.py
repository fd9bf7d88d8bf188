"""What was set aside keeps its reason; counting what is unsent needs no scan."""

import sqlite3

VERSION = 2
NAME = "set aside"

_STATEMENTS = (
    "CREATE TABLE set_aside (item_id TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)",
    "CREATE INDEX operation_pending ON operation (number) WHERE state = 0",
    "CREATE INDEX operation_unaccepted ON operation (record_id) WHERE state <> 1",
)


def apply(driver: sqlite3.Connection) -> None:
    """Add the table and the two indices."""
    for statement in _STATEMENTS:
        driver.execute(statement)
