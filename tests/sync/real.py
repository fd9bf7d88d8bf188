"""The real thing for tests: a server on a free port, and tablets with real vaults."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app.core.change import Change, RecordKey
from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.wire import Role
from app.storage.device_secret import FileDeviceSecret
from app.storage.enrolment import Enrolment
from app.storage.pin_cost import UnlockPolicy
from app.storage.sealing import PinCost
from app.storage.vault import Vault
from app.storage.vault_file import VaultFile
from app.sync.documents import DocumentSync
from app.sync.engine import SyncEngine
from app.sync.enrol import EnrolmentForm, enrol
from app.sync.erasures import ErasureSync
from app.sync.gateway import HttpGateway
from app.sync.identity import IdentitySync
from app.sync.people import PeopleSync
from app.sync.scheduler import SyncScheduler
from app.sync.steps import Steps
from sync_server.context import Context, Ports
from sync_server.main import create_app
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
from tests.support.processes import HOST

PIN = "739164"
NURSE = "Nurse Noor"
COORDINATOR = "Coordinator Carla"
PASSPHRASE = "four random words here"
_CODE_VALID_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class RealServer:
    """A running server, and what its administrator may do."""

    port: int
    context: Context
    site_id: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def code(self, name: str = "Tablet") -> str:
        """A fresh enrolment code."""
        return new_code(self.context, self.site_id, name, _CODE_VALID_MS)


def made_settings(folder: Path, database_url: str = "") -> tuple[Settings, str]:
    """Make a deployment with one site and two practitioners; return the site's id."""
    settings = Settings(data=folder, controller="Clinic", contact="dpo@example.org")
    update: dict[str, object] = {"retention_days": 365}
    settings = settings.model_copy(update={**update, "database_url": database_url})
    ports = Ports()
    database = open_database(settings)
    initialise(settings, ports, database, DeploymentValues(name="Harbour clinic"))
    site_id = add_site(ports, database, "Harbour", "Europe/Athens")
    nurse = NewPractitioner(NURSE, Role.NURSE)
    coordinator = NewPractitioner(COORDINATOR, Role.COORDINATOR, PASSPHRASE)
    for new in (nurse, coordinator):
        add_practitioner(ports, database, new)
    database.close()
    return settings, site_id


@contextmanager
def serving(settings: Settings, port: int = 0) -> Iterator[int]:
    """Serve in a thread until the end; yield the port."""
    app = create_app(settings)
    config = uvicorn.Config(app, HOST, port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def real_server(folder: Path) -> Iterator[RealServer]:
    """A new deployment on SQLite, served."""
    settings, site_id = made_settings(folder)
    database = open_database(settings)
    context = open_context(settings, Ports(), database)
    try:
        with serving(settings) as port:
            yield RealServer(port, context, site_id)
    finally:
        database.close()


@dataclass(slots=True)
class RealTablet:
    """An unlocked tablet: its vault, its way to the server, its rounds."""

    file: VaultFile
    vault: Vault
    gateway: HttpGateway
    engine: SyncEngine
    scheduler: SyncScheduler

    def save(self, key: RecordKey, **fields: str) -> str:
        """Save one record durably and wake sync, as a screen does."""
        change = Change()
        change.set(key, fields)
        saved = self.vault.commit(change)
        self.scheduler.wake()
        return saved.operation_ids[0]

    def shown(self, record_id: str, name: str) -> list[object]:
        """The values of a field that stand beside each other here."""
        document = self.vault.document(record_id)
        return [] if document is None else [w.value for w in document.writes(name)]


def open_file(folder: Path) -> VaultFile:
    """A tablet's vault, made where there is none."""
    folder.mkdir(exist_ok=True)
    secret = FileDeviceSecret(folder / "device.key")
    quick = UnlockPolicy(PinCost(memory_kib=64, iterations=1))
    return VaultFile(folder, secret, system_wall_ms, RandomIds(), quick)


def enrolled(file: VaultFile, url: str, code: str) -> Enrolment:
    """Enrol a tablet over HTTP."""
    form = EnrolmentForm(url, code, "Tablet", "0.1.0")
    gateways: list[HttpGateway] = []

    def open_gateway(address: str) -> HttpGateway:
        gateways.append(HttpGateway(address))
        return gateways[-1]

    try:
        return enrol(form, file, open_gateway)
    finally:
        for gateway in gateways:
            gateway.close()


def engine_of(gateway: HttpGateway, vault: Vault) -> SyncEngine:
    """Rounds as the app makes them, with every step."""
    people = PeopleSync(gateway.channel, vault)
    identity = IdentitySync(gateway.channel, vault)
    documents = DocumentSync(gateway.channel, vault, is_ahead=True)
    erasures = ErasureSync(gateway.channel, vault)
    steps = Steps(identity, documents, erasures, is_ahead=True)
    return SyncEngine(gateway, vault, system_wall_ms, people, steps)


@contextmanager
def real_tablet(
    folder: Path, server: RealServer, url: str = ""
) -> Iterator[RealTablet]:
    """An enrolled, unlocked tablet; `url` is where it reaches the server later."""
    file = open_file(folder)
    try:
        enrolment = enrolled(file, server.url, server.code())
        nurse = next(
            who.practitioner_id
            for who in enrolment.setup.practitioners
            if who.name == NURSE
        )
        vault = file.choose_pin(nurse, PIN)
        gateway = HttpGateway(url or server.url, enrolment.token)
        engine = engine_of(gateway, vault)
        scheduler = SyncScheduler(random.Random(1))
        try:
            yield RealTablet(file, vault, gateway, engine, scheduler)
        finally:
            scheduler.detach()
            gateway.close()
    finally:
        file.close()
