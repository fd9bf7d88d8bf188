"""A patient's key is made anew: all stays readable, the old key opens nothing."""

from pathlib import Path

import pytest

from app.storage import Vault, VaultCorruptError, VaultFile
from app.storage.sealing import SealError, place
from tests.storage.faults.moments import at_statements
from tests.storage.tablets import Tablet, save_patient

Opened = tuple[VaultFile, Vault]


def test_the_old_key_opens_nothing_and_all_stays_readable(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    vault.save_draft("draft", "p1", b'{"page": 1}')
    document, log, draft = vault.document("p1"), vault.operations("p1"), vault.drafts()
    rows = vault._unlocked.rows
    with vault_file._database.read() as driver:
        old = rows.key(driver, "p1")
    vault.rotate_patient_key("p1")
    with vault_file._database.read() as driver:
        assert rows.key(driver, "p1") is not old
        (sealed, name) = driver.execute("SELECT sealed, draft_id FROM draft").fetchone()
    with pytest.raises(SealError):
        old.unseal(sealed, place("draft", name, "p1"))
    now = vault.document("p1"), vault.operations("p1"), vault.drafts()
    assert now == (document, log, draft)
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())


def test_nothing_changes_where_a_row_cannot_be_read(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    vault.save_draft("draft", "p1", b'{"page": 1}')
    document = vault.document("p1")
    with vault_file._database.write() as transaction:
        transaction.driver.execute("UPDATE draft SET sealed = zeroblob(90)")
    with pytest.raises(VaultCorruptError):
        vault.rotate_patient_key("p1")
    assert vault.document("p1") == document


def test_a_death_at_any_statement_leaves_all_readable(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path / "tablet")
    tablet.folder.mkdir()
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    document = vault.document("p1")
    with at_statements(tablet, vault_file, 1) as moments:
        vault.rotate_patient_key("p1")
    vault_file.close()
    assert moments.statements > 5
    for moment in moments.folders:
        again, opened = Tablet(moment).unlocked()
        assert opened.document("p1") == document
        assert (opened.verify(), opened.damaged) == (frozenset(), frozenset())
        again.close()
