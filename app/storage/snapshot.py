"""The index's sealed snapshot: its parts, and the log position at which it was made.

A part holds what changed since the one before, so that keeping the index costs what
changed and not what there is. It is a cache: one that is missing, damaged or of an
unknown version is made again.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from app.core.merge import Document
from app.core.operation import SCHEMA
from app.core.summary import PatientSummary, summary_values
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.patient_index import (
    FOLDING,
    NOTHING,
    SUMMARY_FIELDS,
    Entry,
    PatientIndex,
)
from app.storage.rows import Rows
from app.storage.sealed_values import SealedValues
from app.storage.uncollected import uncollected

SNAPSHOT = "index_snapshot"
MOST_PARTS = 64
_DROP_PARTS = f"DELETE FROM sealed_value WHERE name GLOB '{SNAPSHOT}/*'"  # noqa: S608
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a value of an unforeseen shape can raise."""
_WHOLE = [FOLDING, SCHEMA, *SUMMARY_FIELDS]
"""Version of a snapshot in one piece, as an older app kept it."""
_VERSION = ["parts/2", *_WHOLE]
_read_part = msgspec.msgpack.Decoder(tuple[list[str], list[Entry]]).decode


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is kept of the index: up to which position, in parts by their positions."""

    position: int = 0
    parts: tuple[int, ...] = ()

    def keep(
        self,
        driver: sqlite3.Connection,
        local: SealedValues,
        index: PatientIndex,
        position: int,
        coming: Mapping[str, Entry | None] = NOTHING,
    ) -> "Snapshot":
        """Write what changed since, or everything where the parts are many.

        `coming` is what this same transaction changes, and the index follows later.
        """
        if not self.parts or len(self.parts) >= MOST_PARTS:
            driver.execute(_DROP_PARTS)
            changed: dict[str, Entry | None] = {e[1]: e for e in index.entries()}
            kept = Snapshot(position, (position,))
        else:
            changed = index.unsaved()
            kept = Snapshot(position, (*self.parts, position))
        changed.update(coming)
        local.put(driver, _name(position), part_bytes(changed))
        whole = json.dumps([_VERSION, position, kept.parts])
        local.put(driver, SNAPSHOT, whole.encode())
        return kept


def drop_snapshot(driver: sqlite3.Connection) -> None:
    """Remove all that is kept of the index."""
    driver.execute(_DROP_PARTS)
    driver.execute("DELETE FROM sealed_value WHERE name = ?", (SNAPSHOT,))


def _name(part: int) -> str:
    return f"{SNAPSHOT}/{part}"


def part_bytes(changed: Mapping[str, Entry | None]) -> bytes:
    """Return what is sealed of a part: who was taken out, and the entries."""
    entries = [entry for entry in changed.values() if entry is not None]
    gone = [patient_id for patient_id, entry in changed.items() if entry is None]
    return msgspec.msgpack.encode((gone, entries))


def read_part(raw: bytes) -> tuple[list[str], list[Entry]]:
    """Return who was taken out since the part before, and the entries."""
    return _read_part(raw)


def _read(
    driver: sqlite3.Connection, local: SealedValues
) -> tuple[Snapshot, Iterable[Entry]]:
    raw = local.get(driver, SNAPSHOT)
    version, position, content = (None, 0, ()) if raw is None else json.loads(raw)
    if version == _WHOLE:
        summaries = (PatientSummary.from_json(each[0]) for each in content)
        return Snapshot(position), [Entry.of(summary) for summary in summaries]
    if version != _VERSION:
        return Snapshot(), ()
    entries: dict[str, Entry] = {}
    for part in content:
        gone, changed = read_part(local.require(driver, _name(part)))
        entries.update({entry[1]: entry for entry in changed})
        for patient_id in gone:
            entries.pop(patient_id, None)
    return Snapshot(position, tuple(content)), entries.values()


def load_index(
    driver: sqlite3.Connection, rows: Rows, local: SealedValues
) -> tuple[Snapshot, PatientIndex]:
    """Return the snapshot, and the index with everything since."""
    with uncollected():
        return _load(driver, rows, local)


def _load(
    driver: sqlite3.Connection, rows: Rows, local: SealedValues
) -> tuple[Snapshot, PatientIndex]:
    try:
        snapshot, entries = _read(driver, local)
    except VaultCorruptError:
        rows.damaged.add(Damage(DamageKind.VALUE, SNAPSHOT))
        snapshot, entries = Snapshot(), ()
    changed = rows.changed_patients(driver, snapshot.position)
    since = {p: entry_from(rows, p, found) for p, found in changed}
    return snapshot, PatientIndex(entries, since)


def entry_of(
    driver: sqlite3.Connection,
    rows: Rows,
    patient_id: str,
    folded: Mapping[str, Document] = MappingProxyType({}),
) -> Entry | None:
    """Return a patient as lists show them, from what can be read.

    It never raises for one odd record: that would keep everybody from the vault, or a
    whole page of the feed out of it. The patient stays out of lists, and is named in
    `rows.damaged`.
    """
    documents = rows.readable_documents(driver, patient_id, folded)
    return entry_from(rows, patient_id, documents)


def entry_from(
    rows: Rows, patient_id: str, documents: Iterable[Document]
) -> Entry | None:
    """Return the entry of all that there is of a patient; see entry_of."""
    try:
        return described(documents)
    except ODD:
        rows.damaged.add(Damage(DamageKind.PATIENT, patient_id, patient_id))
        return None


def described(documents: Iterable[Document]) -> Entry | None:
    """Return the same; raise one of ODD where a record has an unforeseen shape."""
    values = summary_values(documents)
    return None if values is None else Entry.of_values(values)
