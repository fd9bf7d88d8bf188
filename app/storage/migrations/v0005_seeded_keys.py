"""Patients' keys may be made of seeds; an older app would take these for damage.

No table changes: the version alone keeps that app from the vault.
"""

import sqlite3

VERSION = 5
NAME = "seeded keys"


def apply(_driver: sqlite3.Connection) -> None:
    """Change nothing: keys that are there stay wrapped, and are read for ever."""
