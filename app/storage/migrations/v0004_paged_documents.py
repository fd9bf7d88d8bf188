"""A document knows whether it came in a page: then the log can't make it again."""

import sqlite3

VERSION = 4
NAME = "paged documents"


def apply(driver: sqlite3.Connection) -> None:
    """Add the mark; no document that is there came in a page."""
    driver.execute("ALTER TABLE document ADD COLUMN paged INTEGER NOT NULL DEFAULT 0")
