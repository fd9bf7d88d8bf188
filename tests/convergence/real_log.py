"""The server of a simulated world, real: ingest, feed and chains on a SQLite file.

Its power may go at any statement: the database is then opened anew from what is on
the disk.
"""

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select, update

from app.core.chain import GENESIS
from app.core.clock import WallClock
from app.core.document_pack import unpack
from app.core.merge import Document
from app.core.operation import EncodedOperation, Operation, decode_operation
from app.core.wire import (
    ChainStatus,
    PullResponse,
    PushRequest,
    PushResponse,
    Role,
    Setup,
)
from app.sync.failures import ProblemDetails, Refused
from sync_server import secret_file
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.opening import open_database
from sync_server.problems import ProblemError
from sync_server.services import administration, device_chain, feed, ingest, parcels
from sync_server.services.administration import DeploymentValues, NewPractitioner
from sync_server.services.scope import Scope
from sync_server.services.setup import epoch_of
from sync_server.settings import DATABASE_NAME, Settings
from sync_server.tables import (
    DEPLOYMENT,
    DEVICE,
    DOCUMENT,
    OPERATION,
    PRACTITIONER,
    SITE,
)
from tests.convergence.faults import Crashed
from tests.convergence.people import NURSE, setup_for
from tests.convergence.people import SITE as SITE_ID
from tests.support.operations import SequentialIds


class RealLog:
    """What tablets push to and pull from, and what happens to its database."""

    schema = 1

    def __init__(self, wall: WallClock, folder: Path) -> None:
        shutil.copytree(_deployment(), folder)
        self._settings = Settings(data=folder, database_url="")
        self._ports = Ports(wall, SequentialIds("server"))
        self._secrets = secret_file.load(folder)
        self._plug = 0
        self._keys: dict[str, bytes] = {}
        self._backups = 0
        self._hired = {NURSE}
        self._open()

    @property
    def epoch(self) -> str:
        with self._database.read() as connection:
            return epoch_of(connection)

    @property
    def sealing_key(self) -> bytes:
        """To which tablets seal what is carried by stick."""
        return self._secrets.sealing_public_key

    def enrol(self, device_id: str, public_key: bytes) -> None:
        """Let a device in."""
        self._keys[device_id] = public_key
        with self._database.write() as connection:
            connection.execute(insert(DEVICE).values(_device(device_id, public_key)))

    def setup(self) -> Setup:
        return setup_for(self.sealing_key)

    def hire(self, practitioner_id: str) -> None:
        """Come to know somebody."""
        self._hired.add(practitioner_id)
        self._know_them()

    def backup(self) -> Path:
        """A copy of the database's file."""
        self._database.close()
        self._backups += 1
        copy = self._settings.data / f"backup-{self._backups}"
        shutil.copy(self._settings.data / DATABASE_NAME, copy)
        return copy

    def restore(self, backup: object, epoch: str) -> None:
        """Put a copy in the file's place; who was hired since is hired again."""
        assert isinstance(backup, Path)
        self._database.close()
        shutil.copy(backup, self._settings.data / DATABASE_NAME)
        with self._database.write() as connection:
            connection.execute(update(DEPLOYMENT).values(epoch=epoch))
        self._know_them()

    def pull_plug_at(self, statement: int) -> None:
        self._plug = statement

    def plug_in(self) -> None:
        self._plug = 0

    def restart(self) -> None:
        self._plug = 0
        self._database.close()
        self._open()

    def push(self, batch: PushRequest) -> PushResponse:
        try:
            return ingest.ingest(self._context, self._keys[batch.device_id], batch)
        except ProblemError as error:
            raise _refused(error) from error

    def take_in(self, parcel: object) -> None:
        """Take a stick's batches, by the same door as a push."""
        if isinstance(parcel, tuple):  # A model's, which seals nothing.
            for batch in parcel:
                self.push(batch)
            return
        assert isinstance(parcel, bytes)
        try:
            parcels.take_in(self._context, parcel)
        except ProblemError as error:
            raise _refused(error) from error

    def pull(self, cursor: str, limit: int) -> PullResponse:
        try:
            with self._database.read() as connection:
                return feed.pull(
                    self._context, connection, Scope(SITE_ID), cursor, limit
                )
        except ProblemError as error:
            raise _refused(error) from error

    def chain(self, device_id: str) -> ChainStatus:
        with self._database.read() as connection:
            head = device_chain.chain_head(connection, device_id)
            refused = device_chain.set_aside(connection, device_id)
        return ChainStatus(
            device_id=device_id,
            acknowledged=head.number,
            digest=head.digest.hex(),
            set_aside=refused,
        )

    def logged(self) -> frozenset[str]:
        """Ids of what was accepted."""
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(OPERATION.c.operation_id)))

    def operations(self) -> Mapping[str, tuple[Operation, int | None]]:
        """What was accepted, each with its clamp; an id twice is an error."""
        found: dict[str, tuple[Operation, int | None]] = {}
        with self._database.read() as connection:
            for row in connection.execute(select(OPERATION)):
                encoded = EncodedOperation(row.header, row.salt, row.content)
                operation = decode_operation(encoded)
                assert operation.header.operation_id not in found
                found[operation.header.operation_id] = operation, row.clamp_ms
        return found

    def all_documents(self) -> Mapping[str, Document]:
        with self._database.read() as connection:
            found = connection.execute(select(DOCUMENT.c.record_id, DOCUMENT.c.body))
            return {r.record_id: unpack(r.body.encode()) for r in found}

    def close(self) -> None:
        self._database.close()

    def _open(self) -> None:
        self._database = Database(self._settings.url, self._settings.threads)
        event.listen(self._database.engine, "before_cursor_execute", self._stop)
        self._context = Context(
            self._settings, self._database, self._secrets, self._ports
        )

    def _stop(self, *_arguments: Any) -> None:
        """The power goes just before a statement."""
        if self._plug:
            self._plug -= 1
            if not self._plug:
                raise Crashed

    def _know_them(self) -> None:
        known = select(PRACTITIONER.c.practitioner_id)
        with self._database.read() as connection:
            missing = self._hired - {*connection.scalars(known)}
        for who in sorted(missing):
            new = NewPractitioner(who, Role.NURSE, practitioner_id=who)
            administration.add_practitioner(self._ports, self._database, new)


@cache
def _deployment() -> Path:
    """A folder with an empty deployment, made once in a process."""
    _TEMPLATES.append(tempfile.TemporaryDirectory(prefix="tessera-server-"))
    folder = Path(_TEMPLATES[-1].name)
    settings = Settings(data=folder, database_url="")
    ports = Ports(lambda: 0, SequentialIds("deployment"))
    database = open_database(settings)
    values = DeploymentValues("World", "Nobody", "nobody@example.org", 1)
    administration.initialise(settings, ports, database, values)
    with database.write() as connection:
        site = {"site_id": SITE_ID, "name": "Site", "zone": "UTC", "plan": "{}"}
        connection.execute(insert(SITE).values(site))
    nurse = NewPractitioner(NURSE, Role.NURSE, practitioner_id=NURSE)
    administration.add_practitioner(ports, database, nurse)
    database.close()
    return folder


_TEMPLATES: list[tempfile.TemporaryDirectory[str]] = []


def _device(device_id: str, public_key: bytes) -> dict[str, object]:
    return {
        "device_id": device_id,
        "name": device_id,
        "site_id": SITE_ID,
        "public_key": public_key,
        "token_hash": device_id.encode(),
        "version": "test",
        "enrolled_at": 0,
        "revoked_at": None,
        "acknowledged": 0,
        "head_digest": GENESIS,
    }


def _refused(error: ProblemError) -> Refused:
    return Refused(error.code, ProblemDetails(409, None, error.expected))
