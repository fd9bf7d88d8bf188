"""The data key is made anew: all stays, each PIN opens, the old key opens nothing."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.operation import Header
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import (
    DamageKind,
    KeyChangeBlockedError,
    NoSlotError,
    PinCost,
    Vault,
    VaultFile,
)
from app.storage.sealing import Sealer, SealError, derive_key, place
from app.storage.slots import Slot, SlotKeys
from tests.storage.faults.moments import EVERY, SOME, at_statements
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    SETUP,
    Tablet,
    save_patient,
)

Opened = tuple[VaultFile, Vault]
Seen = tuple[object, ...]


def filled(tablet: Tablet) -> Opened:
    """Something of everything that lies under the data key, and two who unlock."""
    tablet.folder.mkdir(exist_ok=True)
    vault_file, vault = tablet.unlocked()
    vault.add_slot(BO, OTHER_PIN)
    for patient_id in ("p1", "p2"):
        save_patient(vault, patient_id, f"Name {patient_id}")
        vault.save_draft(f"draft-{patient_id}", patient_id, b'{"page": 1}')
    refuse_all(vault)
    save_patient(vault, "p3", "Last")
    vault.close()
    return vault_file, vault_file.unlock(ANA, PIN)


def refuse_all(vault: Vault) -> None:
    batch = vault.pending()
    assert batch is not None
    ids = [o.operation_id for p in ("p1", "p2") for o in headers(vault, p)]
    reason = ProblemCode.UNKNOWN_SITE
    outcomes = tuple(
        PushOutcome(operation_id=i, outcome=Outcome.REJECTED, reason=reason)
        for i in ids
    )
    number = batch.first + len(batch.operations) - 1
    vault.record_outcomes(
        PushResponse(outcomes=outcomes, acknowledged=number, server_ms=0, epoch="e")
    )


def headers(vault: Vault, patient_id: str) -> list[Header]:
    return [entry.header for entry in vault.operations(patient_id)]


def seen(vault: Vault) -> Seen:
    """All that can be seen of a vault."""
    people = ("p1", "p2", "p3")
    batch = vault.pending()
    return (
        [vault.documents(one) for one in people],
        [vault.operations(one) for one in people],
        vault.drafts(),
        vault.counts(),
        vault.set_aside(),
        [vault.summary(one) for one in people],
        None if batch is None else batch.operations,
        vault.cursor(),
        vault.patient_id_of_card("A"),
    )


def opens_nothing(database: Path, data_key: bytes) -> list[str]:
    """Return what an old data key opens of a file, tried as this app would seal it."""
    local = Sealer(derive_key(data_key, "local"))
    wrapping = Sealer(derive_key(data_key, "patients"))
    driver = sqlite3.connect(database)
    tries: list[tuple[Sealer, bytes, bytes, str]] = []
    for name, sealed in driver.execute("SELECT name, sealed FROM sealed_value"):
        tries.append((local, sealed, place("sealed_value", name), name))
    for item, sealed in driver.execute("SELECT item_id, sealed FROM set_aside"):
        tries.append((local, sealed, place("set_aside", item), item))
    for who, wrapped in driver.execute("SELECT patient_id, kept FROM patient_key"):
        tries.append((wrapping, wrapped, place("patient_key", who), who))
    driver.close()
    assert len(tries) > 10, "nothing was tried"
    return [name for one, sealed, at, name in tries if opens(one, sealed, at)]


def opens(sealer: Sealer, sealed: bytes, where: bytes) -> bool:
    try:
        sealer.unseal(sealed, where)
    except SealError:
        return False
    return True


def all_bytes(tablet: Tablet) -> bytes:
    files = sorted(tablet.vault_folder.glob("vault.db*"))
    return b"".join(file.read_bytes() for file in files)


def wrapped_keys(vault_file: VaultFile) -> dict[str, Slot]:
    return {who: vault_file._keyring._slot(who) for who in (ANA, BO)}


def test_the_vault_goes_on_and_the_old_key_opens_nothing(tablet: Tablet) -> None:
    vault_file, vault = filled(tablet)
    before, old = seen(vault), vault._unlocked.keyed.data_key
    assert opens_nothing(tablet.database, old)
    vault.rotate_data_key()
    assert opens_nothing(tablet.database, old) == []
    assert seen(vault) == before
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())
    save_patient(vault, "p4", "After")
    vault.save_draft("draft-p1", "p1", b'{"page": 2}')
    assert [d.content for d in vault.drafts("p1")] == [b'{"page": 2}']
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())
    vault_file.close()


def test_drafts_that_nobody_looked_at_since_the_unlock_are_found_by_their_names(
    tablet: Tablet,
) -> None:
    vault_file, vault = filled(tablet)
    vault.rotate_data_key()
    assert vault.damaged == frozenset()
    assert vault.draft("draft-p1") is not None
    vault.drop_draft("draft-p1")
    assert [d.draft_id for d in vault.drafts()] == ["draft-p2"]
    vault_file.close()


def test_each_opens_it_with_their_own_pin_and_the_old_slots_are_gone(
    tablet: Tablet,
) -> None:
    vault_file, vault = filled(tablet)
    before, old = seen(vault), wrapped_keys(vault_file)
    box = vault.box.public_bytes
    rows = {slot_row(tablet, who) for who in (ANA, BO)}
    vault.rotate_data_key()
    vault.rotate_data_key()
    for who, pin in ((BO, OTHER_PIN), (ANA, PIN), (BO, OTHER_PIN)):
        vault = vault_file.unlock(who, pin)
        assert seen(vault) == before
        assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())
    now = wrapped_keys(vault_file)
    assert all(now[who].next_key == b"" for who in now)
    assert all(now[who].wrapped != old[who].wrapped for who in now)
    assert vault_file.unlock(ANA, PIN).box.public_bytes == box
    vault_file.close()
    raw = all_bytes(tablet)
    assert not any(row in raw for row in rows)


def slot_row(tablet: Tablet, who: str) -> bytes:
    """Return a slot's row; it holds the wrapped key, sealed once more."""
    driver = sqlite3.connect(tablet.database)
    where = "SELECT sealed FROM slot WHERE practitioner_id = ?"
    sealed = driver.execute(where, (who,)).fetchone()[0]
    driver.close()
    assert isinstance(sealed, bytes)
    return sealed


@pytest.mark.parametrize("stride", [SOME, EVERY])
def test_a_death_at_any_statement_leaves_all_old_or_all_new(
    tmp_path: Path, stride: int
) -> None:
    tablet = Tablet(tmp_path / "tablet")
    vault_file, vault = filled(tablet)
    before, old = seen(vault), vault._unlocked.keyed.data_key
    with at_statements(tablet, vault_file, stride) as moments:
        vault.rotate_data_key()
    shutil.copytree(tablet.folder, tmp_path / "end")
    vault_file.close()
    assert moments.statements > 30
    keys = set()
    for moment in (*moments.folders, tmp_path / "end"):
        again = Tablet(moment).open()
        for who, pin in ((BO, OTHER_PIN), (ANA, PIN)):
            opened = again.unlock(who, pin)
            assert seen(opened) == before
            assert (opened.verify(), opened.damaged) == (frozenset(), frozenset())
            keys.add(opened._unlocked.keyed.data_key)
        again.close()
    assert len(keys) == 2
    assert old in keys


def test_nothing_changes_where_somebody_has_no_pair_the_key_vouches_for(
    tablet: Tablet,
) -> None:
    vault_file, vault = filled(tablet)
    before, old = seen(vault), vault._unlocked.keyed.data_key
    keyring = vault_file._keyring
    forged = SlotKeys.first().public_key
    sound = keyring._slot(BO)
    for public_key, mark in ((b"", ""), (sound.public_key, ""), (forged, sound.mark)):
        bad = Slot(BO, sound.salt, sound.cost, sound.wrapped, public_key, mark)
        keyring.change(bad)
        with pytest.raises(KeyChangeBlockedError) as blocked:
            vault.rotate_data_key()
        assert blocked.value.practitioner_ids == (BO,)
    assert vault._unlocked.keyed.data_key == old
    assert seen(vault) == before
    assert (vault.verify(), vault.damaged) == (frozenset(), frozenset())
    vault_file.unlock(BO, OTHER_PIN)
    vault_file.unlock(ANA, PIN).rotate_data_key()
    assert seen(vault_file.unlock(BO, OTHER_PIN)) == before
    vault_file.close()


@pytest.fixture
def two(tablet: Tablet) -> Iterator[Opened]:
    vault_file, vault = filled(tablet)
    yield vault_file, vault
    vault_file.close()


def test_what_was_changed_outside_is_named_before_it_is_taken_over(two: Opened) -> None:
    vault_file, vault = two
    with vault_file._database.read() as driver:
        path = driver.execute("PRAGMA database_list").fetchone()[2]
    outside = sqlite3.connect(path)
    outside.execute("UPDATE set_aside SET sealed = zeroblob(90) WHERE rowid = 1")
    outside.commit()
    outside.close()
    vault.rotate_data_key()
    kinds = {damage.kind for damage in vault.damaged}
    assert {DamageKind.TABLE, DamageKind.SET_ASIDE} <= kinds
    assert vault.document("p2") is not None
    assert len(vault.drafts()) == 2


def test_what_two_scans_find_at_once_is_taken_over_once(two: Opened) -> None:
    vault_file, vault = two
    assert vault.verify() == frozenset()
    with vault_file._database.read() as driver:
        path = driver.execute("PRAGMA database_list").fetchone()[2]
    outside = sqlite3.connect(path)
    outside.execute("UPDATE set_aside SET sealed = zeroblob(90) WHERE rowid = 1")
    outside.commit()
    outside.close()
    scans = [threading.Thread(target=vault.verify) for _both in range(2)]
    with vault._unlocked.while_open():  # Nobody can take over what is found yet.
        for scan in scans:
            scan.start()
        time.sleep(0.5)
    for scan in scans:
        scan.join()
    assert vault.verify() == frozenset()


def test_a_slot_that_was_being_made_meanwhile_opens_to_the_new_key(
    two: Opened,
) -> None:
    vault_file, vault = two
    keyring = vault_file._keyring
    keys, _keyring = vault._keys
    made = keyring.wrap(BO, "906152", keys.for_colleague())
    tried = keyring.open(ANA, PIN)
    vault.rotate_data_key()
    keyring.change(vault._as_now(made))
    assert vault_file._open(ANA, tried).document("p1") is not None
    assert vault_file.unlock(BO, "906152").document("p1") is not None


def test_who_lost_their_slot_takes_no_key_with_them(two: Opened) -> None:
    vault_file, vault = two
    ana, bo = SETUP.practitioners
    before, old = seen(vault), vault._unlocked.keyed.data_key
    gone = SETUP.model_copy(update={"practitioners": (ana,), "former": (bo,)})
    vault.renew_setup(gone)
    assert vault._unlocked.keyed.data_key != old
    assert vault.revoked_slots() == ()
    new = vault._unlocked.keyed.data_key
    vault.renew_setup(gone)
    assert vault._unlocked.keyed.data_key == new
    assert seen(vault_file.unlock(ANA, PIN)) == before


def test_who_lost_their_slot_while_unlocked_does_not_change_the_key(
    two: Opened,
) -> None:
    vault_file, vault = two
    ana, bo = SETUP.practitioners
    old = vault._unlocked.keyed.data_key
    gone = SETUP.model_copy(update={"practitioners": (bo,), "former": (ana,)})
    vault.renew_setup(gone)
    assert (vault._unlocked.keyed.data_key, vault.revoked_slots()) == (old, (ANA,))
    with pytest.raises(NoSlotError):
        vault.rotate_data_key()
    vault = vault_file.unlock(BO, OTHER_PIN)
    vault.renew_setup(gone)
    assert vault._unlocked.keyed.data_key != old
    assert vault.revoked_slots() == ()


def test_a_pin_under_the_older_cost_still_opens(two: Opened) -> None:
    vault_file, vault = two
    vault_file._keyring._policy = type(vault_file._keyring._policy)(
        cost=PinCost(memory_kib=128, iterations=1)
    )
    vault.rotate_data_key()
    assert vault_file.unlock(BO, OTHER_PIN).document("p1") is not None
    assert vault_file.unlock(BO, OTHER_PIN).document("p1") is not None
