"""The index is kept in parts: each costs what changed; a lost one is made again."""

import json
import sqlite3
from dataclasses import asdict

import pytest

from app.core.summary import PatientSummary
from app.storage import Damage, DamageKind, Vault, VaultFile
from app.storage.patient_index import Entry
from app.storage.snapshot import (
    _WHOLE,
    MOST_PARTS,
    SNAPSHOT,
    part_bytes,
    read_part,
)
from tests.storage.tablets import ANA, PIN, change_of, patient, save_patient

Opened = tuple[VaultFile, Vault]


def parts(vault_file: VaultFile) -> list[str]:
    with vault_file._database.read() as driver:
        found = driver.execute(
            "SELECT name FROM sealed_value WHERE name GLOB 'index_snapshot/*'"
        ).fetchall()
    return [name for (name,) in found]


def again(vault_file: VaultFile, vault: Vault) -> Vault:
    vault.close()
    return vault_file.unlock(ANA, PIN)


def names(vault: Vault) -> list[str]:
    return sorted(s.latin for s in vault.search("a", 100))


def test_a_part_is_read_back_with_who_was_taken_out() -> None:
    summary = PatientSummary("p1", card="4K7Q", latin="Amina", phones=("+49 1",))
    entry = Entry.of(summary)
    assert read_part(part_bytes({"p1": entry, "p2": None})) == (["p2"], [entry])
    assert read_part(part_bytes({})) == ([], [])
    assert entry.summary == summary


def test_each_lock_adds_a_part_and_many_become_one(opened: Opened) -> None:
    vault_file, vault = opened
    for number in range(MOST_PARTS + 2):
        save_patient(vault, f"p{number}", f"A{number:02}")
        vault = again(vault_file, vault)
        assert len(names(vault)) == number + 1
        assert 1 <= len(parts(vault_file)) <= MOST_PARTS
    assert len(parts(vault_file)) == 2
    assert vault.damaged == frozenset()


def test_a_lock_that_changed_nothing_writes_nothing(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    vault = again(vault_file, vault)
    before = parts(vault_file)
    vault = again(vault_file, vault)
    assert parts(vault_file) == before


def test_a_later_part_stands_above_an_earlier_one(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    save_patient(vault, "p2", "Anna")
    vault = again(vault_file, vault)
    save_patient(vault, "p1", "Fatima")
    wrong: dict[str, object] = {"reason": "twice", "wrong_person": True}
    vault.commit(change_of((patient("p2"), {"entered_in_error": wrong})))  # type: ignore[dict-item]
    vault = again(vault_file, vault)
    assert len(parts(vault_file)) == 2
    assert names(vault) == []
    assert [s.latin for s in vault.search("fat")] == ["Fatima"]
    assert vault.summary("p2") is None


@pytest.mark.parametrize(
    "harm", ["DELETE FROM sealed_value", "UPDATE sealed_value SET sealed = x'00'"]
)
def test_a_lost_part_is_named_and_the_index_made_again(
    opened: Opened, harm: str
) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    vault = again(vault_file, vault)
    save_patient(vault, "p2", "Anna")
    vault.close()
    with vault_file._database.write() as transaction:
        name = parts(vault_file)[0]
        transaction.driver.execute(f"{harm} WHERE name = ?", (name,))
    vault = vault_file.unlock(ANA, PIN)
    assert names(vault) == ["Amina", "Anna"]
    assert vault.damaged == {Damage(DamageKind.VALUE, SNAPSHOT)}
    vault = again(vault_file, vault)
    save_patient(vault, "p3", "Azra")
    vault = again(vault_file, vault)
    assert names(vault) == ["Amina", "Anna", "Azra"]
    assert vault.damaged == frozenset()


def test_a_snapshot_in_one_piece_is_still_read(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    summary = PatientSummary("p9", latin="Alma of an older app", phones=("+49 1",))
    position = vault._unlocked.state.position
    local = vault._unlocked.local
    vault.close()
    whole = [_WHOLE, position, [[asdict(summary), " alma", " 491"]]]
    with vault_file._database.write() as transaction:
        driver: sqlite3.Connection = transaction.driver
        driver.execute("DELETE FROM sealed_value WHERE name GLOB 'index_snapshot*'")
        local.put(driver, SNAPSHOT, json.dumps(whole).encode())
    vault = vault_file.unlock(ANA, PIN)
    assert names(vault) == ["Alma of an older app"]
    save_patient(vault, "p2", "Anna")
    vault = again(vault_file, vault)
    assert names(vault) == ["Alma of an older app", "Anna"]
