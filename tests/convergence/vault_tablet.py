"""A tablet of the simulation with a real vault, whose power may go at any statement."""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from app.core.change import Authorship, Change
from app.core.clock import WallClock
from app.core.merge import Document
from app.core.operation import Operation
from app.core.wire import Setup
from app.storage import database, opening
from app.storage.device_secret import FileDeviceSecret
from app.storage.enrolment import Enrolment
from app.storage.parcel import PARCEL_NAME
from app.storage.pin_cost import UnlockPolicy
from app.storage.sealing import PinCost
from app.storage.vault import Vault
from app.storage.vault_file import VaultFile
from tests.convergence.faults import Crashed, Moment
from tests.convergence.model_tablet import Writes
from tests.convergence.people import NURSE
from tests.sync.model_device import SeededIds

PIN = "739164"
_POLICY = UnlockPolicy(PinCost(memory_kib=64, iterations=1))
_LEFT_OUT = shutil.ignore_patterns("vault.lock", "*-shm")
_numbers = count(1)


class Plugged(sqlite3.Connection):
    """A connection at whose statements the power may go."""

    plug: tuple[int, Moment] | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Do a statement, or be cut off before or after it."""
        moment = self._moment()
        if moment == "before":
            raise Crashed
        cursor = super().execute(sql, parameters)
        if moment is not None:
            raise Crashed
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Do a statement with many rows, or be cut off before it."""
        if self._moment() is not None:
            raise Crashed
        return super().executemany(sql, parameters)

    def _moment(self) -> Moment | None:
        if self.plug is None:
            return None
        left, moment = self.plug
        self.plug = (left - 1, moment) if left > 1 else None
        return moment if left <= 1 else None


@contextmanager
def _plugged() -> Iterator[None]:
    """Open vaults on connections whose plug can be pulled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "connect", _connect)
        yield


def _connect(path: Path) -> sqlite3.Connection:
    driver = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, factory=Plugged
    )
    for pragma in database._PRAGMAS:
        driver.execute(pragma)
    return driver


class VaultTablet:
    """The folder of a tablet and what is open in it."""

    def __init__(
        self, folder: Path, wall: WallClock, rng: random.Random, schema: int = 1
    ) -> None:
        self.schema = schema
        self._folder = folder
        self._wall = wall
        self._rng = rng
        self._log: dict[str, Operation] = {}
        self._file, self._vault = self._opened()

    @property
    def vault(self) -> Vault:
        return self._vault

    @property
    def public_key(self) -> bytes:
        return self._file.identity.public_key

    def write(self, writes: Writes, author: Authorship) -> list[Operation]:
        change = Change()
        for key, fields in writes.items():
            change.set(key, fields)
        saved = self._vault.commit(change, author=author)
        known = self.known()
        return [known[one] for one in saved.operation_ids]

    def pull_plug_at(self, statement: int, moment: Moment) -> None:
        self._driver.plug = statement, moment

    def plug_in(self) -> None:
        self._driver.plug = None

    def restart(self) -> None:
        """Come back with what is on the disk: nothing is closed before."""
        self.restore(self.backup())

    def backup(self) -> Path:
        """A copy of the folder as it stands."""
        return _copied(self._folder, self._folder.parent)

    def restore(self, kept: object) -> None:
        assert isinstance(kept, Path)
        self._abandon()
        shutil.rmtree(self._folder)
        self._folder = _copied(kept, kept.parent)
        self._file, self._vault = self._opened()

    def copy(self, wall: WallClock, rng: random.Random) -> "VaultTablet":
        return VaultTablet(self.backup(), wall, rng, self.schema)

    def upgrade(self) -> None:
        """Documents that hold what was not understood are folded when they are read."""
        self.schema = 2

    def parcel(self) -> bytes | None:
        """What was sealed as the vault was locked."""
        self._vault.close()
        path = self._folder / PARCEL_NAME
        found = path.read_bytes() if path.exists() else None
        self._vault = self._file.unlock(NURSE, PIN)
        return found

    def known(self) -> Mapping[str, Operation]:
        here = self._ids("")
        shredded = self.erased() | self.left()
        self._log = {
            one: operation
            for one, operation in self._log.items()
            if operation.header.patient_id not in shredded
        }
        if here - self._log.keys():
            for (patient,) in self._rows("SELECT DISTINCT patient_id FROM operation"):
                for entry in self._vault.operations(cast("str", patient)):
                    if entry.operation is not None:
                        self._log[entry.header.operation_id] = entry.operation
        return {one: self._log[one] for one in here if one in self._log}

    def erased(self) -> frozenset[str]:
        """Whom this tablet keeps out."""
        parts = self._vault._parts
        assert parts is not None
        return parts.erased

    def left(self) -> frozenset[str]:
        """Who left this tablet."""
        return self._vault.left_patients()

    def let_go(self) -> int:
        """Let everybody leave who may."""
        return self._vault.let_old_go(0)

    def holds(self, patient_id: str) -> bool:
        """Tell whether anything of a patient can be read here."""
        entries = self._vault.operations(patient_id)
        is_read = any(one.operation is not None for one in entries)
        return is_read or bool(self._vault.documents(patient_id))

    def own_ids(self) -> frozenset[str]:
        return self._ids("WHERE number IS NOT NULL")

    def pending_ids(self) -> frozenset[str]:
        return self._ids("WHERE state = 0")

    def aside_ids(self) -> frozenset[str]:
        return self._ids("WHERE state = 2")

    def all_documents(self) -> Mapping[str, Document]:
        assert not self._vault.damaged, self._vault.damaged
        assert not [one for one in self._vault.set_aside() if one.item is not None]
        rows = self._rows("SELECT record_id FROM document")
        found = {str(one): self._vault.document(str(one)) for (one,) in rows}
        return {one: document for one, document in found.items() if document}

    def close(self) -> None:
        self._abandon()

    @property
    def _driver(self) -> Plugged:
        driver = self._file._database._driver
        assert isinstance(driver, Plugged)
        return driver

    def _opened(self) -> tuple[VaultFile, Vault]:
        with _plugged():
            file = _open_file(self._folder, self._wall, self._rng)
        return file, file.unlock(NURSE, PIN)

    def _abandon(self) -> None:
        """Let go of everything as a process does that is killed."""
        parts = self._vault._parts
        if parts is not None and parts.verifier is not None:
            parts.verifier.stop()
        self._file._database.close()
        self._file._lock.release()

    def _ids(self, where: str) -> frozenset[str]:
        found = self._rows(f"SELECT operation_id FROM operation {where}")
        return frozenset(str(one) for (one,) in found)

    def _rows(self, sql: str) -> list[tuple[object, ...]]:
        return self._driver.execute(sql).fetchall()


def new_vault(number: int, wall: WallClock, folder: Path, setup: Setup) -> VaultTablet:
    """A tablet that was enrolled with a server of this setup."""
    rng = random.Random(number)
    made = _copied(_enrolled(number, setup.model_dump_json()), folder)
    return VaultTablet(made, wall, rng)


@cache
def _enrolled(number: int, setup: str) -> Path:
    """A folder with an enrolled vault, made once in a process."""
    _TEMPLATES.append(tempfile.TemporaryDirectory(prefix="tessera-vault-"))
    folder = Path(_TEMPLATES[-1].name)
    rng = random.Random(f"enrolled {number}")
    file = _open_file(folder, lambda: 0, rng)
    enrolment = Enrolment(
        server_url="https://tessera.example.org",
        token=f"token of {number}",
        epoch="epoch-1",
        server_public_key=bytes(32),
        card_secret=bytes(32),
        setup=Setup.model_validate_json(setup),
    )
    file.enrol(enrolment)
    file.choose_pin(NURSE, PIN)
    file.close()
    return folder


_TEMPLATES: list[tempfile.TemporaryDirectory[str]] = []


def _open_file(folder: Path, wall: WallClock, rng: random.Random) -> VaultFile:
    policy = replace(_POLICY, monotonic=lambda: 0.0)
    secret = FileDeviceSecret(folder / "device.key")
    return VaultFile(folder, secret, wall, SeededIds(rng), policy)


def _copied(folder: Path, into: Path) -> Path:
    target = into / f"vault-{next(_numbers)}"
    shutil.copytree(folder, target, ignore=_LEFT_OUT)
    return target
