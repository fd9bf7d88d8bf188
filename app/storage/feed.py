"""Taking in a page of the server's feed: idempotent, nothing blocks the rest."""

from collections.abc import Collection

from app.core.clock import HybridClock
from app.core.operation import Operation, OperationError, decode_header
from app.core.problems import ProblemCode
from app.core.wire import FeedItem, PullResponse
from app.storage.errors import RecordMismatchError, VaultCorruptError
from app.storage.outbox import accept, linked_again
from app.storage.patient_erasure import erased_in, without_content
from app.storage.set_aside import SetAside, SetAsideRows
from app.storage.stored_operation import State, StoredOperation, encoded_of
from app.storage.unit import Unit


class _ItemError(Exception):
    """An item that can't be taken in; kept with its reason."""

    def __init__(self, reason: ProblemCode) -> None:
        super().__init__(reason.value)
        self.reason = reason


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
    for item in page.items:
        try:
            stored, operation = _decode(item)
            clock.observe(stored.header.at, item.clamp_ms)
            if stored.header.patient_id in left:
                back.add(stored.header.patient_id)
            else:
                _apply(unit, aside, item, stored, operation)
        except _ItemError as error:
            _set_aside(unit, aside, item, error.reason)
    unit.move_clock(clock.last)
    unit.move_cursor(page.cursor)
    return frozenset(back - unit.erased)


def _apply(
    unit: Unit,
    aside: SetAsideRows,
    item: FeedItem,
    stored: StoredOperation,
    operation: Operation | None,
) -> None:
    """Take in one item; one that is known already is an echo of a push or a page.

    One that could not be read any more is whole again after it.
    """
    header = stored.header
    known = unit.rows.operation(unit.driver, header.operation_id)
    if known is not None:
        if known.encoded.header_digest != stored.encoded.header_digest:
            raise _ItemError(ProblemCode.OPERATION_ID_REUSED)
        accept(unit, aside, known, item.clamp_ms)
        return
    if header.patient_id in unit.erased:
        bare = without_content(stored)
        unit.rows.put_operation(unit.driver, linked_again(unit, bare))
        raise _ItemError(ProblemCode.ERASED)
    if operation is not None:
        try:
            unit.fold(operation, item.clamp_ms)
        except RecordMismatchError as error:
            raise _ItemError(ProblemCode.RECORD_MISMATCH) from error
        except VaultCorruptError:
            # The record can't be read, and is named; the log goes on without it.
            unit.touched.add(header.patient_id)
    unit.rows.put_operation(unit.driver, linked_again(unit, stored))


def _set_aside(
    unit: Unit, aside: SetAsideRows, item: FeedItem, reason: ProblemCode
) -> None:
    """Keep an item with its reason; of one for an erased patient, that it came."""
    item_id = f"feed:{item.device_id}:{item.sequence}"
    erased = erased_in(item, unit.erased)
    kept = None if erased else item
    aside.put(unit.driver, SetAside(item_id, reason, kept, erased))


def _decode(item: FeedItem) -> tuple[StoredOperation, Operation | None]:
    """Return an item's operation; one whose content was erased has only a header."""
    try:
        encoded = encoded_of(item.operation)
        stored = StoredOperation(
            header=decode_header(encoded.header)[0],
            encoded=encoded,
            device_id=item.device_id,
            state=State.ACKNOWLEDGED,
            clamp_ms=item.clamp_ms,
        )
        return stored, stored.decoded()
    except OperationError as error:
        raise _ItemError(ProblemCode.OPERATION_MALFORMED) from error
