"""PINs on a disk that refuses: the error is what is so, and nobody is locked out."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.storage import (
    Damage,
    DamageKind,
    DiskError,
    StorageError,
    UnlockError,
    VaultFile,
    WrongPinError,
)
from app.storage.attempts import LIMIT
from app.storage.pins import FREE_ATTEMPTS
from tests.storage.faults.disk import DO_IT, Answer, Call, watch
from tests.storage.tablets import ANA, BO, OTHER_PIN, PIN, Tablet

WRONG, NEW_PIN = "650217", "906152"
MIGRATION = Damage(DamageKind.TABLE, "migration")


@dataclass
class Disk:
    """Lets so many commits be, and refuses each after; None: refuses nothing."""

    left: int | None = None
    refused: int = 0

    def __call__(self, call: Call) -> Answer:
        """Do a call, or refuse it."""
        if self.left is None or (call.kind, call.name[-4:]) != ("sync", "-wal"):
            return DO_IT
        self.left -= 1
        if self.left >= 0:
            return DO_IT
        self.refused += 1
        return Answer(code=sqlite3.SQLITE_IOERR_FSYNC)

    @contextmanager
    def refusing_after(self, commits: int) -> Iterator[None]:
        """Refuse until this ends."""
        self.left = commits
        try:
            yield
        finally:
            self.left = None


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The folder of a tablet with a PIN, closed."""
    tablet = Tablet(tmp_path / "begun")
    tablet.folder.mkdir()
    tablet.unlocked()[0].close()
    return tablet.folder


def copies(begun: Path) -> Iterator[tuple[Tablet, Disk]]:
    """Yield the tablet on disks that refuse ever later, until one refuses nothing."""
    for number in range(20):
        folder, disk = begun.with_name(f"copy-{number}"), Disk()
        shutil.copytree(begun, folder)
        with watch(folder, disk):
            yield Tablet(folder), disk
        if number and not disk.refused:
            return
    pytest.fail("it never came to an end")


def raised_by(vault_file: VaultFile, pin: str) -> StorageError | None:
    try:
        vault_file.unlock(ANA, pin)
    except StorageError as error:
        return error
    return None


def test_a_try_that_was_counted_is_told_as_a_wrong_pin(begun: Path) -> None:
    told = []
    for number, (tablet, disk) in enumerate(copies(begun)):
        vault_file = tablet.open()
        with disk.refusing_after(number):
            error = raised_by(vault_file, WRONG)
        tries = len(vault_file.locked_events())
        assert isinstance(error, (DiskError, WrongPinError)[tries]), number
        told.append((tries, disk.refused > 0))
        vault_file.close()
    assert {(0, True), (1, True), (1, False)} == set(told)


def test_a_new_pin_after_wrong_ones_stands_where_nothing_is_raised(
    begun: Path,
) -> None:
    ends = set()
    for number, (tablet, disk) in enumerate(copies(begun)):
        vault_file, vault = tablet.unlocked()
        vault.add_slot(BO, OTHER_PIN)
        for _ in range(FREE_ATTEMPTS):
            with pytest.raises(WrongPinError):
                vault_file.unlock(BO, WRONG)
        keys, keyring = vault._keys
        slot = keyring.wrap(BO, NEW_PIN, keys.for_colleague())
        is_changed = True
        with disk.refusing_after(number):
            try:
                keyring.change(slot)
            except DiskError:
                is_changed = False
        assert (vault_file.wait_seconds(BO) == 0) is is_changed
        tablet.seconds.now += vault_file.wait_seconds(BO)
        pin = NEW_PIN if is_changed else OTHER_PIN
        assert vault_file.unlock(BO, pin).is_open, number
        ends.add(is_changed)
        vault_file.close()
    assert ends == {True, False}


def test_tries_that_the_disk_refused_to_count_close_nothing(begun: Path) -> None:
    tablet, disk = Tablet(begun), Disk()
    with watch(begun, disk):
        vault_file = tablet.open()
        with disk.refusing_after(0):
            for _ in range(LIMIT + 1):
                tablet.seconds.now += vault_file.wait_seconds(ANA)
                with pytest.raises(DiskError):
                    vault_file.unlock(ANA, PIN)
        assert vault_file.wait_seconds(ANA) == 0
        assert vault_file.unlock(ANA, PIN).is_open
        vault_file.close()
    assert disk.refused == LIMIT + 1


def test_what_was_found_is_told_to_the_first_who_is_let_in(begun: Path) -> None:
    outside = sqlite3.connect(Tablet(begun).database)
    outside.execute("UPDATE migration SET applied_at = 7 WHERE version = 1")
    outside.commit()
    outside.close()
    failed = 0
    for number, (tablet, disk) in enumerate(copies(begun)):
        vault_file = tablet.open()
        with disk.refusing_after(number):
            error = raised_by(vault_file, PIN)
        if error is None:
            assert vault_file._vault is not None
            assert vault_file._vault.damaged == {MIGRATION}
        else:
            failed += 1
            assert isinstance(raised_by(vault_file, WRONG), UnlockError)
            assert vault_file.unlock(ANA, PIN).damaged == {MIGRATION}, number
        vault_file.close()
    assert failed > 2
