"""An open vault's parts, and the one way to write: commit first, memory after."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from app.core.clock import HybridClock, WallClock
from app.core.ids import Ids
from app.storage.damage import Damage
from app.storage.database import Database, Transaction
from app.storage.drafts import hide_names
from app.storage.errors import DiskError, LockedError
from app.storage.local_state import LocalState
from app.storage.patient_index import PatientIndex
from app.storage.recovery import current_state
from app.storage.rows import Rows
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer, SigningKey, derive_key
from app.storage.set_aside import SetAsideRows
from app.storage.snapshot import Snapshot, load_index
from app.storage.tombstones import load_erased
from app.storage.unit import Unit

Listener = Callable[[frozenset[str]], None]
"""Is told the ids of patients that changed, on the thread that wrote them."""

SNAPSHOT_EVERY = 250
"""Changes, at most, that an unlock has to describe anew."""
SNAPSHOT_OF_PAGES = 1_000
"""The same where sync brings hundreds at once: there each keeping costs a page more."""
CARD_SECRET = "card_secret"  # noqa: S105 - the name of a sealed value
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an open vault is given: time, ids, this device's signature."""

    wall: WallClock
    ids: Ids
    device_id: str
    signing_key: SigningKey


@dataclass(slots=True)
class Listeners:
    """Who wants to know of changes."""

    known: list[Listener] = field(default_factory=list)

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call the listener after each change, until the returned function is."""
        self.known.append(listener)
        return lambda: self.known.remove(listener) if listener in self.known else None

    def tell(self, patient_ids: frozenset[str]) -> None:
        """Tell everybody; a listener that fails takes nothing from what was saved."""
        for listener in list(self.known):
            try:
                listener(patient_ids)
            except Exception:
                _logger.exception("A listener failed after a change was saved.")


def local_of(data_key: bytes) -> Sealer:
    """Return what seals this device's own values and what was set aside."""
    return Sealer(derive_key(data_key, "local"))


@dataclass(frozen=True, slots=True)
class Keyed:
    """What reads and writes under the data key; nobody else holds it."""

    rows: Rows
    local: SealedValues
    aside: SetAsideRows
    data_key: bytes = field(repr=False)
    """For a backup, which carries it sealed."""

    @classmethod
    def of(cls, data_key: bytes, damaged: set[Damage] | None = None) -> "Keyed":
        """Return it for a data key; with what is known to be damaged."""
        local = local_of(data_key)
        rows = Rows(data_key, set() if damaged is None else damaged)
        aside = SetAsideRows(local, rows.damaged)
        return cls(rows, SealedValues(local), aside, data_key)


class Rekeying(Protocol):
    """What totals of all rows can be counted anew under another data key."""

    def rekeying(
        self, driver: sqlite3.Connection, data_key: bytes
    ) -> AbstractContextManager[None]:
        """Do so at its end; raise VaultCorruptError where they differ before."""


class Verification(Protocol):
    """What holds the rows against their totals while the vault is open."""

    def run(self) -> frozenset[Damage]:
        """Do it now."""

    def alone(self) -> AbstractContextManager["Rekeying"]:
        """Keep the vault, with its totals, while nothing is verified."""

    def stop(self) -> None:
        """Give up what is under way."""

    def end(self) -> None:
        """Let go of the totals, once nothing more is written."""


class Unlocked:
    """Database, keys, state and index of an open vault.

    Once it is closed whatever needs a key raises LockedError: a thread that came too
    late neither reads nor writes.
    """

    def __init__(
        self, database: Database, data_key: bytes, surroundings: Surroundings
    ) -> None:
        self.database = database
        self.surroundings = surroundings
        self._keyed: Keyed | None = Keyed.of(data_key)
        self.listeners = Listeners()
        self.verifier: Verification | None = None
        self._keeps_apart = False
        with database.write() as transaction:
            driver = transaction.driver
            hide_names(driver, self.rows)
            device_id = surroundings.device_id
            self.state = current_state(driver, self.rows, self.local, device_id)
            self.erased = load_erased(driver, self.local, self.rows.damaged)
            self._kept, self.index = load_index(driver, self.rows, self.local)

    @property
    def keyed(self) -> Keyed:
        """What holds the keys; raise LockedError once it is closed."""
        if self._keyed is None:
            raise LockedError
        return self._keyed

    @contextmanager
    def while_open(self) -> Iterator[None]:
        """Keep it from being closed meanwhile; raise LockedError if it is already."""
        with self.database.lock:
            _ = self.keyed
            yield

    @property
    def rows(self) -> Rows:
        """Sealed rows of patients."""
        return self.keyed.rows

    @property
    def local(self) -> SealedValues:
        """This device's own values."""
        return self.keyed.local

    @property
    def aside(self) -> SetAsideRows:
        """What was set aside."""
        return self.keyed.aside

    def clock(self, state: LocalState) -> HybridClock:
        """Return a clock that goes on from a state; it changes nothing by itself."""
        return HybridClock(
            state.head.device_id, self.surroundings.wall, last=state.clock
        )

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        """Yield a unit of work; what it changed is durable when this ends.

        On any failure nothing changed, in the file or in memory; so after a lock.
        """
        with self.database.lock:
            keyed = self.keyed
            try:
                with self.database.write() as transaction:
                    unit = Unit(transaction, keyed.rows, self.state, self.erased)
                    yield unit
                    unit.finish(keyed.local)
                    kept = self._kept_within(unit, keyed)
            except BaseException as error:
                keyed.rows.forget_keys()
                self._keeps_apart |= isinstance(error, DiskError)
                raise
            self.state = unit.state
            self.index.update(unit.entries)
            self.erased = unit.erased
            if kept is not None:
                self._kept = kept
                self.index.saved()
            if unit.drops_snapshot:
                self._kept = Snapshot()
            if self._is_due(unit):
                _if_the_disk_lets(self.keep_snapshot)
        concerned = unit.entries.keys() | unit.touched
        if concerned:
            self.listeners.tell(frozenset(concerned))

    def _kept_within(self, unit: Unit, keyed: Keyed) -> Snapshot | None:
        """Keep the index in a page's own transaction: another one costs a sync more.

        Not once a disk refused: the index must be in no save's way.
        """
        is_wanted = unit.adds_many and not unit.drops_snapshot and not self._keeps_apart
        if not (is_wanted and self._is_due(unit)):
            return None
        parts = unit.driver, keyed.local, self.index
        return self._kept.keep(*parts, unit.state.position, unit.entries)

    def _is_due(self, unit: Unit) -> bool:
        is_page = len(unit.entries) >= SNAPSHOT_EVERY
        every = SNAPSHOT_OF_PAGES if is_page else SNAPSHOT_EVERY
        return unit.state.position - self._kept.position >= every

    @contextmanager
    def changing_key(self, data_key: bytes) -> Iterator[tuple[Transaction, Keyed]]:
        """Yield a transaction, and what seals under the data key to come.

        Once it is durable, that one is used; on any failure the older one stays.
        """
        with self.database.lock:
            keyed = Keyed.of(data_key, self.rows.damaged)
            with self.database.write() as transaction:
                yield transaction, keyed
            self._keyed = keyed
            self.empty_log()

    def empty_log(self) -> None:
        """Empty the write-ahead log, or leave it to the lock if the disk refuses."""
        _if_the_disk_lets(self.database.truncate_log)

    def keep_snapshot(self) -> None:
        """Keep the index for the next unlock, if anything changed since the last."""
        position = self.state.position
        if position == self._kept.position:
            return
        with self.database.write() as transaction:
            driver = transaction.driver
            kept = self._kept.keep(driver, self.local, self.index, position)
        self._kept = kept
        self.index.saved()

    def close(self) -> None:
        """Keep the index, empty the write-ahead log and drop keys and index."""
        if self.verifier is not None:
            self.verifier.stop()
        with self.database.lock:
            try:
                _if_the_disk_lets(self.keep_snapshot)
                if self.verifier is not None:
                    self.verifier.end()
                self.empty_log()
            finally:
                self._keyed = None
                self.index = PatientIndex()
                self.listeners.known.clear()


def _if_the_disk_lets(action: Callable[[], None]) -> None:
    """Do what saves time or space later; what was saved does not hang on it.

    A full disk must not keep anybody from locking, nor make a save look failed.
    """
    try:
        action()
    except DiskError as error:
        _logger.warning("The disk refused: %s.", error.code)
