"""Erasing where the disk refuses: done or not at all, and nothing stays sealed."""

from pathlib import Path

import pytest

from app.storage import DiskError, Vault, VaultFile
from app.storage.hpke import BoxKey
from app.storage.log_mark import MARK_NAME
from app.storage.parcel import PARCEL_NAME
from tests.storage.tablets import ANA, PIN, SETUP, Tablet, save_patient
from tests.storage.test_parcel import opened as parcel_opened

SERVER = BoxKey.generate()


@pytest.fixture
def held(tmp_path: Path) -> tuple[VaultFile, Vault]:
    """A vault whose last lock sealed p1 for the server, unlocked again."""
    vault_file, vault = Tablet(tmp_path).unlocked()
    key = {"sealing_key": SERVER.public_bytes}
    vault.renew_setup(SETUP.model_copy(update=key))
    save_patient(vault, "p1", "Amina")
    vault.close()
    return vault_file, vault_file.unlock(ANA, PIN)


def test_she_stays_whole_where_what_was_sealed_of_her_can_not_go(
    held: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = held
    before = vault.documents("p1"), vault.operations("p1")
    in_the_way = vault_file.folder / f"{PARCEL_NAME}.new"
    in_the_way.mkdir()
    with pytest.raises(DiskError):
        vault.erase_patient("p1")
    assert (vault.documents("p1"), vault.operations("p1")) == before
    in_the_way.rmdir()
    vault_file.close()


def test_a_log_that_can_not_be_emptied_yet_makes_no_erasure_look_failed(
    held: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = held
    mark = vault_file.folder / MARK_NAME
    mark.unlink(missing_ok=True)
    mark.mkdir()
    vault.erase_patient("p1")
    assert [entry.operation for entry in vault.operations("p1")] == [None]
    (batch,) = parcel_opened(vault_file.folder / PARCEL_NAME, SERVER)
    assert batch.operations[0].content is None
    save_patient(vault, "p2", "Omar")
    vault.rotate_patient_key("p2")
    assert vault.document("p2") is not None
    mark.rmdir()
    vault_file.close()
