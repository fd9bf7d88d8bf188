"""A server, then a tablet, that comes back from a backup: real files, real vaults."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.core.change import RecordKey
from app.core.clock import system_wall_ms
from app.storage.vault import Vault
from app.sync.engine import SyncEngine
from app.sync.gateway import HttpGateway
from sync_server.context import Ports
from sync_server.opening import open_context, open_database
from sync_server.services.administration import begin_epoch
from sync_server.settings import Settings
from sync_server.tables import OPERATION
from tests.support.processes import free_port
from tests.sync.real import (
    NURSE,
    PIN,
    RealServer,
    made_settings,
    open_file,
    real_tablet,
    serving,
)

PATIENT = RecordKey("Patient", "patient-1", "patient-1")


@contextmanager
def served(settings: Settings, site_id: str, port: int) -> Iterator[RealServer]:
    """Serve a deployment until the end; its files are closed then."""
    database = open_database(settings)
    context = open_context(settings, Ports(), database)
    try:
        with serving(settings, port):
            yield RealServer(port, context, site_id)
    finally:
        database.close()


def logged(server: RealServer) -> int:
    """How many operations the server's log holds."""
    with server.context.database.read() as connection:
        query = select(func.count()).select_from(OPERATION)
        return connection.scalar(query) or 0


def test_a_server_restored_from_a_backup_gets_again_what_it_lost(
    tmp_path: Path,
) -> None:
    folder, backup, port = tmp_path / "server", tmp_path / "backup", free_port()
    settings, site_id = made_settings(folder)
    with (
        served(settings, site_id, port) as first,
        real_tablet(tmp_path / "a", first) as a,
        real_tablet(tmp_path / "b", first) as b,
    ):
        a.save(PATIENT, sex="unknown")
        assert a.engine.round().accepted == 1
        shutil.copytree(folder, backup)
        a.save(PATIENT, sex="female")
        b.save(PATIENT, language="ar")
        assert all(tablet.engine.round().accepted == 1 for tablet in (a, b))
        assert logged(first) == 3
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    database = open_database(settings)
    begin_epoch(Ports(), database)
    database.close()
    with served(settings, site_id, port) as again:
        assert logged(again) == 1
        for name in ("a", "b"):
            with unlocked(tmp_path / name) as (vault, engine):
                report = engine.round()
                assert report.failure is None
                assert (report.accepted, report.duplicates) == (1, 0)
                assert vault.counts().operations == 0
        assert logged(again) == 3


@contextmanager
def unlocked(folder: Path) -> Iterator[tuple[Vault, SyncEngine]]:
    """Unlock a tablet that was set up before, after a restart."""
    file = open_file(folder)
    try:
        (nurse,) = [
            entry.practitioner.practitioner_id
            for entry in file.practitioners()
            if entry.practitioner.name == NURSE
        ]
        connection = file.connection
        assert connection is not None
        gateway = HttpGateway(connection.server_url, connection.token)
        if file.has_slots:
            vault = file.unlock(nurse, PIN)
        else:
            vault = file.choose_pin(nurse, PIN)
        try:
            yield vault, SyncEngine(gateway, vault, system_wall_ms)
        finally:
            gateway.close()
    finally:
        file.close()
