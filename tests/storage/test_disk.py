"""A disk that is full or can't be written to: a clear error, and nothing lost."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from app.storage import (
    DiskError,
    DiskFullError,
    DiskReadOnlyError,
    StorageError,
    Vault,
    VaultFile,
)
from tests.storage.tablets import ANA, PIN, Tablet, change_of, patient, save_patient

NOISE = random.Random(7)
# What does not compress.
LARGE = NOISE.randbytes(100_000).hex()


def state_of(vault: Vault) -> object:
    return (
        vault.documents("p1"),
        vault.operations("p1"),
        vault.drafts(),
        vault.counts(),
        vault.cursor(),
        vault.search("amina"),
        vault.pending(),
    )


def pragma(vault_file: VaultFile, statement: str) -> None:
    with vault_file._database.read() as driver:
        driver.execute(f"PRAGMA {statement}").fetchall()


def prepared(vault: Vault) -> object:
    save_patient(vault, "p1", "Amina")
    vault.save_draft("d1", "p1", b'{"a": 1}')
    return state_of(vault)


def test_a_save_that_does_not_fit_changes_nothing(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    before = prepared(vault)
    pragma(vault_file, "max_page_count = 1")  # SQLite itself says that it is full.
    change = change_of((patient("p1"), {"sex": "female", "note": LARGE}))
    with pytest.raises(DiskFullError) as full:
        vault.commit(change, drop_draft="d1")
    assert full.value.code is ProblemCode.DISK_FULL
    assert state_of(vault) == before
    pragma(vault_file, "max_page_count = 1000000")
    vault.commit(change, drop_draft="d1")
    assert vault.drafts() == ()
    vault_file.close()


def test_a_draft_that_does_not_fit_keeps_the_one_before(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    before = prepared(vault)
    pragma(vault_file, "max_page_count = 1")
    with pytest.raises(DiskFullError):
        vault.save_draft("d1", "p1", f'"{LARGE}"'.encode())
    assert state_of(vault) == before
    vault_file.close()


def test_a_full_disk_keeps_nobody_from_locking(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    change = change_of((patient("p1"), {"name": {"original": LARGE}}))
    vault.commit(change)
    pragma(vault_file, "max_page_count = 1")
    vault.close()
    assert not vault.is_open
    pragma(vault_file, "max_page_count = 1000000")
    assert vault_file.unlock(ANA, PIN).document("p1") is not None
    vault_file.close()


def test_a_read_only_database_says_so(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    before = prepared(vault)
    pragma(vault_file, "query_only = ON")
    with pytest.raises(DiskReadOnlyError) as refused:
        save_patient(vault, "p2", "Omar")
    assert refused.value.code is ProblemCode.DISK_READ_ONLY
    assert state_of(vault) == before
    pragma(vault_file, "query_only = OFF")
    vault_file.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MB, where this machine lets a test mount one."""
    where = tmp_path / "disk"
    where.mkdir()
    if not mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(where)):
        pytest.skip("mounting a small disk needs the rights of root")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", str(where)], check=True)


def mounted(*arguments: str) -> bool:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def test_on_a_disk_that_fills_up_nothing_saved_is_lost(small_disk: Path) -> None:
    tablet = Tablet(small_disk)
    vault_file, vault = tablet.unlocked()
    vault.save_draft("d1", "p1", b"{}")
    filler = small_disk / "filler"
    filler.write_bytes(bytes(300_000))
    saved = save_until_refused(vault)
    assert saved > 10
    assert vault.counts().operations == saved
    assert vault.draft("d1") is not None
    vault_file.close()
    filler.unlink()
    vault_file, vault = tablet.unlocked()
    assert vault.counts().operations == saved
    assert [n for n in range(saved) if vault.document(f"p{n}") is None] == []
    assert vault_file.kept_files == ()
    vault_file.close()


def save_until_refused(vault: Vault) -> int:
    for number in range(1_000):
        text = NOISE.randbytes(4_000).hex()
        try:
            vault.commit(change_of((patient(f"p{number}"), {"note": text})))
        except DiskError:
            return number
    pytest.fail("the disk never filled up")


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_a_vault_is_not_half_made_on_a_full_disk(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        fill(filler)
    with pytest.raises(StorageError) as full:
        Tablet(small_disk).open()
    assert full.value.code is ProblemCode.DISK_FULL
    filler.unlink()
    Tablet(small_disk).open().close()


def test_a_disk_mounted_read_only_is_reported_and_left_alone(small_disk: Path) -> None:
    tablet = Tablet(small_disk)
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    vault_file.close()
    before = tablet.database.read_bytes()
    assert mounted("-o", "remount,ro", str(small_disk))
    with pytest.raises(DiskReadOnlyError):
        tablet.open()
    assert tablet.database.read_bytes() == before
    assert mounted("-o", "remount,rw", str(small_disk))
    vault_file, vault = tablet.unlocked()
    assert vault.document("p1") is not None
    vault_file.close()
