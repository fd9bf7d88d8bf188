"""Holding every row of an unlocked vault against its totals, while people work."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.storage.damage import Damage, DamageKind
from app.storage.database import typed_errors
from app.storage.drafts import get_drafts
from app.storage.errors import LockedError, StorageError, VaultCorruptError
from app.storage.ledger import DATA, Ledger, Total, differing
from app.storage.ledgers import Ledgers
from app.storage.rows import Rows
from app.storage.scan import count_rows, read_only
from app.storage.unlocked import Keyed, Unlocked

_LOCK_SECONDS = 0.05
_logger = logging.getLogger(__name__)


class Verifier:
    """Scans patients' rows on a connection of its own; ends at the lock."""

    def __init__(self, ledgers: Ledgers, unlocked: Unlocked) -> None:
        self._ledgers = ledgers
        self._unlocked = unlocked
        self._stop = threading.Event()
        self._one = threading.Lock()
        self._thread = threading.Thread(target=self._in_background, daemon=True)

    def start(self) -> None:
        """Verify in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End it; a scan under way is given up."""
        self._stop.set()
        if self._thread.ident is not None and self._thread is not (
            threading.current_thread()
        ):
            self._thread.join()
        with self._one:
            pass  # Who runs it on a thread of their own, or changes keys, ends first.

    def end(self) -> None:
        """Raise the generation and let go of the totals."""
        self._ledgers.lock()

    def run(self) -> frozenset[Damage]:
        """Return what differs from what was written here, and take it for true.

        It is named in `damaged` too; the feed is read again from its beginning, which
        brings what a server knows. Raises LockedError when the vault is locked.
        """
        with self._one, typed_errors():
            if self._stop.is_set():
                raise LockedError
            found: set[Damage] = set()
            with read_only(self._ledgers.path) as driver:
                expected = self._expected(driver, found)
                key = expected.key
                seen = count_rows(driver, DATA, key, self._stop.is_set)
                tables = differing(seen, expected.totals)
                found.update(Damage(DamageKind.TABLE, table) for table in tables)
                if tables:
                    found.update(_named(driver, self._unlocked.keyed.data_key))
            if found:  # Before another scan begins: it would adopt the same again.
                self._heal(seen, expected, found)
        return frozenset(found)

    def _expected(self, driver: sqlite3.Connection, found: set[Damage]) -> Ledger:
        ledger = self._ledgers.data()
        try:
            return self._ledgers.sealed(driver, DATA, ledger.key)
        except VaultCorruptError:
            found.add(Damage(DamageKind.VALUE, DATA))
            return ledger

    def _heal(
        self, seen: dict[str, Total], expected: Ledger, found: set[Damage]
    ) -> None:
        parts = self._unlocked
        with self._holding():
            parts.rows.damaged.update(found)
            with parts.writing() as unit:
                self._ledgers.data().adopt(seen, expected.totals)
                unit.move_cursor("")

    @contextmanager
    def _holding(self) -> Iterator[None]:
        lock = self._unlocked.database.lock
        while not lock.acquire(timeout=_LOCK_SECONDS):
            if self._stop.is_set():  # Whoever locks may hold it, waiting for this.
                raise LockedError
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def alone(self) -> Iterator[Ledgers]:
        """Keep the vault while nothing is verified; raise LockedError at the lock."""
        with self._one, self._holding():
            if self._stop.is_set():
                raise LockedError
            yield self._ledgers

    def _in_background(self) -> None:
        try:
            self.run()
        except LockedError:
            return  # The next unlock begins again.
        except StorageError as error:
            _logger.warning("The vault was not verified: %s.", error.code)


def _named(driver: sqlite3.Connection, data_key: bytes) -> set[Damage]:
    """Return which rows can't be opened where they stand."""
    keyed = Keyed.of(data_key)
    rows: Rows = keyed.rows
    for _stored in rows.select_operations(driver, ""):
        pass
    patients = driver.execute("SELECT DISTINCT patient_id FROM document").fetchall()
    for (patient_id,) in patients:
        rows.readable_documents(driver, patient_id)
    get_drafts(driver, rows, None)
    keyed.aside.all(driver)
    return rows.damaged
