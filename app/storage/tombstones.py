"""Who was erased: a sealed list of patients' ids, so that nothing comes back."""

import json
import sqlite3
from collections.abc import Iterable

from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.sealed_values import SealedValues

ERASED = "erasure/patients"


def load_erased(
    driver: sqlite3.Connection, local: SealedValues, damaged: set[Damage]
) -> frozenset[str]:
    """Return who was erased here; a list that was tampered with is named."""
    try:
        raw = local.get(driver, ERASED)
    except VaultCorruptError:
        damaged.add(Damage(DamageKind.VALUE, ERASED))
        return frozenset()
    return frozenset(json.loads(raw or b"[]"))


def put_erased(
    driver: sqlite3.Connection, local: SealedValues, patient_ids: Iterable[str]
) -> None:
    """Keep the list."""
    local.put(driver, ERASED, json.dumps(sorted(patient_ids)).encode())
