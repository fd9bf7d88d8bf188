"""The two ledgers of an open file, kept by triggers: no writer needs to know of them.

What can be read before unlock counts under the device's key, patients' rows under the
data key. What no ledger counts is its own row: that one is held against a generation,
which the device's ledger, and a counter outside the file, know besides.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.storage.damage import Damage, DamageKind
from app.storage.database import Database
from app.storage.device_secret import DeviceSecret
from app.storage.errors import StorageError, VaultCorruptError
from app.storage.ledger import (
    COUNTING,
    DATA,
    DEVICE,
    Column,
    Ledger,
    Row,
    differing,
)
from app.storage.migrations import LATEST
from app.storage.scan import (
    columns_of,
    count_rows,
    counts_in,
    read_only,
)
from app.storage.sealed_values import SealedValues
from app.storage.sealing import Sealer, derive_key

ROLLED_BACK = Damage(DamageKind.ROLLED_BACK, "vault")
_EVENTS = {"insert": ("NEW",), "delete": ("OLD",), "update": ("OLD", "NEW")}
_VERSION = f"{LATEST}/{COUNTING}"
_logger = logging.getLogger(__name__)


class Ledgers:
    """Counts what is written, seals the totals in the same transaction."""

    def __init__(
        self, database: Database, secret: bytes, counter: DeviceSecret
    ) -> None:
        self._database = database
        self._counter = counter
        self._values = {DEVICE: SealedValues(Sealer(derive_key(secret, "device")))}
        with database.read() as driver:
            self.path = Path(driver.execute("PRAGMA database_list").fetchone()[2])
            self._columns = columns_of(driver)
            _watch(driver, self._columns, self.tally)
            is_new = not driver.execute("SELECT 1 FROM sealed_value").fetchone()
        key, newest = derive_key(secret, "device rows"), counter.counter()
        device = self._load(DEVICE, key, expected=newest > 0 and not is_new)
        self._ledgers = {DEVICE: device}
        if device.generation < newest:
            # A vault made in the place of another goes on from its generation.
            if not is_new:
                device.found.add(ROLLED_BACK)
            device.generation = newest
        self.begin()
        database.keeper = self

    @property
    def _device(self) -> Ledger:
        return self._ledgers[DEVICE]

    @property
    def attempts_are_doubtful(self) -> bool:
        """Whether the counts of wrong PINs may have been put back."""
        tells = {
            ROLLED_BACK,
            Damage(DamageKind.TABLE, "attempt"),
            Damage(DamageKind.VALUE, DEVICE),
        }
        return bool(tells & self._device.found)

    def tally(self, sign: int, table: str, *row: Column) -> None:
        """Count a row in or out; called by the triggers."""
        ledger = self._ledgers.get(counts_in(table, row[0]) or "")
        if ledger is not None:
            ledger.add(table, row, sign)

    def insert(
        self, driver: sqlite3.Connection, table: str, rows: Sequence[Row]
    ) -> bool:
        """Write many new rows of patients, columns in the schema's order; count them.

        Returns False, with nothing written, where one of them is there already. A
        trigger costs each row as much as to write it, so there is none meanwhile: if
        this fails, the transaction's end brings it back.
        """
        columns = self._columns[table]
        marks = ", ".join("?" * len(columns))
        put = f"INSERT OR IGNORE INTO {table} VALUES ({marks})"  # noqa: S608
        driver.execute("SAVEPOINT new_rows")
        driver.execute(f"DROP TRIGGER temp.tally_insert_{table}")
        is_new = driver.executemany(put, rows).rowcount == len(rows)
        if is_new:
            self._ledgers[DATA].add_all(table, rows)
            driver.execute(_trigger(table, columns, "insert"))
        else:
            driver.execute("ROLLBACK TO new_rows")
        driver.execute("RELEASE new_rows")
        return is_new

    def begin(self) -> None:
        """Remember where the totals stood before a transaction."""
        self._kept = _copies(self._ledgers)
        self._kept_values = dict(self._values)

    def seal(self, driver: sqlite3.Connection) -> None:
        """Write what a transaction changed of the totals."""
        for name, ledger in self._ledgers.items():
            if self._kept.get(name) != ledger:
                self._values[name].put(driver, name, ledger.to_bytes())

    def forget(self) -> None:
        """Go back to what `begin` remembered: the transaction never was."""
        self._ledgers, self._values = self._kept, self._kept_values

    @contextmanager
    def unlocking(self, data_key: bytes) -> Iterator[frozenset[Damage]]:
        """Count patients' rows too, under the data key; yield what was found so far.

        That counts as told once this ends; on any failure it is found again. A scan of
        the rows is made here only where there are no totals to trust.
        """
        local = SealedValues(Sealer(derive_key(data_key, "local")))
        self._values[DATA] = local
        device = self._device
        key = derive_key(data_key, "rows")
        data = self._load(DATA, key, expected=device.data_generation > 0)
        if data.generation != device.data_generation:
            data.found.add(ROLLED_BACK)
        found = frozenset(device.found | data.found)
        self._ledgers[DATA] = data
        try:
            yield found
            self._raise_generation()
        except BaseException:
            self._drop_data()
            raise

    @contextmanager
    def rekeying(self, driver: sqlite3.Connection, data_key: bytes) -> Iterator[None]:
        """Count under another data key from the end of this, in one transaction.

        Raises VaultCorruptError where rows differ from their totals before.
        """
        before = self._ledgers[DATA]
        if differing(count_rows(driver, DATA, before.key), before.totals):
            raise VaultCorruptError
        yield
        key = derive_key(data_key, "rows")
        totals = count_rows(driver, DATA, key)
        self._ledgers[DATA] = replace(before, key=key, totals=totals)
        self._values[DATA] = SealedValues(Sealer(derive_key(data_key, "local")))

    def lock(self) -> None:
        """Raise the generation a last time, and forget the data key."""
        self.raise_if_it_can_be()
        self._drop_data()

    def raise_if_it_can_be(self) -> None:
        """Raise the generation; a disk that refuses is in nobody's way."""
        try:
            self._raise_generation()
        except StorageError as error:
            _logger.warning("The generation was not raised: %s.", error.code)

    def _drop_data(self) -> None:
        self._ledgers.pop(DATA, None)
        self._values.pop(DATA, None)
        self.begin()  # What it remembers holds keys too.

    def _raise_generation(self) -> None:
        """Make every older copy of the file an older one; the file first.

        So a crash in between leaves a counter that is behind, which is no alarm.
        """
        with self._database.write():
            device, data = self._device, self._ledgers.get(DATA)
            device.generation += 1
            if data is not None:
                data.generation = device.data_generation = device.generation
                device.found.clear()
                data.found.clear()
            generation = device.generation
        try:
            self._counter.raise_counter(generation)
        except StorageError as error:
            _logger.warning("The counter was not raised: %s.", error.code)

    def sealed(self, driver: sqlite3.Connection, name: str, key: bytes) -> Ledger:
        """Return a ledger as a connection sees it; raise VaultCorruptError."""
        return Ledger.from_bytes(key, self._values[name].require(driver, name))

    def data(self) -> Ledger:
        """Return the totals of patients' rows as they are now."""
        return self._ledgers[DATA]

    def _load(self, name: str, key: bytes, *, expected: bool) -> Ledger:
        """Read a ledger, or make one where none was or the tables are newer."""
        with read_only(self.path) as driver:
            lost = False
            try:
                ledger = self.sealed(driver, name, key)
            except VaultCorruptError:
                is_there = self._is_there(driver, name)
                ledger, lost = Ledger(key, ""), expected or is_there
            if ledger.version == _VERSION and name == DATA:
                return ledger  # Held against its rows later, see `verify`.
            seen = count_rows(driver, name, key)
        if lost:
            ledger.found.add(Damage(DamageKind.VALUE, name))
        if ledger.version == _VERSION:
            for table in differing(seen, ledger.totals):
                ledger.found.add(Damage(DamageKind.TABLE, table))
        ledger.totals, ledger.version = seen, _VERSION
        return ledger

    @staticmethod
    def _is_there(driver: sqlite3.Connection, name: str) -> bool:
        found = driver.execute("SELECT 1 FROM sealed_value WHERE name = ?", (name,))
        return found.fetchone() is not None


def count_anew(
    database: Database, secret: bytes, data_key: bytes, generation: int
) -> None:
    """Seal both totals as the rows are now: for a vault that was just restored."""
    keys = {
        DEVICE: (derive_key(secret, "device rows"), derive_key(secret, "device")),
        DATA: (derive_key(data_key, "rows"), derive_key(data_key, "local")),
    }
    with database.write() as transaction:
        for name, (key, sealing) in keys.items():
            totals = count_rows(transaction.driver, name, key)
            ledger = Ledger(key, _VERSION, generation, generation, totals)
            values = SealedValues(Sealer(sealing))
            values.put(transaction.driver, name, ledger.to_bytes())


def _copies(ledgers: Mapping[str, Ledger]) -> dict[str, Ledger]:
    return {name: one.copy() for name, one in ledgers.items()}


def _watch(
    driver: sqlite3.Connection,
    tables: Mapping[str, Iterable[str]],
    tally: Callable[..., None],
) -> None:
    """Call `tally` at each change of any table; REPLACE fires them too."""
    driver.create_function("tessera_tally", -1, tally)
    driver.execute("PRAGMA recursive_triggers = ON")
    for table, columns in tables.items():
        for event in _EVENTS:
            driver.execute(_trigger(table, columns, event))


def _trigger(table: str, columns: Iterable[str], event: str) -> str:
    calls = []
    for side in _EVENTS[event]:
        sign = 1 if side == "NEW" else -1
        listed = ", ".join(f'{side}."{column}"' for column in columns)
        calls.append(f"SELECT tessera_tally({sign}, '{table}', {listed});")
    return (
        f'CREATE TEMP TRIGGER "tally_{event}_{table}" AFTER {event} '
        f'ON main."{table}" BEGIN {" ".join(calls)} END'
    )
