"""When nobody can unlock: two sheets, a grant, and a PIN on the locked tablet."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.change import RecordKey
from app.core.people_wire import GrantKind, recovery_purpose
from app.core.problems import ProblemCode
from app.core.wire import Role
from app.storage import GrantError, VaultFile, WaitError, WrongPinError
from app.sync.gateway import HttpGateway
from app.sync.people import fetch_grants
from sync_server.boxes import seal_to
from sync_server.people_tables import RECOVERY_SLOT
from sync_server.services import recovery
from sync_server.services.administration import NewPractitioner, add_practitioner
from tests.sync.real import NURSE, PIN, RealServer, RealTablet, real_server, real_tablet

PRIVATE = bytes(range(32))
NEW_PIN, OTHER_PIN, WRONG = "906152", "582046", "650217"
HOUR_MS = 3_600_000
PATIENT = RecordKey("Patient", "p1", "p1")


def fetch(file: VaultFile) -> None:
    """What the unlock screen does."""
    fetch_grants(file, HttpGateway)


def prepared(server: RealServer, tablet: RealTablet) -> None:
    """The tablet has sealed its key to the organisation's, and is locked."""
    recovery.use_key(server.context.database, recovery.public_of(PRIVATE))
    tablet.save(PATIENT, sex="female")
    assert tablet.engine.round(asked=True).failure is None
    tablet.vault.close()


def grant(server: RealServer, tablet: RealTablet, name: str = NURSE) -> None:
    device_id = tablet.file.identity.device_id
    recovery.grant_recovery(server.context, PRIVATE, device_id, name, HOUR_MS)


def test_a_locked_tablet_is_opened_by_a_grant_once(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        nurse = a.vault.practitioner_id
        prepared(server, a)
        grant(server, a)
        with pytest.raises(GrantError):
            a.file.recover(nurse, NEW_PIN)
        fetch(a.file)
        vault = a.file.recover(nurse, NEW_PIN)
        assert vault.document("p1") is not None
        assert a.file.unlock(nurse, NEW_PIN).is_open
        with pytest.raises(WrongPinError):
            a.file.unlock(nurse, PIN)
        with pytest.raises(GrantError):
            a.file.recover(nurse, OTHER_PIN)
        fetch(a.file)
        with pytest.raises(GrantError):
            a.file.recover(nurse, OTHER_PIN)
        device_id = a.file.identity.device_id
        assert recovery.grants_of(server.context, device_id).grants == ()


def test_somebody_the_locked_tablet_never_heard_of_is_let_in(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        prepared(server, a)
        context = server.context
        new = NewPractitioner("Late Lea", Role.NURSE)
        lea = add_practitioner(context.ports, context.database, new)
        grant(server, a, "Late Lea")
        fetch(a.file)
        vault = a.file.recover(lea, NEW_PIN)
        assert vault.author.practitioner_id == lea
        assert vault.document("p1") is not None


def test_an_older_grant_counts_no_more_and_no_clock_makes_it_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        nurse = a.vault.practitioner_id
        prepared(server, a)
        grant(server, a)
        fetch(a.file)
        shelf = a.file._before.grants
        now = shelf._wall()
        for moved in (HOUR_MS + 60_000, -HOUR_MS):
            monkeypatch.setattr(shelf, "_wall", fixed(now + moved))
            with pytest.raises(GrantError) as error:
                a.file.recover(nurse, NEW_PIN)
            assert error.value.code is ProblemCode.GRANT_EXPIRED
        monkeypatch.setattr(shelf, "_wall", fixed(now))
        assert a.file.recover(nurse, NEW_PIN).is_open


def fixed(now: int) -> Callable[[], int]:
    return lambda: now


def test_another_tablets_key_opens_nothing_here(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
        real_tablet(tmp_path / "b", server) as b,
    ):
        nurse = a.vault.practitioner_id
        prepared(server, a)
        prepared(server, b)
        # b's data key under a's name, as a server that lies would send it.
        swap_slots(server, a, b)
        grant(server, a)
        fetch(a.file)
        with pytest.raises(GrantError):
            a.file.recover(nurse, NEW_PIN)
        assert a.file.unlock(nurse, PIN).document("p1") is not None


def swap_slots(server: RealServer, a: RealTablet, b: RealTablet) -> None:
    keys = b.file._keyring.open(next(iter(b.file._keyring.holders())), PIN)
    device_id = a.file.identity.device_id
    public = recovery.public_of(PRIVATE)
    sealed = seal_to(public, keys.data_key, recovery_purpose(device_id))
    with server.context.database.write() as connection:
        of_device = RECOVERY_SLOT.c.device_id == device_id
        change = RECOVERY_SLOT.update().where(of_device)
        connection.execute(change.values(sealed=sealed))


def test_permission_lets_one_colleague_set_a_pin_anew_and_ends_a_wait(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        new = a.vault.add_colleague("Maria", "mediator")
        a.vault.add_slot(new, OTHER_PIN)
        a.engine.round()
        device_id = a.vault.device_id
        with pytest.raises(GrantError):
            a.vault.set_pin_by_grant(new, NEW_PIN)
        for kind in (GrantKind.SET_PIN, GrantKind.REOPEN):
            recovery.grant_plain(server.context, kind, device_id, "Maria", HOUR_MS)
        for _ in range(3):
            with pytest.raises(WrongPinError):
                a.file._keyring.open(new, WRONG)
        with pytest.raises(WaitError):
            a.file._keyring.open(new, OTHER_PIN)
        a.engine.round(asked=True)
        assert a.file.wait_seconds(new) == 0
        a.vault.set_pin_by_grant(new, NEW_PIN)
        with pytest.raises(GrantError):
            a.vault.set_pin_by_grant(new, OTHER_PIN)
        a.engine.round(asked=True)
        assert recovery.grants_of(server.context, device_id).grants == ()
        assert a.file.unlock(new, NEW_PIN).is_open


def test_a_server_that_forgot_its_recovery_key_holds_no_round_up(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "a", server) as a,
    ):
        database = server.context.database
        recovery.use_key(database, recovery.public_of(PRIVATE))
        assert a.engine.round(asked=True).failure is None
        recovery.use_key(database, b"")
        assert a.engine.round(asked=True).failure is None
        assert a.vault.recovery_slot() is None
        recovery.use_key(database, recovery.public_of(PRIVATE))
        assert a.engine.round(asked=True).failure is None
        assert a.vault.recovery_slot() is not None
