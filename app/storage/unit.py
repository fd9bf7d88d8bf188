"""What one transaction changes; the memory of the vault follows only its commit."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from app.core.clock import HybridTimestamp
from app.core.document_pack import first_document
from app.core.merge import Document
from app.core.operation import EncodedOperation, Header, Operation, OperationError
from app.core.records import RecordType
from app.storage.database import Transaction
from app.storage.errors import PatientErasedError, VaultCorruptError
from app.storage.feed_rows import document_rows, operation_rows
from app.storage.ledger import Row
from app.storage.local_state import STATE, LocalState
from app.storage.patient_index import Entry
from app.storage.rows import Rows, require_same_record, sealed_page
from app.storage.sealed_values import SealedValues
from app.storage.sealing import bodies
from app.storage.snapshot import drop_snapshot, entry_from, entry_of
from app.storage.stored_operation import State, StoredOperation
from app.storage.tombstones import put_erased

_Packed = tuple[str, bytes, object]
"""A record's id and its packed JSON, as the first two of three."""


class Unit:
    """A transaction in the making: operations in, documents folded, state moved on."""

    def __init__(
        self,
        transaction: Transaction,
        rows: Rows,
        state: LocalState,
        erased: frozenset[str] = frozenset(),
    ) -> None:
        self.driver = transaction.driver
        self._insert = transaction.insert
        self.rows = rows
        self.state = state
        self.entries: dict[str, Entry | None] = {}
        self.touched: set[str] = set()
        """Patients with operations that now stand elsewhere with the server."""
        self.erased = erased
        """Who was erased, as of this transaction."""
        self.adds_many = False
        """Whether a page of a first sync is written."""
        self.drops_snapshot = False
        """Whether somebody left of whom a kept index must not speak any more."""
        self._before = state, erased
        self._documents: dict[str, Document] = {}
        self._before_it: dict[str, Document | None] = {}
        """Records as they stood; None where there was none."""
        self._paged: set[str] = set()
        self._new_records: Set[str] = frozenset()
        self._new_patients: Set[str] = frozenset()
        self._keyed: set[str] = set()

    def expect_new(self, record_ids: Set[str], patient_ids: Set[str]) -> None:
        """Be told of which the vault holds nothing.

        These are looked for no more: nearly all that a page of the feed brings is new.
        """
        self._before_it.update(dict.fromkeys(record_ids))
        self._new_records = record_ids
        self._new_patients = patient_ids

    def document(self, record_id: str) -> Document | None:
        """Return a record as this transaction sees it."""
        found = self._documents.get(record_id)
        if found is not None:
            return found
        if record_id not in self._before_it:
            self._before_it[record_id] = self.rows.document(self.driver, record_id)
        return self._before_it[record_id]

    def require_not_erased(self, patient_id: str) -> None:
        """Raise PatientErasedError for whom nothing is written any more."""
        if patient_id in self.erased:
            raise PatientErasedError

    def erase(self, patient_id: str) -> None:
        """Take a patient out of lists, and keep them out of the vault."""
        self.erased |= {patient_id}
        self.entries[patient_id] = None
        self.touched.add(patient_id)

    def forget(self, patient_id: str) -> None:
        """Take a patient out of lists who leaves this device, and may come back."""
        self.drops_snapshot = True
        self.entries[patient_id] = None
        self.touched.add(patient_id)

    @property
    def has_erased(self) -> bool:
        """Whether this transaction erases somebody."""
        return self.erased != self._before[1]

    def fold(self, operation: Operation, clamp_ms: int | None = None) -> None:
        """Fold an operation into its record; raise RecordMismatchError.

        An audit event is in nobody's record, whoever sent it.
        """
        head = operation.header
        if head.record_type == RecordType.AUDIT_EVENT:
            return
        document = self.document(head.record_id)
        if document is None:
            self._documents[head.record_id] = first_document(operation, clamp_ms)
            return
        require_same_record(document, head.record_type, head.patient_id)
        folded = document.apply(operation, clamp_ms)
        folded = folded.clamped(head.operation_id, clamp_ms)
        self._documents[head.record_id] = folded

    def unaccepted(self, operation_id: str) -> Mapping[str, tuple[str, ...]]:
        """Return what an operation replaced that the server has not accepted.

        Nothing of one that it has, or that can't be read any more.
        """
        stored = self.rows.operation(self.driver, operation_id)
        if stored is None or stored.state is State.ACKNOWLEDGED:
            return {}
        try:
            operation = stored.decoded()
        except OperationError:
            return {}
        return {} if operation is None else operation.replaces

    def take_in(self, document: Document) -> None:
        """Let a record stand as it came in a page, merged with what was here."""
        self._documents[document.record_id] = document
        self._paged.add(document.record_id)

    def add_patients(self, patients: Mapping[str, Sequence[_Packed]]) -> bool:
        """Write new patients' records at once, as a page packed them.

        What the page holds of them is all. Returns False, with nothing written, where
        anything of one of these patients is in the vault.
        """
        self.adds_many = True
        made = self.rows.new_keys(patients)
        kept = [(i, wrapped) for i, (_key, wrapped) in zip(patients, made, strict=True)]
        if not self._insert("patient_key", kept):
            return False
        packed = [each[1] for records in patients.values() for each in records]
        where = [
            (each[0], patient_id, key)
            for (patient_id, of), (key, _w) in zip(patients.items(), made, strict=True)
            for each in of
        ]
        position = self.state.position
        if not self._insert("document", sealed_page(where, bodies(packed), position)):
            self.rows.drop_keys(self.driver, patients)
            return False
        self.state = replace(self.state, position=position + len(packed))
        return True

    def put_new(self, operations: Sequence[StoredOperation]) -> None:
        """Write operations at once that are not here, as a page of the feed has them.

        After `expect_new`, which told whose patients are new.
        """
        self._make_keys({stored.header.patient_id for stored in operations})
        self._add("operation", operation_rows(self.driver, self.rows, operations))

    def _make_keys(self, patient_ids: Set[str]) -> None:
        new = (patient_ids & self._new_patients) - self._keyed
        if new:
            self._keyed |= new
            self._add("patient_key", self.rows.make_keys(new))

    def _add(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows that were looked for and are not here; lose none if they are."""
        if not self._insert(table, rows):
            raise VaultCorruptError

    @property
    def folded(self) -> tuple[int, tuple[Document, ...]]:
        """After which position this transaction writes, and which records in a row."""
        return self._before[0].position, tuple(self._documents.values())

    def put_again(self, document: Document) -> None:
        """Write a record as it stands, at the end of the transaction."""
        self._documents[document.record_id] = document

    def append_own(self, header: Header, encoded: EncodedOperation) -> None:
        """Add an operation to this device's chain, pending.

        Raises PatientErasedError.
        """
        self.require_not_erased(header.patient_id)
        head = self.state.head.extend(encoded.header_digest)
        stored = StoredOperation(
            header=header,
            encoded=encoded,
            device_id=head.device_id,
            state=State.PENDING,
            number=head.number,
            link=head.digest,
        )
        self.rows.put_operation(self.driver, stored)
        self.state = replace(self.state, head=head)

    def change_operation(self, stored: StoredOperation) -> None:
        """Write what became of an operation that is there already."""
        self.rows.put_operation(self.driver, stored)
        self.touched.add(stored.header.patient_id)

    def move_clock(self, clock: HybridTimestamp) -> None:
        """Keep how far the clock has come."""
        self.state = replace(self.state, clock=clock)

    def move_cursor(self, cursor: str) -> None:
        """Keep how far the feed was read."""
        self.state = replace(self.state, cursor=cursor)

    def finish(self, local: SealedValues) -> None:
        """Write what was folded, and what the index says of whom it concerns."""
        self._write_documents()
        by_patient: dict[str, list[Document]] = {}
        for document in self._documents.values():
            by_patient.setdefault(document.patient_id, []).append(document)
        for patient_id, documents in by_patient.items():
            if patient_id in self._new_patients:
                entry = entry_from(self.rows, patient_id, documents)
            else:
                entry = entry_of(self.driver, self.rows, patient_id, self._documents)
            self.entries[patient_id] = entry
        if self.has_erased:
            put_erased(self.driver, local, self.erased)
            self.drops_snapshot = True
        if self.drops_snapshot:
            drop_snapshot(self.driver)  # It is made again; it names who is gone.
        if self.state != self._before[0]:
            local.put(self.driver, STATE, self.state.to_bytes())

    def _write_documents(self) -> None:
        new = list[tuple[Document, int]]()
        first = self.state.position + 1
        for position, document in enumerate(self._documents.values(), first):
            record_id = document.record_id
            if record_id in self._new_records and record_id not in self._paged:
                new.append((document, position))
                continue
            paged = self._is_paged(record_id)
            self.rows.put_document(self.driver, document, position, paged=paged)
        if new:
            self._make_keys({document.patient_id for document, _position in new})
            self._add("document", document_rows(self.driver, self.rows, new))
        position = self.state.position + len(self._documents)
        self.state = replace(self.state, position=position)

    def _is_paged(self, record_id: str) -> bool:
        if record_id in self._paged:
            return True
        if record_id in self._before_it and self._before_it[record_id] is None:
            return False
        return self.rows.is_paged(self.driver, record_id)
