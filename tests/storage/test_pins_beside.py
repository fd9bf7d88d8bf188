"""A PIN is chosen beside who may vouch for it, by permission, and never silently."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.people_wire import Grant, GrantKind, Grants, UsedGrants
from app.core.problems import ProblemCode
from app.core.wire import PractitionerInfo
from app.storage import (
    GrantError,
    LockedKind,
    Second,
    SecondColleagueError,
    Vault,
    VaultFile,
    WrongPinError,
)
from app.storage.locked_events import Beside
from tests.storage.tablets import ANA, BO, OTHER_PIN, PIN, SETUP, Tablet

CLARA, CYRUS, NEW = "clara", "cyrus", "new"
PHRASE, CY_PIN, OTHER_PHRASE = "olive tree 7", "582046", "quiet river 5"
DAY_MS = 86_400_000
ROLES = ((CLARA, "coordinator"), (CYRUS, "nurse"), ("ada", "administrator"))
PEOPLE = (
    *SETUP.practitioners,
    *(
        PractitionerInfo(practitioner_id=one, name=one.title(), role=role)
        for one, role in ROLES
    ),
    PractitionerInfo(practitioner_id=NEW, name="New", role="nurse", confirmed=False),
)


@pytest.fixture
def open_tablet(tmp_path: Path) -> Iterator[tuple[Tablet, VaultFile, Vault]]:
    """A tablet that Ana, a nurse, has unlocked; Bohdana, a mediator, has a PIN."""
    tablet = Tablet(tmp_path)
    file, vault = tablet.unlocked()
    vault.renew_setup(SETUP.model_copy(update={"practitioners": PEOPLE}))
    vault.add_slot(BO, OTHER_PIN)
    file.forget_locked_events(file.locked_events())
    yield tablet, file, vault
    file.close()


Open = tuple[Tablet, VaultFile, Vault]


def refused(call: object) -> ProblemCode:
    assert callable(call)
    with pytest.raises(SecondColleagueError) as raised:
        call()
    return raised.value.code


def allow(
    tablet: Tablet, file: VaultFile, kind: GrantKind, whose: str, grant_id: str = "g1"
) -> None:
    """Bring what a server answers where a coordinator gave permission for a day."""
    now = tablet.wall()
    grant = Grant(
        grant_id=grant_id,
        kind=kind.value,
        device_id=file.identity.device_id,
        practitioner_id=whose,
        expires_at=now + DAY_MS,
    )
    file.keep_grants(Grants(grants=(grant,), server_ms=now))


def test_a_nurse_lets_a_nurse_choose_and_nobody_who_may_do_more(
    open_tablet: Open,
) -> None:
    _tablet, file, vault = open_tablet
    vault.add_slot(CYRUS, CY_PIN)
    for whose in (CLARA, "ada"):
        code = refused(lambda whose=whose: vault.add_slot(whose, PHRASE))
        assert code is ProblemCode.HIGHER_ROLE_NEEDED
        # Nor do two of a lower role together.
        by = Second(BO, OTHER_PIN)
        assert refused(lambda whose=whose, by=by: vault.add_slot(whose, PHRASE, by))
    assert not any(
        e.has_pin for e in file.practitioners() if e.practitioner.name == CLARA
    )
    as_bo = file.unlock(BO, OTHER_PIN)
    assert refused(lambda: as_bo.add_slot(NEW, "640128"))


def test_who_is_not_confirmed_lets_nobody_choose(open_tablet: Open) -> None:
    _tablet, file, vault = open_tablet
    vault.add_slot(NEW, "640128")
    as_new = file.unlock(NEW, "640128")
    assert refused(lambda: as_new.add_slot(CYRUS, CY_PIN))
    as_new.add_slot(CYRUS, CY_PIN, Second(ANA, PIN))
    (event,) = file.locked_events()[-1:]
    assert event.beside == Beside((NEW, ANA))


def test_a_coordinator_who_stands_by_types_their_own(open_tablet: Open) -> None:
    tablet, file, vault = open_tablet
    allow(tablet, file, GrantKind.SET_PIN, CLARA)
    vault.set_pin_by_grant(CLARA, PHRASE)
    wrong, right = Second(CLARA, "olive tree 8"), Second(CLARA, PHRASE)
    assert refused(lambda: vault.add_slot("ada", OTHER_PHRASE, right))  # She is above.
    people = [p.model_copy(update={"role": "coordinator"}) for p in PEOPLE[-2:-1]]
    setup = SETUP.model_copy(update={"practitioners": (*PEOPLE[:-2], *people)})
    vault.renew_setup(setup)
    with pytest.raises(WrongPinError):
        vault.add_slot("ada", OTHER_PHRASE, wrong)
    vault.add_slot("ada", OTHER_PHRASE, right)
    assert file.unlock("ada", OTHER_PHRASE).is_open


def test_of_two_who_reset_one_has_a_role_as_high(open_tablet: Open) -> None:
    _tablet, file, vault = open_tablet
    vault.add_slot(CYRUS, CY_PIN)
    as_bo = file.unlock(BO, OTHER_PIN)
    as_bo.reset_pin(ANA, "640128", Second(CYRUS, CY_PIN))
    lower = [
        p.model_copy(update={"role": "mediator"}) if p.practitioner_id == CYRUS else p
        for p in PEOPLE
    ]
    as_bo.renew_setup(SETUP.model_copy(update={"practitioners": tuple(lower)}))
    code = refused(lambda: as_bo.reset_pin(ANA, "906152", Second(CYRUS, CY_PIN)))
    assert code is ProblemCode.HIGHER_ROLE_NEEDED
    alone = refused(lambda: as_bo.reset_pin(ANA, "906152", Second(BO, OTHER_PIN)))
    assert alone is ProblemCode.SECOND_COLLEAGUE_NEEDED


def test_what_was_chosen_is_kept_with_when_and_beside_whom(open_tablet: Open) -> None:
    tablet, file, vault = open_tablet
    at = tablet.wall()
    vault.add_slot(CYRUS, CY_PIN)
    (event,) = file.locked_events()
    assert (event.kind, event.practitioner_id) == (LockedKind.PIN_CHOSEN, CYRUS)
    assert event.beside == Beside((ANA,))
    file.unlock(BO, OTHER_PIN).reset_pin(CYRUS, "906152", Second(ANA, PIN))
    event = file.locked_events()[-1]
    assert event.kind is LockedKind.PIN_RESET
    assert event.beside == Beside((BO, ANA))
    file.unlock(CYRUS, "906152").change_pin("906152", "640128")
    file.close()
    again = tablet.open()
    origins = again._keyring.origins()
    again.close()
    of_cyrus = origins[CYRUS]
    assert of_cyrus is not None
    assert (of_cyrus.set_at, of_cyrus.beside) == (at, Beside((BO, ANA)))
    assert ANA not in origins


def test_permission_is_looked_for_first_counts_once_and_is_named(
    open_tablet: Open,
) -> None:
    tablet, file, vault = open_tablet
    with pytest.raises(GrantError):
        vault.require_grant(CLARA)
    allow(tablet, file, GrantKind.SET_PIN, CLARA)
    assert vault.require_grant(CLARA).grant_id == "g1"
    vault.set_pin_by_grant(CLARA, PHRASE)
    event = file.locked_events()[-1]
    assert (event.kind, event.beside) == (LockedKind.PIN_CHOSEN, Beside((ANA,), "g1"))
    with pytest.raises(GrantError):
        vault.set_pin_by_grant(CLARA, OTHER_PHRASE)
    assert file.unlock(CLARA, PHRASE).is_open


def used_rows(file: VaultFile) -> int:
    shelf = file._before.grants
    with file._database.read() as driver:
        return len(shelf._used(driver))


def test_that_a_grant_was_used_is_forgotten_once_nobody_can_offer_it(
    open_tablet: Open,
) -> None:
    tablet, file, _vault = open_tablet
    for number in range(5):
        allow(tablet, file, GrantKind.REOPEN, BO, f"g{number}")
    assert used_rows(file) == 5
    nothing = Grants(grants=(), server_ms=tablet.wall())
    told = file.used_grants()
    assert set(told.grant_ids) == {f"g{number}" for number in range(5)}
    tablet.wall.advance(DAY_MS)
    file.keep_grants(nothing)
    assert used_rows(file) == 5  # The server does not know of them yet.
    file.told_grants(told)
    assert file.used_grants() == UsedGrants(grant_ids=())
    file.keep_grants(nothing)
    assert used_rows(file) == 0


def test_a_grant_that_was_told_is_remembered_until_it_ends(open_tablet: Open) -> None:
    tablet, file, _vault = open_tablet
    allow(tablet, file, GrantKind.SET_PIN, BO)
    allow(tablet, file, GrantKind.REOPEN, BO, "g2")
    file.told_grants(file.used_grants())
    tablet.wall.advance(DAY_MS - 1)
    file.keep_grants(Grants(grants=(), server_ms=tablet.wall()))
    assert used_rows(file) == 1  # A server put back would offer it once more.
    tablet.wall.advance(1)
    file.keep_grants(Grants(grants=(), server_ms=tablet.wall()))
    assert used_rows(file) == 0
