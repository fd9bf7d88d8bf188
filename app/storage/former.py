"""Who this device was before it took a new identity: a sealed list, the oldest first.

Its audit events from before stand under those names, and are still no records.
"""

import json
import sqlite3

from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.sealed_values import SealedValues

FORMER = "identity/former"


def load_former(
    driver: sqlite3.Connection, local: SealedValues, damaged: set[Damage]
) -> tuple[str, ...]:
    """Return the device ids from before; a list that was tampered with is named."""
    try:
        raw = local.get(driver, FORMER)
    except VaultCorruptError:
        damaged.add(Damage(DamageKind.VALUE, FORMER))
        return ()
    return tuple(json.loads(raw or b"[]"))


def add_former(driver: sqlite3.Connection, local: SealedValues, device_id: str) -> None:
    """Keep one more, once."""
    known = load_former(driver, local, set())
    if device_id not in known:
        local.put(driver, FORMER, json.dumps([*known, device_id]).encode())
