"""Wrong PINs: counted before each try, durable, with growing delays and an end.

There is no clock that a person with the tablet cannot change, so a wait is measured by
the time since the machine started, sleep included. That time counts on when the app is
started again; after a restart of the machine, where nothing proves how long ago it was,
the whole wait begins anew: never less, never more than the whole.

After LIMIT wrong PINs in a row a practitioner's slot is closed, never the data: others
unlock, and a grant or a new PIN (see `renewing`) opens it again.
"""

import json
import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlmodel import Session, select

from app.storage.database import Database, Transaction
from app.storage.errors import (
    DiskError,
    SlotClosedError,
    UnlockError,
    WaitError,
    WrongPinError,
)
from app.storage.locked_events import LockedEvents, LockedKind
from app.storage.pins import FREE_ATTEMPTS, delay_seconds
from app.storage.sealing import Sealer, SealError, place
from app.storage.tables import AttemptRow

Monotonic = Callable[[], float]
"""Seconds that only ever grow; their beginning means nothing."""

LIMIT = 10
"""Wrong PINs in a row after which the slot is closed."""
# Of a count that somebody tampered with: one more try after the longest wait.
_TAMPERED = LIMIT - 1
_DOUBTFUL = FREE_ATTEMPTS + 1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_logger = logging.getLogger(__name__)


def uptime() -> float:
    """Return the seconds since the machine started, sleep included where it tells."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def boot_id() -> str:
    """Return what names this run of the machine, or "" where nothing does."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        return ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What waits are measured by."""

    monotonic: Monotonic = uptime
    boot_id: Callable[[], str] = boot_id


@dataclass(frozen=True, slots=True)
class _Count:
    """Wrong PINs in a row, and until when one waits, by one run of the machine."""

    failures: int = 0
    boot: str = ""
    free_at: float = 0.0

    @property
    def is_closed(self) -> bool:
        return self.failures >= LIMIT


@dataclass(slots=True)
class Renewal:
    """A transaction after which some may try again at once; their PIN may be new."""

    transaction: Transaction
    events: LockedEvents
    whose: set[str] = field(default_factory=set)


class AttemptGate:
    """Lets a practitioner try a PIN, or says how long to wait, or that it is over."""

    def __init__(
        self,
        database: Database,
        device_sealer: Sealer,
        clocks: Clocks,
        events: LockedEvents,
        after_refusal: Callable[[], None],
    ) -> None:
        self._database = database
        self._after_refusal = after_refusal
        self._sealer = device_sealer
        self._clocks = clocks
        self._boot = clocks.boot_id()
        self._events = events
        with database.write() as transaction:
            session = transaction.session
            known = session.exec(select(AttemptRow.practitioner_id)).all()
            kept = {one: self._read(session, one) for one in known}
        self._counts = {one: self._in_this_run(count) for one, count in kept.items()}
        _if_the_disk_lets(lambda: self._keep_again(kept))

    def wait_seconds(self, practitioner_id: str) -> int:
        """Return how long until the next try; 0 is now. Raises SlotClosedError."""
        count = self._counts.get(practitioner_id, _Count())
        if count.is_closed:
            raise SlotClosedError
        return max(0, math.ceil(count.free_at - self._clocks.monotonic()))

    def begin(self, practitioner_id: str) -> None:
        """Count a try as failed, durably, before it is made.

        Raises WaitError or SlotClosedError: then the PIN is not looked at. So a
        process that is killed while it looks gains nothing; nor do tries at once: the
        wait after this one stands before anybody looks.
        """
        with self._database.lock:  # One at a time, the wait too.
            wait = self.wait_seconds(practitioner_id)
            if wait:
                raise WaitError(wait)
            before = self._counts.get(practitioner_id, _Count())
            count = self._waiting(before.failures + 1)
            with self._database.write() as transaction:
                failed, closed = LockedKind.UNLOCK_FAILED, LockedKind.SLOT_CLOSED
                self._events.add(transaction, failed, practitioner_id)
                if count.is_closed:
                    self._events.add(transaction, closed, practitioner_id)
                self._write(transaction.session, practitioner_id, count)
            # Once it is durable: where a disk refuses, nobody looks at the PIN either.
            self._counts[practitioner_id] = count

    def refused(self, practitioner_id: str) -> UnlockError:
        """Return what to raise for a PIN that was wrong: the try stays counted."""
        self._after_refusal()
        try:
            return WrongPinError(self.wait_seconds(practitioner_id))
        except SlotClosedError as closed:
            return closed

    def distrust(self, practitioner_ids: Iterable[str]) -> None:
        """Let everybody wait: the counts may be older ones, put back for more tries.

        Not as long as after a count that was forged: a disk may have lost the newer.
        """
        for one in practitioner_ids:
            if self._counts.get(one, _Count()).failures < _DOUBTFUL:
                self._counts[one] = self._waiting(_DOUBTFUL)

    def succeeded(self, practitioner_id: str) -> None:
        """Forget the wrong PINs before a right one, and that this try was counted."""
        with self._database.write() as transaction:
            if self._counts.get(practitioner_id, _Count()).is_closed:
                kind = LockedKind.SLOT_CLOSED
                self._events.take_back(transaction, kind, practitioner_id)
            kind = LockedKind.UNLOCK_FAILED
            self._events.take_back(transaction, kind, practitioner_id)
            self._drop(transaction.session, practitioner_id)
        self._counts.pop(practitioner_id, None)

    @contextmanager
    def renewing(self) -> Iterator[Renewal]:
        """Yield the transaction of a new PIN, or of a grant that reopens a slot.

        With it the wrong PINs of all in `whose` are forgotten.
        """
        with self._database.lock:
            with self._database.write() as transaction:
                renewal = Renewal(transaction, self._events)
                yield renewal
                for practitioner_id in renewal.whose:
                    self._reopen(transaction, practitioner_id)
            for practitioner_id in renewal.whose:
                self._counts.pop(practitioner_id, None)

    def _reopen(self, transaction: Transaction, practitioner_id: str) -> None:
        if self._counts.get(practitioner_id, _Count()).is_closed:
            self._events.add(transaction, LockedKind.SLOT_REOPENED, practitioner_id)
        self._drop(transaction.session, practitioner_id)

    def _waiting(self, failures: int) -> _Count:
        free_at = self._clocks.monotonic() + delay_seconds(failures)
        return _Count(failures, self._boot, free_at)

    def _write(self, session: Session, practitioner_id: str, count: _Count) -> None:
        text = json.dumps([count.failures, count.boot, count.free_at])
        sealed = self._sealer.seal(text.encode(), place("attempt", practitioner_id))
        session.merge(AttemptRow(practitioner_id=practitioner_id, sealed=sealed))

    def _drop(self, session: Session, practitioner_id: str) -> None:
        row = session.get(AttemptRow, practitioner_id)
        if row is not None:
            session.delete(row)

    def _read(self, session: Session, practitioner_id: str) -> _Count:
        row = session.get_one(AttemptRow, practitioner_id)
        try:
            raw = self._sealer.unseal(row.sealed, place("attempt", practitioner_id))
        except SealError:
            return _Count(_TAMPERED)
        found = json.loads(raw)
        # An older version kept the number alone.
        return _Count(*found) if isinstance(found, list) else _Count(found)

    def _in_this_run(self, count: _Count) -> _Count:
        """Return a count with the end of its wait in this run of the machine's time."""
        whole = self._waiting(count.failures)
        if count.boot and count.boot == self._boot:
            return replace(count, free_at=min(count.free_at, whole.free_at))
        return whole

    def _keep_again(self, kept: Mapping[str, _Count]) -> None:
        """Write what began anew, so that the next start goes on and not from there."""
        with self._database.write() as transaction:
            for practitioner_id, count in self._counts.items():
                if count != kept[practitioner_id]:
                    self._write(transaction.session, practitioner_id, count)


def _if_the_disk_lets(action: Callable[[], None]) -> None:
    """A full disk must keep nobody out; a wait that was not kept begins once more."""
    try:
        action()
    except DiskError as error:
        _logger.warning("The disk refused: %s.", error.code)
