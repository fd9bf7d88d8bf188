"""A backup in one sealed file, and its restore as a new device that loses nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.storage import (
    BackupKeyError,
    BackupUnreadableError,
    DiskError,
    Passphrase,
    PinRefusedError,
    RecoveryKey,
    RecoveryPublicKey,
    Reopening,
    RestoreRefusedError,
    Vault,
    restore_backup,
)
from app.storage.hpke import BoxKey
from app.storage.opening import COPY_NAME
from tests.storage.faults.killing_backup import PIN, WORDS
from tests.storage.faults.session import PATIENTS, STEPS, Session
from tests.storage.tablets import (
    ANA,
    BO,
    QUICK,
    SETUP,
    Tablet,
    enrolment,
    save_patient,
)
from tests.support.operations import SequentialIds

ROOT = Path(__file__).parents[3]
SAMPLE, EVERY = 5, pytest.param(1, marks=pytest.mark.slow)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    found = Session(Tablet(tmp_path / "old"))
    found.tablet.folder.mkdir()
    for step in STEPS[:-6]:
        step(found)
    return found


@pytest.fixture
def backup(session: Session, tmp_path: Path) -> Path:
    path = tmp_path / "backup"
    session.vault.back_up(path, WORDS)
    return path


def new_tablet(folder: Path) -> Tablet:
    folder.mkdir(exist_ok=True)
    return Tablet(folder, ids=SequentialIds("new"))


def restore(backup: Path, tablet: Tablet, words: Passphrase = WORDS) -> None:
    new = Reopening(tablet.secret, tablet.wall, tablet.ids, ANA, PIN, QUICK)
    restore_backup(backup, tablet.vault_folder, words, new)


def records(vault: Vault) -> object:
    return (
        [vault.documents(p) for p in PATIENTS],
        [vault.summary(p) for p in PATIENTS],
        vault.drafts(),
        vault.cursor(),
        [[e.operation for e in vault.operations(p)] for p in PATIENTS],
    )


def test_a_restored_vault_holds_every_record_and_draft(
    session: Session, backup: Path, tmp_path: Path
) -> None:
    tablet = new_tablet(tmp_path / "new")
    restore(backup, tablet)
    vault_file = tablet.open()
    assert not vault_file.enrolled
    vault_file.enrol(enrolment())
    vault = vault_file.unlock(ANA, PIN)
    assert records(vault) == records(session.vault)
    assert vault.damaged == frozenset()
    save_patient(vault, "later", "Later")
    vault_file.close()


def test_a_colleague_whom_no_server_knows_yet_is_proposed_by_the_restored_one(
    session: Session, tmp_path: Path
) -> None:
    session.vault.renew_setup(SETUP)
    added = session.vault.add_colleague("Selam", "nurse")
    proposals = session.vault.proposals()
    session.vault.back_up(tmp_path / "backup", WORDS)
    tablet = new_tablet(tmp_path / "new")
    restore(tmp_path / "backup", tablet)
    vault_file = tablet.open()
    vault_file.enrol(enrolment())  # Its server does not name her.
    vault = vault_file.unlock(ANA, PIN)
    assert vault.proposals() == proposals
    assert added in {entry.practitioner.practitioner_id for entry in vault.people()}
    vault_file.close()


def test_a_restored_one_still_knows_who_may_know_the_data_key(
    session: Session, tmp_path: Path
) -> None:
    ana, bo = SETUP.practitioners
    gone = SETUP.model_copy(update={"practitioners": (ana,), "former": (bo,)})
    session.vault_file.renew_setup(gone)  # Locked: the data key stays for now.
    assert session.vault.revoked_slots() == (BO,)
    session.vault.back_up(tmp_path / "backup", WORDS)
    tablet = new_tablet(tmp_path / "new")
    restore(tmp_path / "backup", tablet)
    vault_file = tablet.open()
    vault_file.enrol(replace(enrolment(), setup=gone))
    vault = vault_file.unlock(ANA, PIN)
    assert vault.revoked_slots() == (BO,)
    before = vault._unlocked.keyed.data_key
    vault.renew_setup(gone)
    assert vault.revoked_slots() == ()
    assert vault._unlocked.keyed.data_key != before
    vault_file.close()


def test_it_is_another_device_and_offers_its_operations_again_by_their_ids(
    session: Session, backup: Path, tmp_path: Path
) -> None:
    tablet = new_tablet(tmp_path / "new")
    restore(backup, tablet)
    vault_file = tablet.open_enrolled()
    vault = vault_file.unlock(ANA, PIN)
    assert vault.restored is not None
    assert session.vault.restored is None
    assert vault.restored.previous_device_id == session.vault.device_id
    assert vault.device_id == vault_file.identity.device_id != session.vault.device_id
    session.vault.offer_again(0)
    old, new = session.vault.pending(), vault.pending()
    assert old is not None
    assert new is not None
    assert new.operations == old.operations
    assert (new.first, new.device_id) == (1, vault.device_id)
    vault_file.close()


def test_the_organisations_recovery_key_opens_a_backup(
    session: Session, tmp_path: Path
) -> None:
    key, path = BoxKey.generate(), tmp_path / "sealed"
    session.vault.back_up(path, RecoveryPublicKey(key.public_bytes))
    tablet = new_tablet(tmp_path / "new")
    new = Reopening(tablet.secret, tablet.wall, tablet.ids, ANA, PIN, QUICK)
    for wrong in (RecoveryKey(BoxKey.generate()), WORDS):
        with pytest.raises(BackupKeyError):
            restore_backup(path, tablet.vault_folder, wrong, new)
    restore_backup(path, tablet.vault_folder, RecoveryKey(key), new)
    tablet.open().close()


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def without_its_end(raw: bytes) -> bytes:
    """Cut just where a sealed piece ends."""
    at, starts = len(b"TESSERA-BACKUP-1\n"), []
    while at < len(raw):
        starts.append(at)
        at += 4 + int.from_bytes(raw[at : at + 4])
    return raw[: starts[-1]]


def flipped(raw: bytes) -> bytes:
    at = len(raw) * 2 // 3
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def foreign(_raw: bytes) -> bytes:
    return b"PK\x03\x04 this is another file" * 100


def nothing(_raw: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("harm", [cut, without_its_end, flipped, foreign, nothing])
def test_a_damaged_cut_or_foreign_file_is_refused(
    backup: Path, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    backup.write_bytes(harm(backup.read_bytes()))
    tablet = new_tablet(tmp_path / "new")
    with pytest.raises(BackupUnreadableError):
        restore(backup, tablet)
    assert not list(tablet.vault_folder.glob("vault.db*"))


def test_a_wrong_or_weak_passphrase_is_refused(
    session: Session, backup: Path, tmp_path: Path
) -> None:
    with pytest.raises(BackupKeyError):
        restore(backup, new_tablet(tmp_path / "new"), Passphrase("another sentence"))
    with pytest.raises(PinRefusedError):
        session.vault.back_up(tmp_path / "weak", Passphrase("428193"))
    assert not (tmp_path / "weak").exists()


def test_nothing_is_written_over(session: Session, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(DiskError):
        session.vault.back_up(backup, WORDS)
    assert backup.read_bytes() == before
    session.vault_file.close()
    database = session.tablet.database.read_bytes()
    with pytest.raises(RestoreRefusedError):
        restore(backup, session.tablet)
    assert session.tablet.database.read_bytes() == database


def test_the_copy_of_a_backup_that_was_cut_off_goes_at_the_next_start(
    session: Session,
) -> None:
    session.vault_file.close()
    copy = session.tablet.vault_folder / COPY_NAME
    copy.write_bytes(session.tablet.database.read_bytes())
    session.tablet.open().close()
    assert not copy.exists()


@pytest.mark.parametrize("stride", [SAMPLE, EVERY])
def test_killed_at_any_step_neither_leaves_half_of_itself_under_its_name(
    tmp_path: Path, stride: int
) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.storage.faults.killing_backup"),
            *(tmp_path, str(stride)),
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert min(result["steps"].values()) > 30
    assert min(result["tried"].values()) > 30 // stride
