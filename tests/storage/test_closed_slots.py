"""Ten wrong PINs close a slot and nothing else; what happened is kept, and counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.people_wire import Grant, GrantKind, Grants
from app.core.wire import PractitionerInfo
from app.storage import (
    LockedEvent,
    LockedKind,
    Second,
    SlotClosedError,
    UnlockPolicy,
    VaultFile,
    WaitError,
    WrongPinError,
)
from app.storage.attempts import LIMIT, boot_id, uptime
from app.storage.locked_events import MOST_KEPT
from app.storage.sealing import place
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    QUICK,
    SETUP,
    Tablet,
    save_patient,
)

WRONG = "650217"
DAY_MS = 86_400_000


@dataclass
class Machine:
    """A tablet whose runs have names, as Linux gives them."""

    tablet: Tablet
    boot: str = "boot-1"

    def open(self) -> VaultFile:
        tablet = self.tablet
        policy = UnlockPolicy(QUICK, tablet.seconds, lambda: self.boot)
        folder, ids = tablet.vault_folder, tablet.ids
        return VaultFile(folder, tablet.secret, tablet.wall, ids, policy)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    tablet = Tablet(tmp_path)
    file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    vault.add_slot(BO, OTHER_PIN)
    taken(file)
    file.close()
    machine = Machine(tablet)
    yield machine
    machine.open().close()  # Nothing that a test does keeps the file from opening.


def taken(file: VaultFile) -> tuple[LockedEvent, ...]:
    events = file.locked_events()
    file.forget_locked_events(events)
    return events


def reopen(file: VaultFile, grant_id: str) -> None:
    """Bring what a server answers that let Ana in again; here for a day."""
    grant = Grant(
        grant_id=grant_id,
        kind=GrantKind.REOPEN.value,
        device_id=file.identity.device_id,
        practitioner_id=ANA,
        expires_at=DAY_MS,
    )
    file.keep_grants(Grants(grants=(grant,), server_ms=0))


def guess(machine: Machine, file: VaultFile, count: int) -> list[type[Exception]]:
    """Try a wrong PIN as soon as one may, so many times."""
    raised: list[type[Exception]] = []
    for _ in range(count):
        machine.tablet.seconds.now += file.wait_seconds(ANA)
        with pytest.raises((WrongPinError, SlotClosedError)) as refused:
            file.unlock(ANA, WRONG)
        raised.append(refused.type)
    return raised


def kinds(events: tuple[LockedEvent, ...]) -> list[tuple[str, str, int]]:
    return [(e.kind.value, e.practitioner_id, e.count) for e in events]


def test_the_tenth_wrong_pin_closes_the_slot_and_not_the_data(machine: Machine) -> None:
    file = machine.open()
    raised = guess(machine, file, LIMIT)
    assert raised == [WrongPinError] * (LIMIT - 1) + [SlotClosedError]
    machine.tablet.seconds.now += 1_000_000
    with pytest.raises(SlotClosedError):
        file.unlock(ANA, PIN)
    with pytest.raises(SlotClosedError):
        file.wait_seconds(ANA)
    assert file.unlock(BO, OTHER_PIN).document("p1") is not None
    file.close()


def test_a_closed_slot_stays_closed_over_restarts_of_app_and_machine(
    machine: Machine,
) -> None:
    file = machine.open()
    guess(machine, file, LIMIT)
    file.close()
    for boot in ("boot-1", "boot-2", ""):
        machine.boot = boot
        file = machine.open()
        with pytest.raises(SlotClosedError):
            file.unlock(ANA, PIN)
        file.close()


def test_a_right_pin_before_the_tenth_begins_the_count_anew(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, LIMIT - 1)
    machine.tablet.seconds.now += file.wait_seconds(ANA)
    file.unlock(ANA, PIN).close()
    assert guess(machine, file, 2) == [WrongPinError] * 2
    assert file.wait_seconds(ANA) == 0
    file.close()


def test_a_process_that_dies_in_the_tenth_try_closes_the_slot(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, LIMIT - 1)
    machine.tablet.seconds.now += file.wait_seconds(ANA)
    file._gate.begin(ANA)  # And no further.
    file.close()
    file = machine.open()
    with pytest.raises(SlotClosedError):
        file.unlock(ANA, PIN)
    file.close()


def test_a_grant_reopens_with_the_old_pin_and_works_once(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, LIMIT)
    reopen(file, "grant-1")
    assert file.wait_seconds(ANA) == 0
    assert file.unlock(ANA, PIN).is_open
    guess(machine, file, LIMIT)
    file.close()
    file = machine.open()
    reopen(file, "grant-1")
    with pytest.raises(SlotClosedError):
        file.unlock(ANA, PIN)
    reopen(file, "grant-2")
    assert file.unlock(ANA, PIN).is_open
    file.close()


def test_a_grant_for_a_slot_that_is_open_is_used_up_all_the_same(
    machine: Machine,
) -> None:
    file = machine.open()
    reopen(file, "grant-1")
    guess(machine, file, LIMIT)
    reopen(file, "grant-1")
    with pytest.raises(SlotClosedError):
        file.unlock(ANA, PIN)
    file.close()


def test_a_new_pin_beside_two_colleagues_reopens_the_slot(machine: Machine) -> None:
    file = machine.open()
    cy = PractitionerInfo(practitioner_id="cy", name="Cyrus", role="nurse")
    three = (*SETUP.practitioners, cy)
    file.renew_setup(SETUP.model_copy(update={"practitioners": three}))
    file.unlock(ANA, PIN).add_slot("cy", "906152")
    guess(machine, file, LIMIT)
    by_cy = Second("cy", "906152")
    file.unlock(BO, OTHER_PIN).reset_pin(ANA, "582036", by_cy)
    assert file.unlock(ANA, "582036").is_open
    file.close()


def test_a_wait_goes_on_when_the_app_is_started_again(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, 4)
    assert file.wait_seconds(ANA) == 60
    file.close()
    machine.tablet.seconds.now += 45
    machine.tablet.wall.advance(-86_400_000)
    file = machine.open()
    assert file.wait_seconds(ANA) == 15
    with pytest.raises(WaitError):
        file.unlock(ANA, PIN)
    file.close()


def test_the_whole_wait_begins_anew_with_the_machine_and_only_once(
    machine: Machine,
) -> None:
    file = machine.open()
    guess(machine, file, 4)
    file.close()
    machine.boot, machine.tablet.seconds.now = "boot-2", 5.0
    machine.open().close()
    machine.tablet.seconds.now += 45
    file = machine.open()
    assert file.wait_seconds(ANA) == 15
    file.close()


def test_where_nothing_names_the_machines_run_every_start_waits_anew(
    machine: Machine,
) -> None:
    machine.boot = ""
    file = machine.open()
    guess(machine, file, 4)
    file.close()
    machine.tablet.seconds.now += 45
    file = machine.open()
    assert file.wait_seconds(ANA) == 60
    file.close()


def test_this_machine_tells_its_run_and_its_time() -> None:
    assert boot_id() == boot_id()
    assert 0 < uptime() <= uptime()
    if Path("/proc/sys/kernel/random/boot_id").exists():
        assert boot_id() != ""


def test_failed_tries_and_closings_are_kept_until_they_are_taken(
    machine: Machine,
) -> None:
    file = machine.open()
    at = machine.tablet.wall.now_ms
    guess(machine, file, LIMIT)
    file.close()
    file = machine.open()
    events = taken(file)
    failed = (LockedKind.UNLOCK_FAILED.value, ANA, 1)
    closed = (LockedKind.SLOT_CLOSED.value, ANA, 1)
    assert kinds(events) == [failed] * LIMIT + [closed]
    assert {e.first_at for e in events} == {at}
    assert len({e.event_id for e in events}) == len(events)
    file.close()
    file = machine.open()
    assert taken(file) == ()
    file.close()


def test_a_right_pin_leaves_no_event_of_its_own_try(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, 2)
    file.unlock(ANA, PIN).close()
    file.unlock(BO, OTHER_PIN).close()
    assert kinds(file.locked_events()) == [("unlock-failed", ANA, 1)] * 2
    file.close()


def test_events_that_came_after_those_were_written_down_stay(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, 1)
    written = file.locked_events()
    guess(machine, file, 1)
    file.forget_locked_events(written)
    assert len(file.locked_events()) == 1
    file.close()


def test_many_events_lose_their_hours_and_never_their_number(machine: Machine) -> None:
    file = machine.open()
    begun = machine.tablet.wall.now_ms
    rounds = MOST_KEPT // LIMIT + 2
    for grant in range(rounds):
        guess(machine, file, LIMIT)
        reopen(file, f"grant-{grant}")
        machine.tablet.wall.advance(1_000)
    events = file.locked_events()
    assert len(events) <= MOST_KEPT
    failed = [e for e in events if e.kind is LockedKind.UNLOCK_FAILED]
    assert sum(e.count for e in failed) == rounds * LIMIT
    assert sum(e.count for e in events) == rounds * (LIMIT + 2)
    assert failed[0].count > 1
    assert failed[0].first_at == begun < failed[0].last_at
    file.close()


def test_nobody_is_kept_out_by_events_that_were_tampered_with(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, 1)
    with file._database.write() as transaction:
        transaction.driver.execute(
            "UPDATE sealed_value SET sealed = zeroblob(90) WHERE name = 'lock/events'"
        )
    assert file.unlock(ANA, PIN).is_open
    assert file.locked_events() == file.locked_events()
    guess(machine, file, 1)
    kept = [e.kind for e in taken(file)]
    assert kept == [LockedKind.EVENTS_LOST, LockedKind.UNLOCK_FAILED]
    file.close()


def test_what_happened_while_locked_names_nobody_in_the_file(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, LIMIT)
    file.close()
    raw = b"".join(p.read_bytes() for p in machine.tablet.vault_folder.iterdir())
    assert b"unlock-failed" not in raw
    assert b"slot-closed" not in raw


def test_a_count_that_an_older_version_kept_still_counts(machine: Machine) -> None:
    file = machine.open()
    guess(machine, file, 1)
    sealer = file._gate._sealer
    with file._database.write() as transaction:
        transaction.driver.execute(
            "UPDATE attempt SET sealed = ? WHERE practitioner_id = ?",
            (sealer.seal(b"4", place("attempt", ANA)), ANA),
        )
    file.close()
    file = machine.open()
    assert file.wait_seconds(ANA) == 60
    file.close()


def test_a_tenth_try_that_is_right_closes_nothing_and_tells_of_no_closing(
    machine: Machine,
) -> None:
    file = machine.open()
    guess(machine, file, LIMIT - 1)
    machine.tablet.seconds.now += file.wait_seconds(ANA)
    assert file.unlock(ANA, PIN).is_open
    failed = (LockedKind.UNLOCK_FAILED.value, ANA, 1)
    assert kinds(file.locked_events()) == [failed] * (LIMIT - 1)
    file.close()
