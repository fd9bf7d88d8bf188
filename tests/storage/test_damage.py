"""Damaged files are set aside whole and reported; rows can't stand for each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.change import RecordKey
from app.core.records import RecordType
from app.storage import (
    Damage,
    DamageKind,
    Vault,
    VaultCorruptError,
    VaultFile,
    VaultTooNewError,
)
from tests.storage.tablets import (
    ANA,
    PIN,
    Tablet,
    change_of,
    named,
    patient,
    save_patient,
)


def flip_header(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[0:16] = bytes(16)
    path.write_bytes(raw)


def flip_pages(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for at in range(4096, len(raw), 4096):
        raw[at : at + 64] = bytes(b ^ 0xFF for b in raw[at : at + 64])
    path.write_bytes(raw)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def not_a_database(path: Path) -> None:
    path.write_bytes(b"This is a letter, not a database.\n" * 500)


@pytest.mark.parametrize(
    "damage", [flip_header, flip_pages, truncate, empty, not_a_database]
)
def test_a_damaged_file_is_kept_under_a_new_name(
    tablet: Tablet, damage: Callable[[Path], None]
) -> None:
    vault_file, vault = tablet.unlocked()
    for number in range(40):
        save_patient(vault, f"p{number}", "Amina")
    vault_file.close()
    damage(tablet.database)
    before = tablet.database.read_bytes()
    with pytest.raises(VaultCorruptError) as corrupt:
        tablet.open()
    kept = corrupt.value.kept
    assert kept is not None
    assert kept.read_bytes() == before
    assert not tablet.database.exists()
    again = tablet.open()
    assert again.kept_files == (kept,)
    assert not again.enrolled
    again.close()
    assert kept.read_bytes() == before


def test_two_damaged_files_of_one_second_are_both_kept(tablet: Tablet) -> None:
    for content in (b"one" * 2000, b"two" * 2000):
        tablet.open().close()
        tablet.database.write_bytes(content)
        with pytest.raises(VaultCorruptError):
            tablet.open()
    kept = sorted(p.read_bytes()[:3] for p in tablet.vault_folder.glob("*aside*.db"))
    assert kept == [b"one", b"two"]


def test_the_log_of_a_damaged_file_is_kept_with_it(tablet: Tablet) -> None:
    tablet.open().close()
    log = tablet.vault_folder / "vault.db-wal"
    log.write_bytes(b"a log that somebody may still read")
    flip_header(tablet.database)
    with pytest.raises(VaultCorruptError) as corrupt:
        tablet.open()
    kept = corrupt.value.kept
    assert kept is not None
    kept_log = kept.with_name(f"{kept.name}-wal")
    assert kept_log.read_bytes() == b"a log that somebody may still read"


def test_a_log_without_its_database_is_kept(tablet: Tablet) -> None:
    tablet.open().close()
    tablet.database.unlink()
    (tablet.vault_folder / "vault.db-wal").write_bytes(b"orphan")
    tablet.open().close()
    orphans = list(tablet.vault_folder.glob("vault-set-aside-*-wal"))
    assert [p.read_bytes() for p in orphans] == [b"orphan"]


def test_a_newer_apps_vault_is_not_touched(tablet: Tablet) -> None:
    vault_file = tablet.open()
    execute(vault_file, "INSERT INTO migration VALUES (9999, 'from the future', 0)")
    vault_file.close()
    before = tablet.database.read_bytes()
    with pytest.raises(VaultTooNewError):
        tablet.open()
    assert tablet.database.read_bytes() == before


def execute(vault_file: VaultFile, *statements: str) -> None:
    """Do what somebody with the file in hand would do."""
    with vault_file._database.write() as transaction:
        for statement in statements:
            assert transaction.driver.execute(statement).rowcount > 0


@pytest.fixture
def people(opened: tuple[VaultFile, Vault]) -> tuple[VaultFile, Vault]:
    _vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    save_patient(vault, "p2", "Omar")
    return opened


SWAP = """UPDATE {table} SET sealed = (SELECT other.sealed FROM {table} AS other
          WHERE other.{key} = '{source}') WHERE {key} = '{target}'"""


def swap(table: str, key: str, source: str, target: str) -> str:
    return SWAP.format(table=table, key=key, source=source, target=target)


def test_a_swapped_document_is_seen_and_made_again(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    whole = vault.document("p1")
    execute(vault_file, swap("document", "record_id", "p2", "p1"))
    assert vault.document("p1") == whole
    assert vault.damaged == {Damage(DamageKind.DOCUMENT, "p1", "p1")}


def test_a_document_rolled_back_under_its_number_is_seen(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    whole = vault.document("p1")
    execute(vault_file, "UPDATE document SET position = 1 WHERE record_id = 'p1'")
    assert vault.document("p1") == whole
    assert vault.damaged == {Damage(DamageKind.DOCUMENT, "p1", "p1")}


def test_a_swapped_operation_is_left_out_and_named(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    first, second = (e.header.operation_id for e in vault.operations("p1"))
    execute(vault_file, swap("operation", "operation_id", first, second))
    assert [e.header.operation_id for e in vault.operations("p1")] == [first]
    assert vault.damaged == {Damage(DamageKind.OPERATION, second, "p1")}


def test_an_operation_can_not_be_marked_as_sent(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    execute(vault_file, "UPDATE operation SET state = 1 WHERE record_id = 'p1'")
    assert vault.operations("p1") == ()
    assert {d.kind for d in vault.damaged} == {DamageKind.OPERATION}


def test_a_swapped_draft_is_left_out_and_hides_no_other(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    vault.save_draft("d1", "p1", b"1")
    vault.save_draft("d2", "p1", b"2")
    first, second = map(vault._unlocked.rows.namer.of, ("d1", "d2"))
    execute(vault_file, swap("draft", "draft_id", first, second))
    assert vault.draft("d2") is None
    assert [d.draft_id for d in vault.drafts("p1")] == ["d1"]
    assert vault.damaged == {Damage(DamageKind.DRAFT, second, "p1")}
    vault.save_draft("d2", "p1", b"3")
    assert [d.content for d in vault.drafts("p1")] == [b"1", b"3"]


def test_a_whole_file_that_was_set_aside_is_named_too(tablet: Tablet) -> None:
    tablet.open().close()
    tablet.database.write_bytes(b"not a database" * 1000)
    with pytest.raises(VaultCorruptError) as corrupt:
        tablet.open()
    kept = corrupt.value.kept
    assert kept is not None
    vault_file, vault = tablet.unlocked()
    assert vault.damaged == {Damage(DamageKind.FILE, kept.name)}
    vault_file.close()


def test_a_lost_record_keeps_its_patient_from_nothing_else(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    phone = RecordKey(RecordType.CONTACT_POINT, "c1", "p1")
    vault.commit(change_of((phone, {"system": "phone", "value": "+49170998877"})))
    execute(
        vault_file,
        "UPDATE operation SET sealed = zeroblob(80) WHERE record_id = 'c1'",
        "UPDATE document SET sealed = zeroblob(80) WHERE record_id = 'c1'",
    )
    vault.commit(change_of((patient("p1"), named("Amina Haile"))))
    assert [s.latin for s in vault.search("haile")] == ["Amina Haile"]
    with pytest.raises(VaultCorruptError):
        vault.documents("p1")
    again = vault_file.unlock(ANA, PIN)
    assert [s.latin for s in again.search("haile")] == ["Amina Haile"]


def test_a_record_of_an_unforeseen_shape_keeps_nobody_out(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, vault = people
    vault.commit(change_of((patient("p3"), {"name": {"status": ["unforeseen"]}})))
    vault.close()
    execute(vault_file, "DELETE FROM sealed_value WHERE name = 'index_snapshot'")
    again = vault_file.unlock(ANA, PIN)
    assert [s.latin for s in again.search("o")] == ["Omar"]
    assert again.document("p3") is not None


def test_one_damaged_patient_keeps_nobody_else_out(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, _vault = people
    execute(
        vault_file,
        "UPDATE operation SET sealed = zeroblob(80) WHERE record_id = 'p1'",
        "UPDATE document SET sealed = zeroblob(80) WHERE record_id = 'p1'",
    )
    again = vault_file.unlock(ANA, PIN)
    save_patient(again, "p3", "Selam")
    with pytest.raises(VaultCorruptError):
        again.document("p1")
    again.close()
    execute(vault_file, "DELETE FROM sealed_value WHERE name = 'index_snapshot'")
    once_more = vault_file.unlock(ANA, PIN)
    assert [s.latin for s in once_more.search("o")] == ["Omar"]
    assert once_more.search("amina") == []
    assert Damage(DamageKind.DOCUMENT, "p1", "p1") in once_more.damaged


def test_a_lost_deployment_secret_keeps_nobody_out(
    people: tuple[VaultFile, Vault],
) -> None:
    vault_file, _vault = people
    execute(
        vault_file,
        "UPDATE sealed_value SET sealed = zeroblob(80) WHERE name = 'card_secret'",
    )
    again = vault_file.unlock(ANA, PIN)
    ids = again.ids
    assert ids.new() != ids.new()
    with pytest.raises(VaultCorruptError):
        ids.derived("p1", "score")
    assert again.damaged == {Damage(DamageKind.VALUE, "card_secret")}
    save_patient(again, "p3", "Selam")
    assert [s.latin for s in again.search("sel")] == ["Selam"]


def test_a_damaged_snapshot_is_made_again(people: tuple[VaultFile, Vault]) -> None:
    vault_file, vault = people
    vault.close()
    execute(
        vault_file,
        "UPDATE sealed_value SET sealed = zeroblob(80) WHERE name = 'index_snapshot'",
    )
    again = vault_file.unlock(ANA, PIN)
    assert [s.latin for s in again.search("amina")] == ["Amina"]
    assert again.damaged == {Damage(DamageKind.VALUE, "index_snapshot")}
