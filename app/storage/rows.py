"""Sealed rows of patients: their keys, documents and operations.

Hot paths: statements on the driver's connection, no objects of the ORM.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

from app.core import canonical
from app.core.document_json import document_from_json, document_to_json
from app.core.merge import Document, new_document
from app.storage.damage import Damage, DamageKind
from app.storage.errors import RecordMismatchError, VaultCorruptError
from app.storage.sealing import Namer, Sealer, SealError, derive_key, new_key, place
from app.storage.stored_operation import StoredOperation, from_bytes, to_bytes

_FORMAT = 1
_DOCUMENT = "SELECT record_id, patient_id, position, sealed FROM document "
_OPERATION = (
    "SELECT operation_id, record_id, patient_id, number, state, sealed FROM operation "
)
_IDS = "SELECT operation_id FROM operation WHERE patient_id = ? AND record_id = ?"
_OF_RECORD = (
    "WHERE patient_id = (SELECT patient_id FROM document WHERE record_id = ?1) "
    "AND record_id = ?1 ORDER BY position"
)
_NOTHING_FOLDED: Mapping[str, Document] = MappingProxyType({})
_OperationTuple = tuple[str, str, str, int | None, int, bytes]


class Rows:
    """Opens and seals what belongs to patients, each under its own key."""

    def __init__(self, data_key: bytes, damaged: set[Damage]) -> None:
        self._wrapping = Sealer(derive_key(data_key, "patients"))
        self._keys: dict[str, Sealer] = {}
        self.namer = Namer(derive_key(data_key, "names"))
        self.damaged = damaged
        """What can't be read, as far as was seen; shared with other readers."""

    def forget_keys(self) -> None:
        """Drop cached keys: one made in a transaction that failed was never kept."""
        self._keys.clear()

    def key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer:
        """Return a patient's key; raise VaultCorruptError if it is not there."""
        known = self._keys.get(patient_id) or self._load_key(driver, patient_id)
        if known is None:
            raise VaultCorruptError
        return known

    def make_key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer:
        """Return a patient's key, made and kept if there was none."""
        known = self._keys.get(patient_id) or self._load_key(driver, patient_id)
        if known is not None:
            return known
        raw = new_key()
        wrapped = self._wrapping.seal(raw, place("patient_key", patient_id))
        driver.execute(
            "INSERT INTO patient_key (patient_id, wrapped) VALUES (?, ?)",
            (patient_id, wrapped),
        )
        return self._keys.setdefault(patient_id, Sealer(raw))

    def _load_key(self, driver: sqlite3.Connection, patient_id: str) -> Sealer | None:
        row = driver.execute(
            "SELECT wrapped FROM patient_key WHERE patient_id = ?", (patient_id,)
        ).fetchone()
        if row is None:
            return None
        raw = _unseal(self._wrapping, row[0], place("patient_key", patient_id))
        return self._keys.setdefault(patient_id, Sealer(raw))

    def document(self, driver: sqlite3.Connection, record_id: str) -> Document | None:
        """Return a record, or None; made again from the log if it is damaged."""
        row = driver.execute(_DOCUMENT + "WHERE record_id = ?", (record_id,)).fetchone()
        return None if row is None else self._read_document(driver, row)

    def documents(
        self, driver: sqlite3.Connection, patient_id: str
    ) -> tuple[Document, ...]:
        """Return every record of a patient; raise VaultCorruptError if one is lost."""
        rows = driver.execute(_DOCUMENT + "WHERE patient_id = ?", (patient_id,))
        return tuple(self._read_document(driver, row) for row in rows.fetchall())

    def readable_documents(
        self,
        driver: sqlite3.Connection,
        patient_id: str,
        folded: Mapping[str, Document] = _NOTHING_FOLDED,
    ) -> tuple[Document, ...]:
        """Return what can be read of a patient; for lists, never for care.

        Those in `folded` need not be opened.
        """
        found = driver.execute(
            _DOCUMENT + "WHERE patient_id = ?", (patient_id,)
        ).fetchall()
        documents = []
        for row in found:
            with suppress(VaultCorruptError):  # It is named in `damaged`.
                documents.append(folded.get(row[0]) or self._read_document(driver, row))
        return tuple(documents)

    def _read_document(
        self, driver: sqlite3.Connection, row: tuple[str, str, int, bytes]
    ) -> Document:
        record_id, patient_id, position, sealed = row
        where = place("document", record_id, patient_id, position, _FORMAT)
        with suppress(VaultCorruptError):
            raw = _unseal(self.key(driver, patient_id), sealed, where)
            document = document_from_json(canonical.decode(raw))
            if document.is_outdated:
                return self._made_again(driver, record_id)
            if not self._is_older_than_the_log(driver, document):
                return document
        self.damaged.add(Damage(DamageKind.DOCUMENT, record_id, patient_id))
        return self._made_again(driver, record_id)

    def _is_older_than_the_log(
        self, driver: sqlite3.Connection, document: Document
    ) -> bool:
        """Tell whether an operation of the log would change a document.

        A row that was put back whole is sealed as it should be; but the log is not.
        """
        logged = driver.execute(_IDS, (document.patient_id, document.record_id))
        missing = {operation_id for (operation_id,) in logged}
        missing.difference_update(document.newer)
        for state in document.fields.values():
            missing = missing.difference(state.heads, state.replaced)
            if not missing:  # Mostly one look is enough: this is a hot path.
                return False
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

    def _made_again(self, driver: sqlite3.Connection, record_id: str) -> Document:
        """Fold a record's operations; raise VaultCorruptError if one is lost too."""
        rows = driver.execute(_OPERATION + _OF_RECORD, (record_id,)).fetchall()
        document: Document | None = None
        for stored in [self._read_operation(driver, row) for row in rows]:
            operation = stored.decoded()
            if operation is not None:
                document = document or new_document(operation)
                document = document.apply(operation, stored.clamp_ms)
        if document is None:
            raise VaultCorruptError
        return document

    def put_document(
        self, driver: sqlite3.Connection, document: Document, position: int
    ) -> None:
        """Write a record."""
        record_id, patient_id = document.record_id, document.patient_id
        # Not canonical.encode: nothing hashes these bytes, and no float got this far.
        raw = json.dumps(
            document_to_json(document), ensure_ascii=False, separators=(",", ":")
        ).encode()
        where = place("document", record_id, patient_id, position, _FORMAT)
        sealed = self.make_key(driver, patient_id).seal(raw, where)
        driver.execute(
            "INSERT OR REPLACE INTO document (record_id, patient_id, position, sealed) "
            "VALUES (?, ?, ?, ?)",
            (record_id, patient_id, position, sealed),
        )

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
        rows: Iterable[_OperationTuple] = driver.execute(_OPERATION + where, values)
        for row in rows:
            try:
                yield self._read_operation(driver, row)
            except VaultCorruptError:
                self.damaged.add(Damage(DamageKind.OPERATION, row[0], row[2]))

    def _read_operation(
        self, driver: sqlite3.Connection, row: _OperationTuple
    ) -> StoredOperation:
        operation_id, record_id, patient_id, number, state, sealed = row
        at = _operation_place((operation_id, record_id, patient_id), number, state)
        raw = _unseal(self.key(driver, patient_id), sealed, at)
        return from_bytes(raw, number, state)

    def put_operation(
        self, driver: sqlite3.Connection, stored: StoredOperation
    ) -> None:
        """Write an operation, or what became of it."""
        head = stored.header
        ids = (head.operation_id, head.record_id, head.patient_id)
        where = _operation_place(ids, stored.number, stored.state)
        key = self.make_key(driver, head.patient_id)
        driver.execute(
            "INSERT INTO operation "
            "(operation_id, record_id, patient_id, number, state, sealed) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (operation_id) DO UPDATE SET "
            "number = excluded.number, state = excluded.state, "
            "sealed = excluded.sealed",
            (*ids, stored.number, int(stored.state), key.seal(to_bytes(stored), where)),
        )


def _operation_place(
    ids: tuple[str, str, str], number: int | None, state: int
) -> bytes:
    return place("operation", *ids, number or 0, int(state), _FORMAT)


def _unseal(sealer: Sealer, sealed: bytes, where: bytes) -> bytes:
    try:
        return sealer.unseal(sealed, where)
    except SealError as error:
        raise VaultCorruptError from error


def require_same_record(document: Document, record_type: str, patient_id: str) -> None:
    """Raise RecordMismatchError where a write is for another patient or type."""
    if (document.record_type, document.patient_id) != (record_type, patient_id):
        raise RecordMismatchError
