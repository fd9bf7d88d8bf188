"""Files that something else broke: what is missing is reported, the rest is there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage import DamageKind, Vault, VaultCorruptError
from tests.storage.tablets import ANA, PIN, Tablet, save_patient
from tests.support.operations import SequentialIds

LOG, DATABASE = "vault.db-wal", "vault.db"
FRAME = 24 + 4096


def copy_of(tablet: Tablet, folder: Path) -> Tablet:
    """A tablet as its battery left it just now."""
    shutil.copytree(tablet.folder, folder)
    return Tablet(folder, ids=SequentialIds("afterwards"))


@pytest.fixture
def stopped(tmp_path: Path) -> Tablet:
    """Saved p0 to p4, locked, saved p5 to p9, and died: those lie in the log alone."""
    tablet = Tablet(tmp_path / "living")
    tablet.folder.mkdir()
    vault_file, vault = tablet.unlocked()
    save(vault, 0, 5)
    keep(tablet, tmp_path / "log-before-the-lock")
    vault = vault_file.unlock(ANA, PIN)
    save(vault, 5, 7)
    keep(tablet, tmp_path / "log-before-the-last")
    save(vault, 7, 10)
    found = copy_of(tablet, tmp_path / "stopped")
    vault_file.close()
    return found


def save(vault: Vault, first: int, end: int) -> None:
    for number in range(first, end):
        save_patient(vault, f"p{number}", "Amina")


def keep(tablet: Tablet, path: Path) -> None:
    shutil.copy(tablet.vault_folder / LOG, path)


def vanish(log: Path) -> None:
    log.unlink()


def empty(log: Path) -> None:
    log.write_bytes(b"")


def lose_its_end(log: Path) -> None:
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])


def break_in_the_middle(log: Path) -> None:
    raw = bytearray(log.read_bytes())
    at = 32 + 5 * FRAME + 1000
    raw[at : at + 8] = b"\xff" * 8
    log.write_bytes(raw)


def be_older(log: Path) -> None:
    shutil.copy(log.parents[2] / "log-before-the-last", log)


def be_of_another_time(log: Path) -> None:
    shutil.copy(log.parents[2] / "log-before-the-lock", log)


HARMS = (
    vanish,
    empty,
    lose_its_end,
    break_in_the_middle,
    be_older,
    be_of_another_time,
)


@pytest.mark.parametrize("harm", HARMS)
def test_a_log_that_lost_what_was_saved_is_reported_for_good(
    stopped: Tablet, harm: Callable[[Path], None]
) -> None:
    harm(stopped.vault_folder / LOG)
    for _start in range(2):
        vault_file, vault = stopped.unlocked_after_waiting()
        assert DamageKind.LOG in {d.kind for d in vault.damaged}
        assert {d.kind for d in vault.damaged} <= {
            DamageKind.LOG,
            DamageKind.ROLLED_BACK,
        }
        assert [n for n in range(5) if vault.document(f"p{n}") is None] == []
        save_patient(vault, "later", "Later")
        assert vault.document("later") is not None
        vault_file.close()


def test_a_log_that_is_whole_is_read_and_reported_nowhere(stopped: Tablet) -> None:
    vault_file, vault = stopped.unlocked()
    assert [n for n in range(10) if vault.document(f"p{n}") is None] == []
    assert vault.damaged == frozenset()
    vault_file.close()


def test_a_log_that_was_begun_again_many_times_is_the_vaults_own(
    tablet: Tablet, tmp_path: Path
) -> None:
    vault_file, vault = tablet.unlocked()
    with vault_file._database.read() as driver:
        driver.execute("PRAGMA wal_autocheckpoint = 3").fetchall()
    for number in range(20):
        save_patient(vault, f"p{number}", "Amina")
        if number % 4:
            continue
        died = copy_of(tablet, tmp_path.with_name(f"{tmp_path.name}-{number}"))
        its_file, its_vault = died.unlocked()
        assert its_vault.document(f"p{number}") is not None
        assert its_vault.damaged == frozenset()
        its_file.close()
    vault_file.close()


def test_an_index_of_the_log_that_is_garbage_is_made_again(stopped: Tablet) -> None:
    index = stopped.vault_folder / "vault.db-shm"
    index.write_bytes(b"\xa5" * index.stat().st_size)
    vault_file, vault = stopped.unlocked()
    assert [n for n in range(10) if vault.document(f"p{n}") is None] == []
    assert vault.damaged == frozenset()
    vault_file.close()


def cut_to_nothing(database: Path) -> None:
    database.write_bytes(b"")


def cut(database: Path) -> None:
    database.write_bytes(database.read_bytes()[:5000])


@pytest.mark.parametrize("harm", [cut_to_nothing, cut])
def test_a_database_that_was_cut_is_set_aside_with_its_log(
    stopped: Tablet, harm: Callable[[Path], None]
) -> None:
    harm(stopped.database)
    log = (stopped.vault_folder / LOG).read_bytes()
    with pytest.raises(VaultCorruptError) as corrupt:
        stopped.open()
    kept = corrupt.value.kept
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == log
    vault_file = stopped.open()
    assert vault_file.kept_files == (kept,)
    vault_file.close()


def test_of_a_torn_page_nothing_is_missing_unreported(tmp_path: Path) -> None:
    """Each page of the newer file in turn has its second half from the older one."""
    tablet = Tablet(tmp_path / "living")
    tablet.folder.mkdir()
    vault_file, vault = tablet.unlocked()
    save(vault, 0, 20)
    vault_file.close()
    older = tablet.database.read_bytes()
    vault_file, vault = tablet.unlocked()
    save(vault, 20, 40)
    vault_file.close()
    newer = tablet.database.read_bytes()
    torn = [
        at
        for at in range(0, len(older), 4096)
        if older[at + 2048 : at + 4096] != newer[at + 2048 : at + 4096]
    ]
    assert len(torn) > 5
    for at in torn:
        half = slice(at + 2048, at + 4096)
        tablet.database.write_bytes(
            newer[: half.start] + older[half] + newer[half.stop :]
        )
        assert is_whole_or_reported(tablet, 40), at
        for path in tablet.vault_folder.glob("vault*"):
            path.unlink()


def is_whole_or_reported(tablet: Tablet, people: int) -> bool:
    try:
        vault_file = tablet.open()
    except VaultCorruptError as error:
        return error.kept is not None
    try:
        tablet.seconds.now += vault_file.wait_seconds(ANA)
        vault = vault_file.unlock(ANA, PIN)
        there = [vault.document(f"p{n}") is not None for n in range(people)]
        return all(there) or vault.damaged != frozenset()
    except VaultCorruptError:
        return True
    finally:
        vault_file.close()
