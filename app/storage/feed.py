"""Taking in a page of the server's feed: idempotent, nothing blocks the rest."""

import json
import sqlite3
from collections.abc import Collection, Set
from dataclasses import dataclass, field

from app.core.clock import HybridClock
from app.core.operation import Operation, OperationError, decode_header, operation_of
from app.core.problems import ProblemCode
from app.core.wire import FeedItem, PullResponse
from app.storage.errors import RecordMismatchError, VaultCorruptError
from app.storage.outbox import accept, linked_again
from app.storage.patient_erasure import erased_in, without_content
from app.storage.set_aside import SetAside, SetAsideRows
from app.storage.stored_operation import State, StoredOperation, encoded_of
from app.storage.unit import Unit

_OPERATIONS = (
    "SELECT operation_id FROM operation "
    "WHERE operation_id IN (SELECT value FROM json_each(?))"
)
_RECORDS = (
    "SELECT record_id FROM document WHERE record_id IN (SELECT value FROM json_each(?))"
)
_PATIENTS = (
    "SELECT patient_id FROM patient_key "
    "WHERE patient_id IN (SELECT value FROM json_each(?))"
)
"""Whoever has anything here has a key."""


class _ItemError(Exception):
    """An item that can't be taken in; kept with its reason."""

    def __init__(self, reason: ProblemCode) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(slots=True)
class _Page:
    """A page under way: the unit it goes into, which of its operations are here.

    Those that are not are written together.
    """

    unit: Unit
    aside: SetAsideRows
    known: set[str]
    new: list[StoredOperation] = field(default_factory=list)

    def here(self, operation_id: str) -> StoredOperation | None:
        """Return an operation if it is here and can be read."""
        if operation_id not in self.known:
            return None
        self.write()  # It may have come before, in this page.
        return self.unit.rows.operation(self.unit.driver, operation_id)

    def put(self, stored: StoredOperation) -> None:
        """Write an operation that is not here, or whose row can't be read."""
        operation_id = stored.header.operation_id
        if operation_id in self.known:
            unit = self.unit
            unit.rows.put_operation(unit.driver, linked_again(unit, stored))
            return
        self.known.add(operation_id)
        self.new.append(stored)

    def write(self) -> None:
        """Write what waits."""
        if self.new:
            self.unit.put_new(self.new)
            self.new = []


@dataclass(frozen=True, slots=True)
class _Came:
    """An item that can be read; without an operation its content was erased."""

    stored: StoredOperation
    operation: Operation | None


def apply_page(
    unit: Unit,
    aside: SetAsideRows,
    clock: HybridClock,
    page: PullResponse,
    left: Collection[str] = (),
) -> frozenset[str]:
    """Apply a page and its cursor in the unit's transaction; return who is back.

    Of whoever `left` this device nothing is taken in here: all of them is asked for.
    """
    back = set(page.entered)
    decoded = [_decode(item) for item in page.items]
    taking = _Page(unit, aside, _what_is_here(unit, decoded, left))
    for item, came in zip(page.items, decoded, strict=True):
        if not isinstance(came, _Came):
            _set_aside(unit, aside, item, came)
            continue
        header = came.stored.header
        clock.observe(header.at, item.clamp_ms)
        if header.patient_id in left:
            back.add(header.patient_id)
            continue
        try:
            _apply(taking, came)
        except _ItemError as error:
            _set_aside(unit, aside, item, error.reason)
    taking.write()
    unit.move_clock(clock.last)
    unit.move_cursor(page.cursor)
    return frozenset(back - unit.erased)


def _what_is_here(
    unit: Unit, decoded: list[_Came | ProblemCode], left: Collection[str]
) -> set[str]:
    """Return which operations of a page are here, and tell the unit what is new.

    Three questions a page, instead of some for each of its operations.
    """
    came = [each for each in decoded if isinstance(each, _Came)]
    heads = [c.stored.header for c in came if c.stored.header.patient_id not in left]
    records = {head.record_id for head in heads}
    patients = {head.patient_id for head in heads} - unit.erased
    unit.expect_new(
        records - _among(unit.driver, _RECORDS, records),
        patients - _among(unit.driver, _PATIENTS, patients),
    )
    return _among(unit.driver, _OPERATIONS, {head.operation_id for head in heads})


def _among(driver: sqlite3.Connection, question: str, ids: Set[str]) -> set[str]:
    return {i for (i,) in driver.execute(question, (json.dumps([*ids]),))}


def _apply(page: _Page, came: _Came) -> None:
    """Take in one item; one that is known already is an echo of a push or a page.

    One that could not be read any more is whole again after it.
    """
    stored, operation = came.stored, came.operation
    header, unit = stored.header, page.unit
    here = page.here(header.operation_id)
    if here is not None:
        if here.encoded.header_digest != stored.encoded.header_digest:
            raise _ItemError(ProblemCode.OPERATION_ID_REUSED)
        accept(unit, page.aside, here, stored.clamp_ms)
        return
    if header.patient_id in unit.erased:
        page.put(without_content(stored))
        raise _ItemError(ProblemCode.ERASED)
    if operation is not None:
        try:
            unit.fold(operation, stored.clamp_ms)
        except RecordMismatchError as error:
            raise _ItemError(ProblemCode.RECORD_MISMATCH) from error
        except VaultCorruptError:
            # The record can't be read, and is named; the log goes on without it.
            unit.touched.add(header.patient_id)
    page.put(stored)


def _set_aside(
    unit: Unit, aside: SetAsideRows, item: FeedItem, reason: ProblemCode
) -> None:
    """Keep an item with its reason; of one for an erased patient, that it came."""
    item_id = f"feed:{item.device_id}:{item.sequence}"
    erased = erased_in(item, unit.erased)
    kept = None if erased else item
    aside.put(unit.driver, SetAside(item_id, reason, kept, erased))


def _decode(item: FeedItem) -> _Came | ProblemCode:
    """Return an item's operation, or why it can't be taken in."""
    try:
        encoded = encoded_of(item.operation)
        header, digest = decode_header(encoded.header)
        is_erased = encoded.content is None
        operation = None if is_erased else operation_of(encoded, header, digest)
    except OperationError:
        return ProblemCode.OPERATION_MALFORMED
    stored = StoredOperation(
        header=header,
        encoded=encoded,
        device_id=item.device_id,
        state=State.ACKNOWLEDGED,
        clamp_ms=item.clamp_ms,
    )
    return _Came(stored, operation)
