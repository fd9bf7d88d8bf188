"""Taking in a page of a first sync: whole documents, merged with what is here.

A page twice is a page once, and takes nothing away that was written here: documents
join, and the log of a record is folded over what came.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from app.core.clock import HybridClock, HybridTimestamp
from app.core.document_pack import newest_stamp, unpack, written
from app.core.merge import Document
from app.core.operation import is_understood
from app.core.page_wire import DocumentItem, DocumentPage
from app.core.problems import ProblemCode
from app.storage.damage import Damage, DamageKind
from app.storage.errors import RecordMismatchError, VaultCorruptError
from app.storage.patient_erasure import erased_in
from app.storage.patient_index import Entry
from app.storage.rows import Rows, require_same_record
from app.storage.set_aside import SetAside, SetAsideRows
from app.storage.snapshot import ODD, described, entry_from
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


_Came = tuple[str, bytes, DocumentItem]
"""A record's id, its document's bytes, read again to be merged, and the item it was."""


class _Arrivals:
    """What came of each patient, and what the index says of whom all came in a row.

    Each document is let go of as soon as its patient is described: kept for the whole
    page, they are more than a processor's cache holds.
    """

    def __init__(self) -> None:
        self.came: dict[str, list[_Came]] = {}
        self.entries: dict[str, Entry | None] = {}
        self.newest = (0, 0)
        """The newest stamp of all."""
        self.count = 0
        self._of, self._documents = "", list[Document]()
        self._records = list[_Came]()

    def add(self, item: DocumentItem, raw: bytes, document: Document) -> None:
        """Take a document in."""
        patient_id = document.patient_id
        if patient_id != self._of:
            self.end()
            self._of = patient_id
            self._documents = []
            self._records = self.came.setdefault(patient_id, [])
        self._documents.append(document)
        self._records.append((document.record_id, raw, item))
        self.count += 1
        newest = newest_stamp(document)
        self.newest = max(self.newest, newest)

    def end(self) -> None:
        """Describe whose documents came last."""
        if len(self._documents) != len(self._records):  # Some came before.
            self.entries.pop(self._of, None)
        elif self._documents:
            with suppress(*ODD):  # Whose record is odd is named once it is written.
                self.entries[self._of] = described(self._documents)

    def apart(self) -> Mapping[str, list[_Came]]:
        """Return patients each of whose records came once, and for nobody else."""
        seen = {each[0] for records in self.came.values() for each in records}
        if len(seen) == self.count:
            return self.came
        seen.clear()
        found = {}
        for patient_id, records in self.came.items():
            ids = {each[0] for each in records}
            if len(ids) == len(records) and seen.isdisjoint(ids):
                found[patient_id] = records
            seen |= ids
        return found

    def entry(self, rows: Rows, patient_id: str) -> Entry | None:
        """Return what the index says of a patient of whom nothing else is known."""
        if patient_id in self.entries:
            return self.entries[patient_id]
        documents = [unpack(raw) for _id, raw, _item in self.came[patient_id]]
        return entry_from(rows, patient_id, documents)


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
    arrivals = _arrived(unit, aside, items)
    if arrivals.came:
        clock.observe(HybridTimestamp(*arrivals.newest, ""))
    added = _added(unit, arrivals)
    unit.entries.update({i: arrivals.entry(unit.rows, i) for i in added})
    for patient_id in arrivals.came.keys() - added:
        for came in arrivals.came[patient_id]:
            _merge(unit, aside, came)
    unit.move_clock(clock.last)


def _added(unit: Unit, arrivals: _Arrivals) -> Collection[str]:
    """Write those of whom nothing was here, and return them.

    Mostly that is everybody: who is here already is looked for only where somebody is.
    """
    new = arrivals.apart()
    if unit.add_patients(new):
        return new.keys()
    known, taken = _what_is_here(unit.driver, arrivals.came)
    new = {
        patient_id: records
        for patient_id, records in new.items()
        if patient_id not in known and taken.isdisjoint(each[0] for each in records)
    }
    return new.keys() if unit.add_patients(new) else ()


def _arrived(
    unit: Unit, aside: SetAsideRows, items: Iterable[DocumentItem]
) -> _Arrivals:
    arrivals = _Arrivals()
    for item in items:
        try:
            raw, document = _decode(item)
        except ValueError:
            _set_aside(unit, aside, item, ProblemCode.OPERATION_MALFORMED)
            continue
        if document.patient_id in unit.erased:
            _keep_out(unit, aside, document.patient_id)
        else:
            arrivals.add(item, raw, document)
    arrivals.end()
    return arrivals


def _decode(item: DocumentItem) -> tuple[bytes, Document]:
    """Return an item's bytes and document; raise ValueError where it is none."""
    raw = item.document.encode()
    document = unpack(raw)
    if not (document.record_id and document.patient_id):
        raise ValueError("a document of nobody")
    return raw, document


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


def _what_is_here(
    driver: sqlite3.Connection, by_patient: dict[str, list[_Came]]
) -> tuple[set[str], set[str]]:
    """Return which of the page's patients and records the vault knows."""
    patients = json.dumps(list(by_patient))
    records = json.dumps(
        [record_id for group in by_patient.values() for record_id, _raw, _item in group]
    )
    known = {i for (i,) in driver.execute(_KNOWN, (patients,))}
    taken = {i for (i,) in driver.execute(_TAKEN, (records,))}
    return known, taken


def _merge(unit: Unit, aside: SetAsideRows, came: _Came) -> None:
    _record_id, raw, item = came
    document = unpack(raw)
    ids = (document.patient_id, document.record_id)
    known: Document | None = None
    with suppress(VaultCorruptError):  # It is named, and whole again after this.
        known = unit.document(document.record_id)
    if known is not None:
        try:
            require_same_record(known, document.record_type, document.patient_id)
        except RecordMismatchError:
            _set_aside(unit, aside, item, ProblemCode.RECORD_MISMATCH)
            return
    log = unit.rows.select_operations(unit.driver, _OF_RECORD, *ids)
    merged = _clamped(folded(_joined(known, document), log), document)
    damage = Damage(DamageKind.DOCUMENT, document.record_id, document.patient_id)
    if merged is not None and (merged != known or damage in unit.rows.damaged):
        unit.take_in(merged)


def _joined(known: Document | None, document: Document) -> Document:
    """Return both as one; of a newer schema is what the page says is, or still is."""
    if known is None:
        return document
    unknown = {i: s for i, s in known.newer.items() if not is_understood(s)}
    return replace(known.join(document), newer={**unknown, **document.newer})


def _clamped(merged: Document | None, page: Document) -> Document | None:
    """Let what the page says of clamps count: a server that fell back gives others."""
    if merged is not None:
        for operation_id, _at, clamp_ms in written(page):
            merged = merged.clamped(operation_id, clamp_ms)
    return merged
