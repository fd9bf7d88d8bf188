"""A deployment of the sync benchmark: a served process and tablets, made once.

What is made is kept in a folder while nothing runs; each round works on a copy of it,
so that every round begins with the same records unsent.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.wire import Role
from app.storage import FileDeviceSecret, PinCost, UnlockPolicy, Vault, VaultFile
from app.sync.enrol import EnrolmentForm, enrol
from app.sync.gateway import HttpGateway
from sync_server.context import Context, Ports
from sync_server.opening import open_context, open_database
from sync_server.services.administration import (
    DeploymentValues,
    NewPractitioner,
    add_practitioner,
    add_site,
    initialise,
)
from sync_server.services.enrolment import new_code
from sync_server.settings import Settings
from tests.support.processes import HOST, answers, free_port, running

PIN = "739164"
_QUICK = PinCost(memory_kib=64, iterations=1)
_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Deployment:
    """A server's folder and its database; on SQLite the one lies in the other."""

    folder: Path
    database_url: str = ""

    @cached_property
    def settings(self) -> Settings:
        """The server's settings."""
        return Settings(
            data=self.folder,
            database_url=self.database_url,
            controller="Clinic",
            contact="dpo@example.org",
            retention_days=365,
        )

    def make(self) -> tuple[str, str]:
        """Make the deployment; return the ids of its site and its nurse."""
        ports, database = Ports(), open_database(self.settings)
        initialise(self.settings, ports, database, DeploymentValues(name="Harbour"))
        site_id = add_site(ports, database, "Harbour", "Europe/Athens")
        nurse = NewPractitioner("Nurse Noor", Role.NURSE)
        nurse_id = add_practitioner(ports, database, nurse)
        database.close()
        return site_id, nurse_id

    @contextmanager
    def context(self) -> Iterator[Context]:
        """What an administrator works with, in this process."""
        database = open_database(self.settings)
        try:
            yield open_context(self.settings, Ports(), database)
        finally:
            database.close()

    def code(self, site_id: str) -> str:
        """Return a fresh enrolment code."""
        with self.context() as context:
            return new_code(context, site_id, "Tablet", _HOUR_MS)

    @contextmanager
    def served(self, host: str = HOST) -> Iterator[str]:
        """Serve in a process of its own, with one worker; yield the address."""
        port = free_port()
        environ = {
            "TESSERA_DATA": str(self.folder),
            "DATABASE_URL": self.database_url,
            "TESSERA_CONTROLLER": "Clinic",
            "TESSERA_CONTACT": "dpo@example.org",
            "TESSERA_RETENTION_DAYS": "365",
        }
        command = [sys.executable, "-m", "sync_server", "serve"]
        command += ["--host", host, "--port", str(port)]
        url = f"http://{host}:{port}"
        log = self.folder.with_name(f"{self.folder.name}.log")
        is_ready = answers(f"{url}/health")
        with running(command, log=log, is_ready=is_ready, environ=environ):
            yield url


@dataclass(frozen=True)
class TabletFolder:
    """Where a tablet's vault and secret lie."""

    folder: Path

    def file(self) -> VaultFile:
        """Open it, locked; a PIN costs Argon2id's least."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = FileDeviceSecret(self.folder / "device.key")
        policy = UnlockPolicy(_QUICK)
        vault = self.folder / "vault"
        return VaultFile(vault, secret, system_wall_ms, RandomIds(), policy)

    def enrol(self, url: str, code: str) -> str:
        """Enrol it, and return the token."""
        file = self.file()
        gateways: list[HttpGateway] = []

        def open_gateway(address: str) -> HttpGateway:
            gateways.append(HttpGateway(address))
            return gateways[-1]

        try:
            form = EnrolmentForm(url, code, "Tablet", "0.1.0")
            return enrol(form, file, open_gateway).token
        finally:
            file.close()
            for gateway in gateways:
                gateway.close()

    @contextmanager
    def unlocked(self, practitioner_id: str) -> Iterator[Vault]:
        """Unlock it, and wait until what runs after an unlock is done."""
        file = self.file()
        try:
            if file.has_slots:
                vault = file.unlock(practitioner_id, PIN)
            else:
                vault = file.choose_pin(practitioner_id, PIN)
            vault.verify()
            yield vault
        finally:
            file.close()


def copied(source: Path, target: Path) -> Path:
    """Copy a folder, and let the disk come to rest."""
    shutil.copytree(source, target)
    os.sync()
    return target
