"""Sealed rows of patients: their keys, documents and operations.

Hot paths: statements on the driver's connection, no objects of the ORM.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType

import msgspec

from app.core.document_pack import head_ids, pack, unpack_own
from app.core.merge import Document
from app.storage.damage import Damage, DamageKind
from app.storage.errors import RecordMismatchError, VaultCorruptError
from app.storage.ledger import Row
from app.storage.patient_keys import PatientKeys, unseal
from app.storage.sealing import Body, Namer, Sealer, derive_key, many_nonces
from app.storage.stored_operation import StoredOperation, folded, from_bytes, to_bytes

_FORMAT = 1
_DOCUMENT = (
    "SELECT record_id, patient_id, position, paged, sealed, (SELECT "
    "json_group_array(operation_id) FROM operation AS logged WHERE "
    "logged.patient_id = document.patient_id AND logged.record_id = document.record_id"
    "), (SELECT kept FROM patient_key WHERE patient_key.patient_id = "
    "document.patient_id) FROM document "
)
_ONE = _DOCUMENT.replace("json_group_array(operation_id)", "1") + "WHERE record_id = ?"
"""Mostly a record that came in a page has no log here: then nothing is gathered."""
_LOGGED = "SELECT operation_id FROM operation WHERE patient_id = ? AND record_id = ?"
_IDS = "SELECT record_id FROM document WHERE patient_id = ?"
_OF_PATIENT = _DOCUMENT + "WHERE patient_id = ?"
_PUT_DOCUMENT = (
    "INSERT INTO document (record_id, patient_id, position, paged, sealed) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (record_id) DO UPDATE SET "
    "patient_id = excluded.patient_id, position = excluded.position, "
    "paged = excluded.paged, sealed = excluded.sealed"
)
_PAGED = "SELECT paged FROM document WHERE record_id = ?"
_OPERATION = (
    "SELECT operation_id, record_id, patient_id, number, state, sealed, (SELECT "
    "kept FROM patient_key WHERE patient_key.patient_id = operation.patient_id) "
    "FROM operation "
)
_PUT_OPERATION = (
    "INSERT INTO operation (operation_id, record_id, patient_id, number, state, sealed)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (operation_id) DO UPDATE SET "
    "number = excluded.number, state = excluded.state, sealed = excluded.sealed"
)
_SINCE = (
    "WHERE patient_id IN (SELECT patient_id FROM document WHERE position > ?) "
    "ORDER BY patient_id"
)
_OF_RECORD = "WHERE patient_id = ? AND record_id = ? ORDER BY position"
_encode = msgspec.json.Encoder().encode
_NOTHING_FOLDED: Mapping[str, Document] = MappingProxyType({})
_Logged = str | int | None
"""Ids of a record's operations as JSON; or 1 where there are any, None where none."""
_DocumentTuple = tuple[str, str, int, int, bytes, _Logged, bytes | None]
_OperationTuple = tuple[str, str, str, int | None, int, bytes, bytes | None]


class Rows(PatientKeys):
    """Opens and seals what belongs to patients, each under its own key."""

    def __init__(self, data_key: bytes, damaged: set[Damage]) -> None:
        super().__init__(data_key)
        self.namer = Namer(derive_key(data_key, "names"))
        self.damaged = damaged
        """What can't be read, as far as was seen; shared with other readers."""

    def document(self, driver: sqlite3.Connection, record_id: str) -> Document | None:
        """Return a record, or None; made again from the log if it is damaged."""
        row = driver.execute(_ONE, (record_id,)).fetchone()
        return None if row is None else self._read_document(driver, row)

    def documents(
        self, driver: sqlite3.Connection, patient_id: str
    ) -> tuple[Document, ...]:
        """Return every record of a patient; raise VaultCorruptError if one is lost."""
        found = driver.execute(_OF_PATIENT, (patient_id,)).fetchall()
        return tuple(self._read_document(driver, row) for row in found)

    def readable_documents(
        self,
        driver: sqlite3.Connection,
        patient_id: str,
        folded: Mapping[str, Document] = _NOTHING_FOLDED,
    ) -> tuple[Document, ...]:
        """Return what can be read of a patient; for lists, never for care.

        Those in `folded` need not be opened.
        """
        ids = [i for (i,) in driver.execute(_IDS, (patient_id,))]
        if all(i in folded for i in ids):
            return tuple(folded[i] for i in ids)
        found = driver.execute(_OF_PATIENT, (patient_id,)).fetchall()
        return self._readable(driver, found, folded)

    def changed_patients(
        self, driver: sqlite3.Connection, position: int
    ) -> Iterator[tuple[str, tuple[Document, ...]]]:
        """Yield whose records changed after a position, with all that can be read."""
        rows = driver.execute(_DOCUMENT + _SINCE, (position,)).fetchall()
        for patient_id, found in groupby(rows, key=itemgetter(1)):
            yield patient_id, self._readable(driver, found, _NOTHING_FOLDED)

    def _readable(
        self,
        driver: sqlite3.Connection,
        found: Iterable[_DocumentTuple],
        folded: Mapping[str, Document],
    ) -> tuple[Document, ...]:
        documents = []
        for row in found:
            with suppress(VaultCorruptError):  # It is named in `damaged`.
                documents.append(folded.get(row[0]) or self._read_document(driver, row))
        return tuple(documents)

    def _read_document(
        self, driver: sqlite3.Connection, row: _DocumentTuple
    ) -> Document:
        record_id, patient_id, _position, paged, _sealed, logged, _key = row
        document = self._open_document(row, paged)
        if document is None or self._lacks(driver, document, logged):
            self.damaged.add(Damage(DamageKind.DOCUMENT, record_id, patient_id))
        elif not document.is_outdated:
            return document
        if document is None:  # Or else the mark itself was tampered with.
            document = self._open_document(row, int(not paged))
            paged = paged if document is None else not paged
        if not paged:
            return self._made_again(driver, patient_id, record_id, None)
        if document is None:  # The log holds only what was written after the page.
            raise VaultCorruptError
        return self._made_again(driver, patient_id, record_id, document)

    def _open_document(self, row: _DocumentTuple, paged: int) -> Document | None:
        record_id, patient_id, position, _paged, sealed, _logged, wrapped = row
        where = document_place(record_id, patient_id, position, paged)
        try:
            raw = unseal(self.open_key(patient_id, wrapped), sealed, where)
            return unpack_own(raw)
        except VaultCorruptError:
            return None

    def _lacks(
        self, driver: sqlite3.Connection, document: Document, logged: _Logged
    ) -> bool:
        """Tell whether an operation of the log would change a document.

        A row that was put back whole is sealed as it should be; but the log is not.
        """
        if logged is None or logged == "[]":
            return False
        if isinstance(logged, str):
            missing = set(json.loads(logged))
        else:
            found = driver.execute(_LOGGED, (document.patient_id, document.record_id))
            missing = {i for (i,) in found}
        missing = missing.difference(document.newer, head_ids(document))
        if missing:
            for state in document.fields.values():
                missing.difference_update(state.replaced)
        return any(not self._is_in(driver, i, document) for i in missing)

    def _is_in(
        self, driver: sqlite3.Connection, operation_id: str, document: Document
    ) -> bool:
        """Tell whether an operation has nothing to say that a document lacks."""
        stored = self.operation(driver, operation_id)
        if stored is None:
            return False
        operation = stored.decoded()
        if operation is None:
            return True
        return document.apply(operation, stored.clamp_ms) == document

    def _made_again(
        self,
        driver: sqlite3.Connection,
        patient_id: str,
        record_id: str,
        base: Document | None,
    ) -> Document:
        """Fold a record's operations; raise VaultCorruptError if one is lost too."""
        rows = driver.execute(_OPERATION + _OF_RECORD, (patient_id, record_id))
        stored = [self._read_operation(row) for row in rows.fetchall()]
        if base is not None:
            here = {each.header.operation_id for each in stored}
            newer = {i: s for i, s in base.newer.items() if i not in here}
            base = replace(base, newer=newer)
        document = folded(base, stored)
        if document is None:
            raise VaultCorruptError
        return document

    def is_paged(self, driver: sqlite3.Connection, record_id: str) -> bool:
        """Tell whether a record once came in a page of a first sync.

        Its log may begin after the page, so it can't be made again from it.
        """
        row = driver.execute(_PAGED, (record_id,)).fetchone()
        return row is not None and bool(row[0])

    def put_document(
        self,
        driver: sqlite3.Connection,
        document: Document,
        position: int,
        *,
        paged: bool = False,
    ) -> None:
        """Write a record; one that came in a page of a first sync stays `paged`."""
        # Not canonical.encode: nothing hashes these bytes, and no float got this far.
        raw = _encode(pack(document))
        place_of = (document.record_id, document.patient_id, position, paged)
        key = self.make_key(driver, document.patient_id)
        sealed = key.seal(raw, document_place(*place_of))
        driver.execute(_PUT_DOCUMENT, (*place_of, sealed))

    def operation(
        self, driver: sqlite3.Connection, operation_id: str
    ) -> StoredOperation | None:
        """Return an operation by its id, or None where none can be read."""
        found = self.select_operations(driver, "WHERE operation_id = ?", operation_id)
        return next(iter(found), None)

    def select_operations(
        self, driver: sqlite3.Connection, where: str, *values: str | int
    ) -> Iterator[StoredOperation]:
        """Return those operations that a fixed condition chooses and can be read."""
        for row in driver.execute(_OPERATION + where, values):
            try:
                yield self._read_operation(row)
            except VaultCorruptError:
                self.damaged.add(Damage(DamageKind.OPERATION, row[0], row[2]))

    def _read_operation(self, row: _OperationTuple) -> StoredOperation:
        operation_id, record_id, patient_id, number, state, sealed, wrapped = row
        at = operation_place((operation_id, record_id, patient_id), number, state)
        raw = unseal(self.open_key(patient_id, wrapped), sealed, at)
        return from_bytes(raw, number, state)

    def put_operation(
        self, driver: sqlite3.Connection, stored: StoredOperation
    ) -> None:
        """Write an operation, or what became of it."""
        head = stored.header
        ids = (head.operation_id, head.record_id, head.patient_id)
        where = operation_place(ids, stored.number, stored.state)
        sealed = self.make_key(driver, head.patient_id).seal(to_bytes(stored), where)
        driver.execute(_PUT_OPERATION, (*ids, stored.number, int(stored.state), sealed))


def sealed_page(
    where: Sequence[tuple[str, str, Sealer]], packed: Sequence[Body], position: int
) -> list[Row]:
    """Return the rows of new patients' records after a position, as a page packed them.

    `where` has of each the record's id, the patient's and their key.
    """
    rows = list[Row]()
    places = zip(where, packed, many_nonces(len(where)), strict=True)
    for at, ((record, patient, key), body, nonce) in enumerate(places, position + 1):
        sealed = key.seal_body(body, document_place(record, patient, at, 1), nonce)
        rows.append((record, patient, at, sealed, 1))
    return rows


def document_place(record: str, patient: str, position: int, paged: int) -> bytes:
    """Return where a record's row stands."""
    # As `place` gives it, written out: a page of a first sync asks for hundreds.
    at = str(position)
    return (
        f"8:document{len(record)}:{record}{len(patient)}:{patient}"
        f"{len(at)}:{at}1:{_FORMAT}{'5:paged' if paged else ''}"
    ).encode()


def operation_place(ids: tuple[str, str, str], number: int | None, state: int) -> bytes:
    """Return where an operation's row stands: what is authenticated with it."""
    operation, record, patient = ids
    at, is_now = str(number or 0), int(state)  # As `place` gives it, likewise.
    return (
        f"9:operation{len(operation)}:{operation}{len(record)}:{record}"
        f"{len(patient)}:{patient}{len(at)}:{at}1:{is_now}1:{_FORMAT}"
    ).encode()


def require_same_record(document: Document, record_type: str, patient_id: str) -> None:
    """Raise RecordMismatchError where a write is for another patient or type."""
    if (document.record_type, document.patient_id) != (record_type, patient_id):
        raise RecordMismatchError
