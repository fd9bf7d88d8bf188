"""A whole deployment for a test: database, people, and a served application."""

import hashlib
import os
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import delete
from sqlmodel import SQLModel

from app.core.change import Authorship
from app.core.wire import EnrolRequest, EnrolResponse, PushRequest, PushResponse, Role
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.main import create_app
from sync_server.opening import open_context, open_database
from sync_server.services import administration, enrolment, ingest
from sync_server.services.administration import DeploymentValues, NewPractitioner
from sync_server.services.setup import epoch_of
from sync_server.settings import DATABASE_NAME, Settings
from tests.support.operations import SequentialIds, SettableWall, WritingDevice
from tests.support.processes import HOST

PASSPHRASE = "correct horse battery"
HOUR_MS = 60 * 60 * 1000


@dataclass
class RepeatingBytes:
    """Random bytes that repeat from run to run."""

    count: int = 0

    def __call__(self, size: int) -> bytes:
        """Return the next bytes."""
        self.count += 1
        return hashlib.shake_256(f"bytes {self.count}".encode()).digest(size)


@dataclass
class TestDeployment:
    """One site, one nurse, one coordinator; time stands still."""

    __test__ = False

    context: Context
    wall: SettableWall
    site_id: str
    nurse_id: str
    coordinator_id: str
    settings: Settings
    devices: list[WritingDevice] = field(default_factory=list)

    def give_passphrase(self) -> None:
        """Let the coordinator sign in; a test that does not need it saves a hash."""
        administration.set_passphrase(self.context.database, "Clara", PASSPHRASE)

    @property
    def epoch(self) -> str:
        """The epoch that stands in the database."""
        with self.context.database.read() as connection:
            return epoch_of(connection)

    @property
    def author(self) -> Authorship:
        """The nurse at the site."""
        return Authorship(self.nurse_id, self.site_id)

    def code(self) -> str:
        """Return a fresh enrolment code for the site."""
        return enrolment.new_code(self.context, self.site_id, "Tablet", HOUR_MS)

    def device(self, device_id: str) -> WritingDevice:
        """Return an enrolled device that writes as the nurse."""
        device = WritingDevice(device_id, self.author, self.wall)
        self.enrol(device)
        self.devices.append(device)
        return device

    def enrol(self, device: WritingDevice, code: str | None = None) -> EnrolResponse:
        """Enrol a device and return what it keeps."""
        request = enrol_request(device, code or self.code())
        return enrolment.enrol(self.context, request, "127.0.0.1")

    def push(self, device: WritingDevice) -> PushResponse:
        """Push what a device has pending."""
        return self.take(device, device.batch())

    def take(self, device: WritingDevice, batch: PushRequest) -> PushResponse:
        """Take a batch of a device in."""
        return ingest.ingest(self.context, device.public_key, batch)


def enrol_request(device: WritingDevice, code: str) -> EnrolRequest:
    """Return what a device sends to enrol."""
    return EnrolRequest(
        code=code,
        device_id=device.device_id,
        public_key=device.public_key,
        name=device.device_id,
        version="0.1.0",
    )


@contextmanager
def deployed(folder: Path, database_url: str = "") -> Iterator[TestDeployment]:
    """Make a deployment in a folder, on SQLite there or on a given database."""
    wall = SettableWall()
    ports = Ports(wall, SequentialIds("server"), RepeatingBytes())
    settings = Settings(data=folder, database_url=database_url, threads=8)
    if not database_url:
        _lay_template(folder / DATABASE_NAME)
    database = open_database(settings)
    if database_url:
        _empty(database)
    values = DeploymentValues(
        "Test", "Test controller", "privacy@example.org", retention_days=365
    )
    administration.initialise(settings, ports, database, values)
    site_id = administration.add_site(ports, database, "Port", "Europe/Athens")
    nurse_id, coordinator_id = (
        administration.add_practitioner(ports, database, NewPractitioner(name, role))
        for name, role in (("Nadia", Role.NURSE), ("Clara", Role.COORDINATOR))
    )
    context = open_context(settings, ports, database)
    try:
        yield TestDeployment(context, wall, site_id, nurse_id, coordinator_id, settings)
    finally:
        database.close()


@cache
def _template() -> bytes:
    """An empty SQLite database of this version: migrations take a while."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url="")
        open_database(settings).close()
        (file,) = Path(folder).iterdir()
        return file.read_bytes()


def _lay_template(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as new:
        new.write(_template())


@cache
def no_tls() -> ssl.SSLContext:
    """A context for clients of plain http: to load authorities takes a while."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _empty(database: Database) -> None:
    """Forget what an earlier test wrote: a new database each time costs seconds."""
    tables = reversed(SQLModel.metadata.sorted_tables)
    with database.write() as connection:
        for table in tables:
            connection.execute(delete(table))


@contextmanager
def served(deployment: TestDeployment) -> Iterator[httpx.Client]:
    """Serve a deployment over real HTTP; yields a client with its address."""
    app = create_app(deployment.settings, deployment.context.ports)
    with served_app(app) as client:
        yield client


@contextmanager
def served_app(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve an application on a port of its own; yields a client with its address."""
    config = uvicorn.Config(
        app, HOST, 0, log_config=None, access_log=False, lifespan="on", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://{HOST}:{port}"
        with httpx.Client(
            base_url=url, trust_env=False, timeout=30, verify=no_tls()
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise AssertionError("the server did not start")
        time.sleep(0.01)
