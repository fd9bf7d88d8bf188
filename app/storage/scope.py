"""Whom this device lacks, and who left it: two sealed lists.

Whoever is wanted came into scope, or came back, and is to be asked for whole. Whoever
left is in the server's log for this device still: what comes of them is not half of a
record here, but the reason to ask for all of it.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping

from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.sealed_values import SealedValues

WANTED, LEFT = "scope/wanted", "scope/left"


def load_ids(
    driver: sqlite3.Connection, local: SealedValues, name: str, damaged: set[Damage]
) -> frozenset[str]:
    """Return one of the lists; one that was tampered with is named, and empty."""
    try:
        raw = local.get(driver, name)
    except VaultCorruptError:
        damaged.add(Damage(DamageKind.VALUE, name))
        return frozenset()
    return frozenset(json.loads(raw or b"[]"))


def put_ids(
    driver: sqlite3.Connection,
    local: SealedValues,
    name: str,
    patient_ids: Iterable[str],
) -> None:
    """Keep one of the lists."""
    local.put(driver, name, json.dumps(sorted(patient_ids)).encode())


def load_left(
    driver: sqlite3.Connection, local: SealedValues, damaged: set[Damage]
) -> dict[str, int]:
    """Return who left, and what each of them counted then (see unit_check)."""
    try:
        raw = local.get(driver, LEFT)
    except VaultCorruptError:
        damaged.add(Damage(DamageKind.VALUE, LEFT))
        return {}
    return {whose: int(total, 16) for whose, total in json.loads(raw or b"{}").items()}


def put_left(
    driver: sqlite3.Connection, local: SealedValues, left: Mapping[str, int]
) -> None:
    """Keep who left."""
    texts = {whose: f"{total:x}" for whose, total in sorted(left.items())}
    local.put(driver, LEFT, json.dumps(texts).encode())
