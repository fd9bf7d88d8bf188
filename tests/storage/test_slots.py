"""Slots: a pair for each practitioner, a cost that fits the tablet, older slots."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import pytest

from app.core.operation import decode_header
from app.core.people_wire import recovery_purpose
from app.core.problems import ProblemCode
from app.core.wire import PractitionerInfo, Setup
from app.storage import (
    FLOOR,
    LockedError,
    NoSlotError,
    PinAlreadyChosenError,
    PinCost,
    PinRefusedError,
    Second,
    SecondColleagueError,
    UnlockPolicy,
    VaultFile,
    WrongPinError,
)
from app.storage.hpke import BoxKey, seal_to
from app.storage.pin_cost import CEILING, STEPS, tuned_cost
from app.storage.sealing import new_salt, place
from app.storage.slots import Slot, _slot_sealer
from app.storage.tables import SlotRow
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

CY = "practitioner-cy"
CY_PIN, NEW_PIN, WRONG = "582046", "906152", "650217"
THREE = SETUP.model_copy(
    update={
        "practitioners": (
            *SETUP.practitioners,
            PractitionerInfo(practitioner_id=CY, name="Cyrus", role="nurse"),
        )
    }
)


@dataclass
class Stopwatch:
    """A clock that is this much later each time that somebody looks."""

    seconds: float
    now: float = 0.0

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


def of_three(tablet: Tablet) -> VaultFile:
    """A tablet on which Ana has unlocked, and Bohdana and Cyrus chose PINs."""
    vault_file, vault = tablet.unlocked()
    vault.renew_setup(THREE)
    vault.add_slot(BO, OTHER_PIN)
    vault.add_slot(CY, CY_PIN)
    return vault_file


def slot_of(vault_file: VaultFile, practitioner_id: str) -> Slot:
    return vault_file._keyring._slot(practitioner_id)


def make_older(vault_file: VaultFile, pin: str) -> None:
    """Write Ana's slot as the version before wrote it: the data key alone."""
    keyring = vault_file._keyring
    data_key = keyring.open(ANA, pin).data_key
    empty = Slot(ANA, new_salt(), QUICK, b"")
    sealer = _slot_sealer(pin, vault_file._secret, empty.salt, QUICK)
    wrapped = sealer.seal(data_key, empty._place)
    raw = json.dumps([empty.salt.hex(), asdict(QUICK), wrapped.hex()]).encode()
    sealed = keyring._slots._sealer.seal(raw, place("slot", ANA))
    with vault_file._database.write() as transaction:
        transaction.session.merge(SlotRow(practitioner_id=ANA, sealed=sealed))


def test_each_has_a_pair_of_their_own_and_its_public_half_is_known(
    tablet: Tablet,
) -> None:
    vault_file = of_three(tablet)
    public = vault_file._keyring.public_keys()
    assert len(set(public.values())) == 3
    sealed = seal_to(public[BO], b"for Bohdana", b"test")
    as_bo = vault_file.unlock(BO, OTHER_PIN)
    assert as_bo.box.public_bytes == public[BO]
    assert as_bo.box.open(sealed, b"test") == b"for Bohdana"
    vault_file.close()
    with pytest.raises(LockedError):
        _ = as_bo.box


def test_a_slot_of_an_older_version_opens_and_gets_a_pair_that_stays(
    tablet: Tablet,
) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    make_older(vault_file, PIN)
    assert vault_file._keyring.public_keys() == {}
    opened = vault_file.unlock(ANA, PIN)
    assert opened.document("p1") is not None
    first = opened.box.public_bytes
    assert vault_file._keyring.public_keys() == {ANA: first}
    vault_file.close()
    vault_file, opened = tablet.unlocked()
    assert opened.box.public_bytes == first
    vault_file.close()


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [(0.01, CEILING), (0.5, CEILING), (0.51, FLOOR), (9.0, FLOOR)],
)
def test_the_cost_is_the_dearest_that_takes_half_a_second_here(
    seconds: float, chosen: PinCost
) -> None:
    assert tuned_cost(Stopwatch(seconds)) == chosen


def test_a_tablet_that_is_busy_for_a_moment_is_not_taken_for_a_slow_one() -> None:
    busy = iter([0.0, 9.0, 9.0, 9.1] + [9.1 + n / 100 for n in range(40)])
    assert tuned_cost(lambda: next(busy)) == CEILING


def test_no_step_is_cheaper_than_the_one_before() -> None:
    for less, more in itertools.pairwise(STEPS):
        assert less.is_below(more)
        assert not more.is_below(less)
    assert (STEPS[0].memory_kib, STEPS[0].iterations) == (19 * 1024, 2)
    assert (STEPS[-1].memory_kib, STEPS[-1].iterations) == (64 * 1024, 3)


@pytest.fixture
def opener(tablet: Tablet) -> Iterator[Callable[[UnlockPolicy], VaultFile]]:
    """Opens the tablet's vault under a policy; closes what it opened before."""
    opened: list[VaultFile] = []

    def open_with(policy: UnlockPolicy) -> VaultFile:
        while opened:
            opened.pop().close()
        opened.append(
            VaultFile(
                tablet.vault_folder, tablet.secret, tablet.wall, tablet.ids, policy
            )
        )
        return opened[-1]

    yield open_with
    while opened:
        opened.pop().close()


def test_the_cost_is_measured_once_and_kept_in_the_slot(
    tablet: Tablet, opener: Callable[[UnlockPolicy], VaultFile]
) -> None:
    vault_file = tablet.open_enrolled()
    vault_file.close()
    slow = opener(UnlockPolicy(monotonic=Stopwatch(9.0)))
    slow.choose_pin(ANA, PIN)
    assert slot_of(slow, ANA).cost == FLOOR
    fast = opener(UnlockPolicy(monotonic=Stopwatch(0.01)))
    fast.unlock(ANA, PIN)
    assert slot_of(fast, ANA).cost == FLOOR


def test_a_slot_that_costs_less_than_today_is_wrapped_anew_at_the_next_unlock(
    tablet: Tablet, opener: Callable[[UnlockPolicy], VaultFile]
) -> None:
    vault_file, vault = tablet.unlocked()
    public = vault.box.public_bytes
    vault_file.close()
    today = opener(UnlockPolicy(PinCost(memory_kib=128, iterations=2)))
    with pytest.raises(WrongPinError):
        today.unlock(ANA, WRONG)
    assert slot_of(today, ANA).cost == QUICK
    assert today.unlock(ANA, PIN).box.public_bytes == public
    assert slot_of(today, ANA).cost == PinCost(128, 2)
    assert opener(UnlockPolicy(QUICK)).unlock(ANA, PIN).is_open


def test_nobody_chooses_a_pin_for_who_has_one(tablet: Tablet) -> None:
    vault_file = of_three(tablet)
    vault = vault_file.unlock(ANA, PIN)
    with pytest.raises(PinAlreadyChosenError):
        vault.add_slot(BO, NEW_PIN)
    assert vault_file.unlock(BO, OTHER_PIN).is_open
    vault_file.close()


def test_ones_own_pin_is_changed_with_the_old_one_and_the_pair_stays(
    tablet: Tablet,
) -> None:
    vault_file, vault = tablet.unlocked()
    public = vault.box.public_bytes
    with pytest.raises(WrongPinError):
        vault.change_pin(WRONG, NEW_PIN)
    with pytest.raises(PinRefusedError):
        vault.change_pin(PIN, "111111")
    vault.change_pin(PIN, NEW_PIN)
    with pytest.raises(WrongPinError):
        vault_file.unlock(ANA, PIN)
    assert vault_file.unlock(ANA, NEW_PIN).box.public_bytes == public
    vault_file.close()


def test_two_together_let_a_third_choose_anew_and_the_waiting_ends(
    tablet: Tablet,
) -> None:
    vault_file = of_three(tablet)
    for _ in range(3):
        with pytest.raises(WrongPinError):
            vault_file.unlock(CY, WRONG)
    vault = vault_file.unlock(ANA, PIN)
    vault.reset_pin(CY, NEW_PIN, Second(BO, OTHER_PIN))
    assert vault_file.wait_seconds(CY) == 0
    assert vault_file.unlock(CY, NEW_PIN).is_open
    with pytest.raises(WrongPinError):
        vault_file.unlock(CY, CY_PIN)
    vault_file.close()


def test_no_pin_is_reset_by_one_alone(tablet: Tablet) -> None:
    vault_file = of_three(tablet)
    vault = vault_file.unlock(ANA, PIN)
    for second, pin in ((ANA, PIN), (CY, CY_PIN)):
        with pytest.raises(SecondColleagueError):
            vault.reset_pin(CY, NEW_PIN, Second(second, pin))
    with pytest.raises(WrongPinError):
        vault.reset_pin(CY, NEW_PIN, Second(BO, WRONG))
    assert vault_file.unlock(CY, CY_PIN).is_open
    vault_file.close()


def test_somebody_unconfirmed_is_no_second_and_no_first(tablet: Tablet) -> None:
    vault_file = of_three(tablet)
    ana, bo, cy = THREE.practitioners
    unsure = bo.model_copy(update={"confirmed": False})
    vault_file.renew_setup(
        THREE.model_copy(update={"practitioners": (ana, unsure, cy)})
    )
    as_ana = vault_file.unlock(ANA, PIN)
    with pytest.raises(SecondColleagueError):
        as_ana.reset_pin(CY, NEW_PIN, Second(BO, OTHER_PIN))
    as_bo = vault_file.unlock(BO, OTHER_PIN)
    with pytest.raises(SecondColleagueError):
        as_bo.reset_pin(CY, NEW_PIN, Second(ANA, PIN))
    vault_file.close()


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_who_may_do_more_needs_a_passphrase(tablet: Tablet, role: str) -> None:
    vault_file, vault = tablet.unlocked()
    ana = SETUP.practitioners[0].model_copy(update={"role": role})
    clara = PractitionerInfo(practitioner_id="clara", name="Clara", role=role)
    vault.renew_setup(SETUP.model_copy(update={"practitioners": (ana, clara)}))
    for short in (OTHER_PIN, "7391640582", "seven 7"):
        with pytest.raises(PinRefusedError) as refused:
            vault.add_slot("clara", short)
        assert refused.value.code is ProblemCode.PASSPHRASE_NEEDED
    vault.add_slot("clara", "olive tree 7")
    assert vault_file.unlock("clara", "olive tree 7").is_open
    vault_file.close()


def test_who_was_revoked_loses_the_slot_and_keeps_the_name(tablet: Tablet) -> None:
    vault_file = of_three(tablet)
    ana, bo, cy = THREE.practitioners
    without = THREE.model_copy(update={"practitioners": (ana, cy), "former": (bo,)})
    vault_file.renew_setup(without)
    assert vault_file._keyring.holders() == {ANA, CY}
    with pytest.raises(NoSlotError):
        vault_file.unlock(BO, OTHER_PIN)
    assert vault_file.setup is not None
    assert vault_file.setup.practitioner_names[BO] == "Bohdana"
    vault = vault_file.unlock(ANA, PIN)
    assert vault.revoked_slots() == (BO,)
    vault.rotate_data_key()
    assert vault.revoked_slots() == ()
    vault_file.close()


def test_the_last_slot_stays_although_nobody_is_let_in_by_it(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    ana, bo = SETUP.practitioners
    vault_file.renew_setup(
        SETUP.model_copy(update={"practitioners": (bo,), "former": (ana,)})
    )
    with pytest.raises(NoSlotError):
        vault_file.unlock(ANA, PIN)
    with pytest.raises(NoSlotError):
        vault_file.choose_pin(BO, OTHER_PIN)
    vault_file.renew_setup(SETUP)
    assert vault_file.unlock(ANA, PIN).is_open
    vault_file.close()


def test_the_author_is_who_was_unlocked_when_it_was_written(tablet: Tablet) -> None:
    vault_file = of_three(tablet)
    hands = ((ANA, PIN), (BO, OTHER_PIN), (CY, CY_PIN), (BO, OTHER_PIN), (ANA, PIN))
    older = vault_file.unlock(ANA, PIN)
    for number, (who, pin) in enumerate(hands):
        vault = vault_file.unlock(who, pin)
        with pytest.raises(LockedError):
            save_patient(older, f"late{number}", "Nobody")
        save_patient(vault, f"p{number}", "Amina")
        older = vault
    authors = [
        older.operations(f"p{n}")[0].header.practitioner_id for n in range(len(hands))
    ]
    assert authors == [who for who, _pin in hands]
    batch = older.pending()
    assert batch is not None
    heads = [decode_header(one.header.encode())[0] for one in batch.operations]
    sent = [head.practitioner_id for head in heads]
    assert sent == authors
    vault_file.close()


def test_a_setup_of_an_older_server_has_nobody_former_and_no_recovery_key() -> None:
    older = SETUP.model_dump(
        exclude={"former", "practitioner_keys", "recovery_public"}, mode="json"
    )
    for person in older["practitioners"]:
        del person["confirmed"]
    assert Setup.model_validate(older) == SETUP


def test_a_slot_is_sealed_to_the_recovery_key_and_anew_only_when_one_is_new(
    tablet: Tablet,
) -> None:
    vault_file, vault = tablet.unlocked()
    assert vault.recovery_slot() is None
    organisation, next_one = BoxKey.generate(), BoxKey.generate()
    for key in (organisation, next_one):
        update = {"recovery_public": key.public_bytes}
        vault.renew_setup(SETUP.model_copy(update=update))
        slot = vault.recovery_slot()
        assert slot is not None
        data_key = key.open(slot.sealed, recovery_purpose(vault.device_id))
        assert data_key == vault_file._keyring.open(ANA, PIN).data_key
        vault.keep_recovery_slot()
        assert vault.recovery_slot() == slot
    kept = vault.recovery_slot()
    broken = SETUP.model_copy(update={"recovery_public": b"no key"})
    vault.renew_setup(broken)
    assert vault.recovery_slot() is None  # The server would refuse the older one.
    update = {"recovery_public": next_one.public_bytes}
    vault.renew_setup(SETUP.model_copy(update=update))
    assert vault.recovery_slot() == kept
    assert vault_file.unlock(ANA, PIN).is_open
    vault_file.close()
