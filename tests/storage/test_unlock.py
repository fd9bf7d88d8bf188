"""Enrolment, PINs, slots, and the delays after wrong PINs."""

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from app.storage import (
    DeviceSecretMissingError,
    DiskError,
    FileDeviceSecret,
    LockedError,
    NoSlotError,
    PinRefusedError,
    Vault,
    VaultFile,
    VaultInUseError,
    WaitError,
    WrongPinError,
)
from app.storage.sealing import Sealer
from app.storage.slots import Slot, SlotKeys
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    SETUP,
    Tablet,
    enrolment,
    save_patient,
)

WRONG = "650217"
GUESSES = 30


def test_an_enrolment_is_kept_across_a_restart(tablet: Tablet) -> None:
    vault_file = tablet.open()
    assert not vault_file.enrolled
    identity = vault_file.identity
    vault_file.enrol(enrolment())
    vault_file.close()
    again = tablet.open()
    assert again.identity == identity
    assert again.connection is not None
    assert again.connection.device_id == identity.device_id
    assert again.connection.token == "token-of-device"
    assert again.setup == SETUP
    again.close()


def test_practitioners_say_who_chose_a_pin(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    chosen = {
        e.practitioner.practitioner_id: e.has_pin for e in vault_file.practitioners()
    }
    assert chosen == {ANA: True, BO: False}
    vault_file.close()


def test_what_was_saved_is_there_after_a_restart(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    saved = save_patient(vault, "p1", "Amina")
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.document("p1") is not None
    log = vault.operations("p1")
    assert [e.header.operation_id for e in log] == list(saved.operation_ids)
    vault_file.close()


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("12345", ProblemCode.PIN_TOO_SHORT),
        ("", ProblemCode.PIN_TOO_SHORT),
        ("000000", ProblemCode.PIN_TOO_SIMPLE),
        ("123456", ProblemCode.PIN_TOO_SIMPLE),
        ("987654", ProblemCode.PIN_TOO_SIMPLE),
        ("121212", ProblemCode.PIN_TOO_SIMPLE),
        ("123123", ProblemCode.PIN_TOO_SIMPLE),
        ("112233", ProblemCode.PIN_TOO_SIMPLE),
        ("١٢٣٤٥٦", ProblemCode.PIN_TOO_SIMPLE),
    ],
)
def test_a_weak_pin_is_refused(tablet: Tablet, pin: str, code: ProblemCode) -> None:
    vault_file = tablet.open_enrolled()
    with pytest.raises(PinRefusedError) as refused:
        vault_file.choose_pin(ANA, pin)
    assert refused.value.code is code
    assert not vault_file.has_slots
    vault_file.close()


def test_a_pin_is_the_same_on_every_keyboard(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    assert vault_file.unlock(ANA, "٤٢٨١٩٣").practitioner_id == ANA
    vault_file.close()


def test_a_colleague_unlocks_the_same_records_with_another_pin(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    vault.add_slot(BO, OTHER_PIN)
    as_bo = vault_file.unlock(BO, OTHER_PIN)
    assert as_bo.document("p1") is not None
    assert as_bo.author.practitioner_id == BO
    assert not vault.is_open
    with pytest.raises(LockedError):
        vault.document("p1")
    vault_file.close()


def test_nobody_chooses_a_pin_alone_once_a_colleague_has_one(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    with pytest.raises(NoSlotError):
        vault_file.choose_pin(BO, OTHER_PIN)
    with pytest.raises(NoSlotError):
        vault_file.unlock(BO, OTHER_PIN)
    vault_file.close()


def test_whom_the_setup_no_longer_names_is_not_let_in(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    vault.renew_setup(SETUP.model_copy(update={"practitioners": ()}))
    with pytest.raises(NoSlotError):
        vault_file.unlock(ANA, PIN)
    vault_file.close()


def waits_after(
    vault_file: VaultFile, count: int, advance: Callable[[int], None]
) -> list[int]:
    found = []
    for _ in range(count):
        advance(vault_file.wait_seconds(ANA))
        with pytest.raises(WrongPinError) as wrong:
            vault_file.unlock(ANA, WRONG)
        found.append(wrong.value.wait_seconds)
    return found


def test_wrong_pins_wait_longer_and_longer(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()

    def advance(seconds: int) -> None:
        tablet.seconds.now += seconds

    assert waits_after(vault_file, 9, advance) == [
        0, 0, 15, 60, 300, 900, 3600, 3600, 3600
    ]  # fmt: skip
    vault_file.close()


def test_while_waiting_even_the_right_pin_is_not_looked_at(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    waits_after(vault_file, 3, lambda _seconds: None)
    with pytest.raises(WaitError) as wait:
        vault_file.unlock(ANA, PIN)
    assert wait.value.wait_seconds == 15
    tablet.seconds.now += 15
    assert vault_file.unlock(ANA, PIN).is_open
    assert waits_after(vault_file, 2, lambda _seconds: None) == [0, 0]
    vault_file.close()


@pytest.mark.parametrize("days", [-4_000, 0, 4_000])
def test_a_delay_survives_a_restart_and_any_clock(tablet: Tablet, days: int) -> None:
    vault_file, _vault = tablet.unlocked()
    waits_after(vault_file, 3, lambda _seconds: None)
    vault_file.close()
    tablet.wall.advance(days * 86_400_000)
    tablet.seconds.now = 5.0
    again = tablet.open()
    assert again.wait_seconds(ANA) == 15
    with pytest.raises(WaitError):
        again.unlock(ANA, PIN)
    assert again.wait_seconds(BO) == 0
    again.close()


def test_a_try_counts_although_the_process_dies_in_it(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    for _ in range(3):
        # What unlock does before it derives a key; a killed process gets no further.
        vault_file._gate.begin(ANA)
    vault_file.close()
    again = tablet.open()
    assert again.wait_seconds(ANA) == 15
    again.close()


def test_guesses_at_once_are_no_more_than_guesses_one_by_one(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    together = threading.Barrier(GUESSES)
    refused: list[type[Exception]] = []

    def guess() -> None:
        together.wait()
        try:
            vault_file.unlock(ANA, WRONG)
        except (WrongPinError, WaitError) as error:
            refused.append(type(error))

    threads = [threading.Thread(target=guess, daemon=True) for _ in range(GUESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused.count(WrongPinError) == 3
    assert refused.count(WaitError) == GUESSES - 3
    vault_file.close()


def test_a_tampered_count_waits_longest(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    waits_after(vault_file, 1, lambda _seconds: None)
    with vault_file._database.write() as transaction:
        transaction.driver.execute("UPDATE attempt SET sealed = zeroblob(80)")
    vault_file.close()
    again = tablet.open()
    assert again.wait_seconds(ANA) == 3600
    again.close()


def test_only_one_may_have_the_vault(tablet: Tablet) -> None:
    vault_file = tablet.open()
    with pytest.raises(VaultInUseError):
        tablet.open()
    vault_file.close()
    tablet.open().close()


def test_a_missing_device_secret_is_never_made_anew(tablet: Tablet) -> None:
    tablet.open().close()
    before = tablet.database.read_bytes()
    (tablet.folder / "device-secret").unlink()
    with pytest.raises(DeviceSecretMissingError):
        tablet.open()
    assert not (tablet.folder / "device-secret").exists()
    assert tablet.database.read_bytes() == before


def test_another_tablets_secret_does_not_open_this_vault(tablet: Tablet) -> None:
    tablet.open().close()
    (tablet.folder / "device-secret").unlink()
    FileDeviceSecret(tablet.folder / "device-secret").create()
    with pytest.raises(DeviceSecretMissingError):
        tablet.open()
    assert tablet.database.exists()


def test_a_damaged_device_secret_is_an_error(tablet: Tablet) -> None:
    (tablet.folder / "device-secret").write_bytes(b"short")
    with pytest.raises(DeviceSecretMissingError):
        tablet.open()


def test_a_device_secret_that_can_not_be_read_is_an_error_of_the_vault(
    tablet: Tablet,
) -> None:
    (tablet.folder / "device-secret").mkdir()
    with pytest.raises(DiskError):
        tablet.open()
    (tablet.folder / "device-secret").rmdir()
    tablet.open().close()


def test_a_new_device_secret_is_durable_with_its_name(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", fsync)
    tablet.secret.create()
    assert synced == [tablet.folder / "device-secret.new", tablet.folder]


def test_only_its_owner_reads_the_device_secret(tablet: Tablet) -> None:
    tablet.open().close()
    assert (tablet.folder / "device-secret").stat().st_mode & 0o777 == 0o600


def test_a_card_gives_the_same_patient_before_and_after_a_restart(
    tablet: Tablet,
) -> None:
    vault_file, vault = tablet.unlocked()
    patient_id = vault.patient_id_of_card("ABCDEFGHJKM")
    vault_file.close()
    vault_file, vault = tablet.unlocked()
    assert vault.patient_id_of_card("ABCDEFGHJKM") == patient_id
    vault_file.close()


def test_a_thread_that_comes_after_the_lock_neither_reads_nor_writes(
    tablet: Tablet,
) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    # What a thread holds that was about to write when somebody locked.
    late = vault._unlocked
    again = vault_file.unlock(ANA, PIN)
    with pytest.raises(LockedError), late.writing() as unit:
        unit.move_cursor("never")
    with pytest.raises(LockedError), late.database.read() as driver:
        late.rows.document(driver, "p1")
    save_patient(again, "p2", "Omar")
    assert again.cursor() == ""
    assert again.counts().operations == 2
    vault_file.close()


def test_a_colleagues_pin_that_is_late_is_not_kept(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    wrap = vault_file._keyring.wrap

    def lock_meanwhile(practitioner_id: str, pin: str, keys: SlotKeys) -> Slot:
        vault.close()
        return wrap(practitioner_id, pin, keys)

    vault_file._keyring.wrap = lock_meanwhile  # type: ignore[method-assign]
    with pytest.raises(LockedError):
        vault.add_slot(BO, OTHER_PIN)
    with pytest.raises(LockedError):
        vault.add_slot(BO, OTHER_PIN)
    with pytest.raises(NoSlotError):
        vault_file.unlock(BO, OTHER_PIN)
    vault_file.close()


def test_two_unlocks_at_once_leave_one_vault_open(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    vault.add_slot(BO, OTHER_PIN)
    together, found = threading.Barrier(2), dict[str, Vault]()

    def unlock(practitioner_id: str, pin: str) -> None:
        together.wait()
        found[practitioner_id] = vault_file.unlock(practitioner_id, pin)

    for _ in range(5):
        threads = [
            threading.Thread(target=unlock, args=each, daemon=True)
            for each in ((ANA, PIN), (BO, OTHER_PIN))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [v.is_open for v in found.values()].count(True) == 1
    vault_file.close()


def sealers() -> int:
    gc.collect()
    return sum(isinstance(each, Sealer) for each in gc.get_objects())


def test_no_key_outlives_the_lock(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    vault_file.close()
    del vault_file, vault
    vault_file = tablet.open()
    before = sealers()
    again = vault_file.unlock(ANA, PIN)
    late, ids = again._unlocked, again.ids
    assert again.document("p1") is not None
    assert sealers() > before
    again.close()
    assert sealers() == before
    assert late.index.summary("p1") is None
    with pytest.raises(LockedError):
        ids.derived("p1", "score")
    vault_file.close()
