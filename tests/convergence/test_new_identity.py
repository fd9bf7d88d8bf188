"""A copied tablet, and one whose server forgot it: real files, vaults and servers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.change import Change, RecordKey
from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.problems import ProblemCode
from app.storage.vault import Vault
from app.sync.engine import SyncEngine
from app.sync.failures import Refused
from app.sync.gateway import HttpGateway
from app.sync.identity import IdentitySync
from app.sync.people import PeopleSync
from app.sync.steps import Steps
from sync_server.context import Ports
from sync_server.opening import open_database
from sync_server.services.administration import begin_epoch
from tests.convergence.test_restore import logged, served
from tests.support.processes import free_port
from tests.sync.real import (
    NURSE,
    PIN,
    RealServer,
    enrolled,
    made_settings,
    open_file,
    real_server,
)

PATIENT = RecordKey("Patient", "patient-1", "patient-1")


@dataclass(frozen=True, slots=True)
class Opened:
    """An unlocked tablet whose rounds may take a new identity."""

    vault: Vault
    engine: SyncEngine
    identity: IdentitySync

    def save(self, sex: str) -> None:
        """Save a value that replaces what is shown here."""
        change = Change()
        change.set(PATIENT, {"sex": sex})
        self.vault.commit(change)

    @property
    def sexes(self) -> list[object]:
        """The values that stand beside each other."""
        document = self.vault.document("patient-1")
        return [] if document is None else [w.value for w in document.writes("sex")]


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """Unlock a tablet after a restart; the first time its nurse chooses a PIN."""
    file = open_file(folder)
    try:
        people = [each.practitioner for each in file.practitioners()]
        (nurse,) = [p.practitioner_id for p in people if p.name == NURSE]
        connection = file.connection
        assert connection is not None
        opens = file.unlock if file.has_slots else file.choose_pin
        vault = opens(nurse, PIN)
        gateway = HttpGateway(connection.server_url, connection.token)
        identity = IdentitySync(gateway.channel, vault)
        try:
            people_sync = PeopleSync(gateway.channel, vault)
            engine = SyncEngine(
                gateway, vault, system_wall_ms, people_sync, Steps(identity)
            )
            yield Opened(vault, engine, identity)
        finally:
            gateway.close()
    finally:
        file.close()


def new_tablet(folder: Path, server: RealServer) -> Path:
    """Enrol a tablet that nobody has unlocked yet."""
    file = open_file(folder)
    enrolled(file, server.url, server.code())
    file.close()
    return folder


def test_two_copies_of_a_tablet_go_on_as_two_and_nothing_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        original, copy = new_tablet(tmp_path / "one", server), tmp_path / "two"
        with opened(original) as one:
            one.save("unknown")
            assert one.engine.round().accepted == 1
        shutil.copytree(original, copy)
        with opened(original) as one:
            one.save("female")
            assert one.engine.round().accepted == 1
        with opened(copy) as two:
            before = two.vault.device_id
            two.save("male")
            report = two.engine.round(asked=True)
            assert (report.failure, report.is_another) == (None, True)
            assert (report.accepted, report.duplicates) == (1, 1)
            assert two.vault.device_id != before
            assert two.vault.counts().records == 0
            assert two.sexes == ["female", "male"]
            assert two.engine.round().is_another is False
        with opened(original) as one:
            report = one.engine.round()
            assert (report.failure, report.is_another) == (None, False)
            assert one.sexes == ["female", "male"]
        assert logged(server) == 3
        # Each goes on under a name of its own, after a restart too.
        for folder, sex in ((original, "other"), (copy, "unknown")):
            with opened(folder) as each:
                each.save(sex)
                assert each.engine.round().accepted == 1
        assert logged(server) == 5


def test_a_copy_with_nothing_new_finds_out_when_it_renews_its_setup(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        folder, older = new_tablet(tmp_path / "one", server), tmp_path / "older"
        with opened(folder) as one:
            one.save("unknown")
            one.engine.round()
        shutil.copytree(folder, older)
        with opened(folder) as one:
            one.save("female")
            one.engine.round()
        shutil.rmtree(folder)
        shutil.copytree(older, folder)  # The same tablet, fallen back.
        with opened(folder) as one:
            # Its chain ends before the server's. What it had sent comes in the feed.
            report = one.engine.round()
            assert (report.failure, report.is_another) == (None, True)
            assert (report.accepted, report.duplicates) == (0, 1)
            assert one.sexes == ["female"]
            one.save("male")
            report = one.engine.round(asked=True)
            assert (report.failure, report.is_another) == (None, False)
            assert one.sexes == ["male"]
        assert logged(server) == 3


def test_a_tablet_that_its_server_forgot_goes_on_with_a_new_code(
    tmp_path: Path,
) -> None:
    folder, backup, port = tmp_path / "server", tmp_path / "backup", free_port()
    settings, site_id = made_settings(folder)
    shutil.copytree(folder, backup)
    with served(settings, site_id, port) as first:
        tablet = new_tablet(tmp_path / "tablet", first)
        with opened(tablet) as one:
            one.save("female")
            assert one.engine.round().accepted == 1
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    database = open_database(settings)
    begin_epoch(Ports(), database)
    database.close()
    with served(settings, site_id, port) as again, opened(tablet) as one:
        one.save("male")
        assert one.engine.round().failure is ProblemCode.UNKNOWN_DEVICE
        before = one.vault.device_id
        one.identity.offer_code(RandomIds().card_code())
        wrong = one.engine.round(asked=True).failure
        assert wrong is ProblemCode.ENROLMENT_CODE_WRONG
        one.identity.offer_code(again.code())
        report = one.engine.round(asked=True)
        assert (report.failure, report.is_another, report.accepted) == (None, True, 2)
        assert one.vault.device_id != before
        assert one.vault.counts().records == 0
        assert logged(again) == 2


def test_a_mistyped_code_is_not_sent(tmp_path: Path) -> None:
    with (
        real_server(tmp_path / "server") as server,
        opened(new_tablet(tmp_path / "one", server)) as one,
    ):
        with pytest.raises(Refused, match="enrolment-code-wrong"):
            one.identity.offer_code("7H3K")
        assert one.engine.round().is_another is False


def test_another_deployments_code_changes_nothing(tmp_path: Path) -> None:
    settings, site_id = made_settings(tmp_path / "other")
    with real_server(tmp_path / "server") as server:
        tablet = new_tablet(tmp_path / "one", server)
        with opened(tablet) as one:
            one.save("female")
            assert one.engine.round().accepted == 1
    shutil.rmtree(tmp_path / "server")
    with served(settings, site_id, server.port) as other, opened(tablet) as one:
        before = one.vault.device_id
        one.identity.offer_code(other.code())
        assert one.engine.round().failure is ProblemCode.OTHER_DEPLOYMENT
        assert one.vault.device_id == before
        assert one.vault.counts().records == 0
        assert logged(other) == 0
