"""The index's sealed snapshot: one row, and the log position at which it was made.

It is a cache: one that is missing, damaged or of another version is made again.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType

from app.core.merge import Document
from app.core.operation import SCHEMA
from app.core.summary import PatientSummary, summarise
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.patient_index import FOLDING, Entry, PatientIndex
from app.storage.rows import Rows
from app.storage.sealed_values import SealedValues

SNAPSHOT = "index_snapshot"
_ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a value of an unforeseen shape can raise."""
_VERSION = [FOLDING, SCHEMA, *(field.name for field in fields(PatientSummary))]


def snapshot_bytes(entries: Iterable[Entry], position: int) -> bytes:
    """Return what is sealed."""
    packed = [(e.raw, e.words, e.phones) for e in entries]
    return json.dumps(
        [_VERSION, position, packed], ensure_ascii=False, separators=(",", ":")
    ).encode()


def _read_snapshot(raw: bytes | None) -> tuple[int, list[Entry]]:
    if raw is None:
        return 0, []
    version, position, packed = json.loads(raw)
    if version != _VERSION:
        return 0, []
    return position, [Entry(*entry) for entry in packed]


def load_index(
    driver: sqlite3.Connection, rows: Rows, local: SealedValues
) -> tuple[int, PatientIndex]:
    """Return the snapshot's position, and the index with everything since."""
    try:
        position, entries = _read_snapshot(local.get(driver, SNAPSHOT))
    except VaultCorruptError:
        rows.damaged.add(Damage(DamageKind.VALUE, SNAPSHOT))
        position, entries = 0, []
    index = PatientIndex(entries)
    changed = driver.execute(
        "SELECT DISTINCT patient_id FROM document WHERE position > ?", (position,)
    ).fetchall()
    index.update({p: summary_of(driver, rows, p) for (p,) in changed})
    return position, index


def summary_of(
    driver: sqlite3.Connection,
    rows: Rows,
    patient_id: str,
    folded: Mapping[str, Document] = MappingProxyType({}),
) -> PatientSummary | None:
    """Return a patient as lists show them, from what can be read.

    It never raises for one odd record: that would keep everybody from the vault, or a
    whole page of the feed out of it. The patient stays out of lists, and is named in
    `rows.damaged`.
    """
    documents = rows.readable_documents(driver, patient_id, folded)
    try:
        return summarise(documents)
    except _ODD:
        rows.damaged.add(Damage(DamageKind.PATIENT, patient_id, patient_id))
        return None
