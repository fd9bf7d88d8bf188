"""Taking in a page of a first sync: whole documents, merged with what is here.

A page twice is a page once, and takes nothing away that was written here: documents
join, and the log of a record is folded over what came.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from app.core.clock import HybridClock, HybridTimestamp
from app.core.document_pack import newest_stamp, unpack
from app.core.merge import Document
from app.core.operation import is_understood
from app.core.page_wire import DocumentItem, DocumentPage
from app.core.problems import ProblemCode
from app.storage.damage import Damage, DamageKind
from app.storage.errors import RecordMismatchError, VaultCorruptError
from app.storage.patient_erasure import erased_in
from app.storage.rows import require_same_record
from app.storage.set_aside import SetAside, SetAsideRows
from app.storage.snapshot import entry_from
from app.storage.stored_operation import folded
from app.storage.unit import Unit

_KNOWN = (
    "SELECT patient_id FROM patient_key "
    "WHERE patient_id IN (SELECT value FROM json_each(?))"
)
"""Whoever has anything here has a key."""
_TAKEN = (
    "SELECT record_id FROM document WHERE record_id IN (SELECT value FROM json_each(?))"
)
_OF_RECORD = "WHERE patient_id = ? AND record_id = ? ORDER BY position"


class _Came(NamedTuple):
    """A document that came, beside its item and bytes."""

    item: DocumentItem
    document: Document
    raw: bytes


def apply_documents(
    unit: Unit, aside: SetAsideRows, clock: HybridClock, page: DocumentPage
) -> None:
    """Apply a page and its cursor in the unit's transaction."""
    take_documents(unit, aside, clock, page.documents)
    unit.move_cursor(page.cursor)


def take_documents(
    unit: Unit, aside: SetAsideRows, clock: HybridClock, items: Iterable[DocumentItem]
) -> None:
    """Take whole documents in; what is none, or another patient's, blocks nothing."""
    by_patient: dict[str, list[_Came]] = {}
    for item in items:
        try:
            came = _decode(item)
        except ValueError:
            _set_aside(unit, aside, item, ProblemCode.OPERATION_MALFORMED)
            continue
        if came.document.patient_id in unit.erased:
            _keep_out(unit, aside, came.document.patient_id)
        else:
            by_patient.setdefault(came.document.patient_id, []).append(came)
    _observe(clock, by_patient)
    known, taken = _what_is_here(unit.driver, by_patient)
    new: dict[str, list[tuple[str, bytes]]] = {}
    for patient_id, records in by_patient.items():
        ids = {came.document.record_id for came in records}
        if patient_id in known or ids & taken or len(ids) < len(records):
            continue
        taken |= ids
        new[patient_id] = [(came.document.record_id, came.raw) for came in records]
        documents = [came.document for came in records]
        unit.entries[patient_id] = entry_from(unit.rows, patient_id, documents)
    unit.add_patients(new)
    for patient_id in by_patient.keys() - new.keys():
        for came in by_patient[patient_id]:
            _merge(unit, aside, came)
    unit.move_clock(clock.last)


def _decode(item: DocumentItem) -> _Came:
    """Return an item's document; raise ValueError where it is none."""
    raw = item.document.encode()
    document = unpack(raw)
    if not (document.record_id and document.patient_id):
        raise ValueError("a document of nobody")
    return _Came(item, document, raw)


def _set_aside(
    unit: Unit, aside: SetAsideRows, item: DocumentItem, reason: ProblemCode
) -> None:
    raw = item.document.encode(errors="replace")
    kept = DocumentItem(document=raw.decode())
    erased = erased_in(kept, unit.erased)
    if erased:
        _keep_out(unit, aside, erased)
        return
    item_id = f"page:{hashlib.sha256(raw).hexdigest()}"
    aside.put(unit.driver, SetAside(item_id, reason, kept))


def _keep_out(unit: Unit, aside: SetAsideRows, patient_id: str) -> None:
    """Keep that records of an erased patient came, and nothing of them."""
    entry = SetAside(f"page:{patient_id}", ProblemCode.ERASED, patient_id=patient_id)
    aside.put(unit.driver, entry)


def _observe(clock: HybridClock, by_patient: dict[str, list[_Came]]) -> None:
    """Move the clock past the newest of all that came."""
    stamps = [newest_stamp(c.document) for group in by_patient.values() for c in group]
    for wall_ms, counter in sorted(stamps)[-1:]:
        clock.observe(HybridTimestamp(wall_ms, counter, ""))


def _what_is_here(
    driver: sqlite3.Connection, by_patient: dict[str, list[_Came]]
) -> tuple[set[str], set[str]]:
    """Return which of the page's patients and records the vault knows."""
    patients = json.dumps(list(by_patient))
    records = json.dumps(
        [came.document.record_id for group in by_patient.values() for came in group]
    )
    known = {i for (i,) in driver.execute(_KNOWN, (patients,))}
    taken = {i for (i,) in driver.execute(_TAKEN, (records,))}
    return known, taken


def _merge(unit: Unit, aside: SetAsideRows, came: _Came) -> None:
    document = came.document
    ids = (document.patient_id, document.record_id)
    known: Document | None = None
    with suppress(VaultCorruptError):  # It is named, and whole again after this.
        known = unit.document(document.record_id)
    if known is not None:
        try:
            require_same_record(known, document.record_type, document.patient_id)
        except RecordMismatchError:
            _set_aside(unit, aside, came.item, ProblemCode.RECORD_MISMATCH)
            return
    log = unit.rows.select_operations(unit.driver, _OF_RECORD, *ids)
    merged = folded(_joined(known, document), log)
    damage = Damage(DamageKind.DOCUMENT, document.record_id, document.patient_id)
    if merged is not None and (merged != known or damage in unit.rows.damaged):
        unit.take_in(merged)


def _joined(known: Document | None, document: Document) -> Document:
    """Return both as one; of a newer schema is what the page says is, or still is."""
    if known is None:
        return document
    unknown = {i: s for i, s in known.newer.items() if not is_understood(s)}
    return replace(known.join(document), newer={**unknown, **document.newer})
