"""A revoked tablet gives away what only it has, and is then empty for good."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.storage import FileDeviceSecret, wipe
from app.sync.failures import SyncFailure
from app.sync.hand_over import hand_over, report_of
from sync_server.services import administration, contacts
from sync_server.tables import OPERATION, SET_ASIDE
from tests.sync.real import RealServer, real_server, real_tablet
from tests.sync.real import open_file as open_vault_file

ANNA = RecordKey("Patient", "anna", "anna")
BASIM = RecordKey("Patient", "basim", "basim")


def revoke(server: RealServer, device_id: str) -> None:
    context = server.context
    administration.revoke_device(context.ports, context.database, device_id)


def count(server: RealServer, device_id: str) -> tuple[int, int]:
    """Return how many operations of a device were accepted, and how many not."""
    with server.context.database.read() as connection:
        found = [
            connection.scalar(
                select(func.count())
                .select_from(table)
                .where(table.c.device_id == device_id)
            )
            for table in (OPERATION, SET_ASIDE)
        ]
    return found[0] or 0, found[1] or 0


def test_what_was_written_before_arrives_and_the_rest_is_kept_aside(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "tablet", server) as tablet,
    ):
        device_id = tablet.vault.device_id
        tablet.save(ANNA, note="before")
        revoke(server, device_id)
        tablet.save(BASIM, note="after")
        report = tablet.engine.round()
        assert report.failure is ProblemCode.DEVICE_REVOKED
        hand_over(tablet.gateway, tablet.vault)
        assert tablet.vault.pending() is None
        accepted, aside = count(server, device_id)
        assert (accepted >= 1, aside) == (True, 1)
        hand_over(tablet.gateway, tablet.vault)
        assert count(server, device_id) == (accepted, aside)
        with server.context.database.read() as connection:
            (state,) = contacts.states(connection).devices
        assert state.revoked_at is not None
        assert state.handed_over_at is not None


def test_a_tablet_that_is_not_revoked_is_not_told_that_it_is_done(
    tmp_path: Path,
) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "tablet", server) as tablet,
    ):
        tablet.save(ANNA, note="here")
        with pytest.raises(SyncFailure, match="forbidden"):
            hand_over(tablet.gateway, tablet.vault)


def test_a_tablet_says_how_it_is_and_the_server_keeps_it(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(tmp_path / "tablet", server) as tablet,
    ):
        tablet.gateway.channel.reporter = lambda: report_of(
            tablet.vault, lambda: server.context.ports.wall() + 3_600_000
        )
        assert tablet.engine.round().succeeded
        tablet.save(ANNA, note="unsent")
        tablet.gateway.setup()
        with server.context.database.read() as connection:
            (state,) = contacts.states(connection).devices
        assert (state.unsent, state.version) == (1, "0.1.0")
        assert state.oldest_unsent_at is not None
        assert state.clock_ahead_ms is not None
        assert 3_500_000 < state.clock_ahead_ms < 3_700_000


def emptied(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"vault.lock"}


def test_an_emptied_tablet_holds_no_key_and_no_record_and_begins_anew(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "tablet"
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(folder, server) as tablet,
    ):
        tablet.save(ANNA, note="nothing must stay")
        before = tablet.file.identity.device_id
        tablet.file.close()
        secret = FileDeviceSecret(folder / "device.key")
        wipe(folder, secret)
        assert emptied(folder) == set()
        assert secret.load() is None
        fresh = open_vault_file(folder)
        assert not fresh.enrolled
        assert fresh.identity.device_id != before
        fresh.close()


class Cut(Exception):
    """The program ended here."""


class CutSecret(FileDeviceSecret):
    """Forgets, and then the program ends."""

    def forget(self) -> None:
        super().forget()
        raise Cut


def test_emptying_that_was_cut_off_goes_on_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "tablet"
    with (
        real_server(tmp_path / "server") as server,
        real_tablet(folder, server) as tablet,
    ):
        tablet.save(ANNA, note="nothing must stay")
        tablet.file.close()
        with pytest.raises(Cut):
            wipe(folder, CutSecret(folder / "device.key"))
        assert (folder / "vault.db").exists()
        fresh = open_vault_file(folder)
        assert not fresh.enrolled
        assert fresh.practitioners() == ()
        fresh.close()
    assert "wiping" not in emptied(folder)
