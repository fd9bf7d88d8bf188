"""A patient's operations as a timeline reads them."""

import sqlite3
from dataclasses import dataclass

from app.core.operation import Header, Operation
from app.core.problems import ProblemCode
from app.storage.rows import Rows
from app.storage.set_aside import SetAsideRows
from app.storage.stored_operation import State, StoredOperation


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One operation, the device that brought it, and where it stands.

    `operation` is None once its content was erased; its header stays. `number` is its
    place in this device's own chain, if it is own.
    """

    header: Header
    operation: Operation | None
    device_id: str
    state: State
    clamp_ms: int | None = None
    reason: ProblemCode | None = None
    number: int | None = None

    @property
    def order(self) -> tuple[int, int, str, str]:
        """Order by which a timeline shows it."""
        at, own = self.header.at, self.header.at.wall_ms
        shown = own if self.clamp_ms is None else min(own, self.clamp_ms)
        return shown, at.counter, at.device_id, self.header.operation_id


def read_log(
    driver: sqlite3.Connection, rows: Rows, aside: SetAsideRows, patient_id: str
) -> tuple[LogEntry, ...]:
    """Return a patient's operations, oldest first."""
    found = list(rows.select_operations(driver, "WHERE patient_id = ?", patient_id))
    refused = any(stored.state is State.SET_ASIDE for stored in found)
    reasons = {e.item_id: e.reason for e in aside.all(driver)} if refused else {}
    entries = [_entry(stored, reasons) for stored in found]
    return tuple(sorted(entries, key=lambda entry: entry.order))


def _entry(stored: StoredOperation, reasons: dict[str, ProblemCode]) -> LogEntry:
    header = stored.header
    return LogEntry(
        header=header,
        operation=stored.decoded(),
        device_id=stored.device_id,
        state=stored.state,
        clamp_ms=stored.clamp_ms,
        reason=reasons.get(header.operation_id),
        number=stored.number,
    )
