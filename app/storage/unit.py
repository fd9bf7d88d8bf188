"""What one transaction changes; the memory of the vault follows only its commit."""

import sqlite3
from dataclasses import replace

from app.core.clock import HybridTimestamp
from app.core.merge import Document, new_document
from app.core.operation import EncodedOperation, Header, Operation
from app.core.summary import PatientSummary
from app.storage.local_state import STATE, LocalState
from app.storage.rows import Rows, require_same_record
from app.storage.sealed_values import SealedValues
from app.storage.snapshot import summary_of
from app.storage.stored_operation import State, StoredOperation


class Unit:
    """A transaction in the making: operations in, documents folded, state moved on."""

    def __init__(
        self, driver: sqlite3.Connection, rows: Rows, state: LocalState
    ) -> None:
        self.driver = driver
        self.rows = rows
        self.state = state
        self.summaries: dict[str, PatientSummary | None] = {}
        self.touched: set[str] = set()
        """Patients with operations that now stand elsewhere with the server."""
        self._before = state
        self._documents: dict[str, Document] = {}

    def document(self, record_id: str) -> Document | None:
        """Return a record as this transaction sees it."""
        found = self._documents.get(record_id)
        return found or self.rows.document(self.driver, record_id)

    def fold(self, operation: Operation, clamp_ms: int | None = None) -> None:
        """Fold an operation into its record; raise RecordMismatchError."""
        head = operation.header
        document = self.document(head.record_id) or new_document(operation)
        require_same_record(document, head.record_type, head.patient_id)
        folded = document.apply(operation, clamp_ms)
        folded = folded.clamped(head.operation_id, clamp_ms)
        self._documents[head.record_id] = folded

    def put_again(self, document: Document) -> None:
        """Write a record as it stands, at the end of the transaction."""
        self._documents[document.record_id] = document

    def append_own(self, header: Header, encoded: EncodedOperation) -> None:
        """Add an operation to this device's chain, pending."""
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
        """Write what was folded, and make the summaries of whom it concerns."""
        for document in self._documents.values():
            self.state = replace(self.state, position=self.state.position + 1)
            self.rows.put_document(self.driver, document, self.state.position)
        for patient_id in {d.patient_id for d in self._documents.values()}:
            self.summaries[patient_id] = summary_of(
                self.driver, self.rows, patient_id, self._documents
            )
        if self.state != self._before:
            local.put(self.driver, STATE, self.state.to_bytes())
