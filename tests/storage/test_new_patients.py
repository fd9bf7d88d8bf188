"""People whom a page brings first: written at once, each under a key of a seed."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from app.core.change import RecordKey
from app.core.merge import Document
from app.core.page_wire import DocumentPage
from app.core.problems import ProblemCode
from app.storage import (
    Damage,
    DamageKind,
    DiskFullError,
    Vault,
    VaultCorruptError,
    VaultFile,
    unlocked,
)
from app.storage.patient_keys import _SEED
from app.storage.snapshot import Snapshot
from tests.storage.tablets import ANA, PIN, Tablet, named, patient, save_patient
from tests.storage.test_document_pages import (
    Opened,
    elsewhere,
    execute,
    folded,
    page,
    rows_of,
    wrote,
)
from tests.support.operations import WritingDevice

__all__ = ["elsewhere"]  # A fixture.
FEW = 3


def brought(
    device: WritingDevice, *patient_ids: str
) -> tuple[DocumentPage, list[Document]]:
    """Return a page of people, and what the vault then reads of each."""
    made = [folded(wrote(device, patient(i), named(f"A {i}"))) for i in patient_ids]
    return page(*made, cursor=f"epoch-1.{patient_ids[-1]}"), made


def kept_keys(vault_file: VaultFile) -> dict[object, bytes]:
    with vault_file._database.read() as driver:
        return dict(driver.execute("SELECT patient_id, kept FROM patient_key"))


def index_parts(database: Path) -> int:
    driver = sqlite3.connect(database)
    found = driver.execute(
        "SELECT count(*) FROM sealed_value WHERE name GLOB 'index_snapshot/*'"
    ).fetchone()
    driver.close()
    return int(found[0])


def test_a_record_of_somebody_here_makes_nobody_new(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    stray = RecordKey("Encounter", "p1", "p9")
    came = page(
        folded(wrote(elsewhere, patient("p2"), named("Omar"))),
        folded(wrote(elsewhere, stray, {"started_at": 5})),
    )
    vault.apply_documents(came)
    assert kept_keys(vault_file).keys() == {"p1", "p2"}
    assert [a.reason for a in vault.set_aside()] == [ProblemCode.RECORD_MISMATCH]
    assert [s.latin for s in vault.search("om")] == ["Omar"]
    assert len(vault.documents("p1")) == 1
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())


def test_a_page_with_somebody_known_adds_the_others(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    first, _made = brought(elsewhere, "p1", "p2")
    vault.apply_documents(first)
    again = folded(wrote(elsewhere, patient("p2"), {"language": "ti"}))
    new = folded(wrote(elsewhere, patient("p3"), named("Omar")))
    vault.apply_documents(page(again, new))
    assert len(rows_of(vault_file, "document")) == FEW
    assert vault.document("p3") == new
    assert len(vault.search("p2")) == 1
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())


def test_the_index_is_kept_with_the_page(
    tablet: Tablet, elsewhere: WritingDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlocked, "SNAPSHOT_OF_PAGES", 2)
    monkeypatch.setattr(unlocked, "SNAPSHOT_EVERY", 2)
    vault_file, vault = tablet.unlocked()
    for number in range(FEW):
        vault.apply_documents(brought(elsewhere, f"p{number}", f"q{number}")[0])
        assert index_parts(tablet.database) == number + 1
    copy = tablet.folder / "copy"
    shutil.copytree(tablet.vault_folder, copy / "vault")
    shutil.copy(tablet.folder / "device-secret", copy)
    died, after = Tablet(copy).unlocked()
    assert len(after.search("a", 100)) == 2 * FEW
    assert after._unlocked._kept.position == 2 * FEW
    assert after.damaged == frozenset()
    died.close()
    vault_file.close()


def test_an_index_that_a_disk_refused_is_in_no_pages_way(
    tablet: Tablet, elsewhere: WritingDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlocked, "SNAPSHOT_OF_PAGES", 1)
    monkeypatch.setattr(unlocked, "SNAPSHOT_EVERY", 1)
    vault_file, vault = tablet.unlocked()
    kept = []

    def refuses(*_args: object) -> None:
        kept.append(1)
        raise DiskFullError

    with monkeypatch.context() as full:
        full.setattr(Snapshot, "keep", refuses)
        came, made = brought(elsewhere, "p1", "p2")
        with pytest.raises(DiskFullError):
            vault.apply_documents(came)
        assert vault.document("p1") is None
        assert vault.search("a") == []
        vault.apply_documents(came)  # It fails apart by now, and the page stands.
    assert len(kept) == 2
    assert [vault.document(i) for i in ("p1", "p2")] == made
    vault_file.close()


def test_a_changed_data_key_wraps_what_seeds_gave(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    came, (document,) = brought(elsewhere, "p1")
    vault.apply_documents(came)
    save_patient(vault, "p2", "Omar")
    assert all(kept[:1] == _SEED for kept in kept_keys(vault_file).values())
    vault.rotate_data_key()
    assert not any(kept[:1] == _SEED for kept in kept_keys(vault_file).values())
    save_patient(vault, "p3", "Leila")
    assert kept_keys(vault_file)["p3"][:1] == _SEED
    vault.rotate_data_key()
    vault.close()
    vault = vault_file.unlock(ANA, PIN)
    assert vault.document("p1") == document
    assert [s.latin for s in vault.search("lei")] == ["Leila"]
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())


def test_a_seed_of_somebody_else_opens_nothing(
    opened: Opened, elsewhere: WritingDevice
) -> None:
    vault_file, vault = opened
    vault.apply_documents(brought(elsewhere, "p1", "p2")[0])
    vault.close()
    other = "(SELECT kept FROM patient_key WHERE patient_id = 'p2')"
    execute(
        vault_file,
        f"UPDATE patient_key SET kept = {other} WHERE patient_id = 'p1'",
    )
    vault = vault_file.unlock(ANA, PIN)
    assert read(vault, "p1") is None
    assert Damage(DamageKind.DOCUMENT, "p1", "p1") in vault.damaged
    assert read(vault, "p2") is not None
    with pytest.raises(VaultCorruptError):  # Nothing new goes under a wrong key.
        save_patient(vault, "p1", "Amina")
    assert save_patient(vault, "p2", "Omar").operation_ids


def read(vault: Vault, patient_id: str) -> Document | None:
    parts = vault._unlocked
    with parts.database.read() as driver:
        found = parts.rows.readable_documents(driver, patient_id)
    return found[0] if found else None
