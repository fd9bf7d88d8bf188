"""The server of a simulated world, real: ingest, feed and chains on a SQLite file.

Its power may go at any statement: the database is then opened anew from what is on
the disk.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select, update

from app.core.chain import GENESIS
from app.core.clock import WallClock
from app.core.document_pack import unpack
from app.core.erasure_wire import ErasedPage
from app.core.identity_wire import NewIdentity
from app.core.merge import Document
from app.core.operation import EncodedOperation, Operation, decode_operation
from app.core.page_wire import DocumentPage
from app.core.scope_wire import UnitChecks, WholePatients
from app.core.wire import (
    ChainStatus,
    EnrolResponse,
    PullResponse,
    PushRequest,
    PushResponse,
    Role,
    Setup,
)
from app.sync.failures import ProblemDetails, Refused
from sync_server import secret_file
from sync_server.caller import Device
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.opening import open_database
from sync_server.problems import ProblemError
from sync_server.services import (
    administration,
    checks,
    device_chain,
    erasure,
    feed,
    identity,
    ingest,
    pages,
    parcels,
)
from sync_server.services.administration import DeploymentValues, NewPractitioner
from sync_server.services.erasure import Erasing
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
from tests.convergence.people import NURSE, SITES, setup_for
from tests.support.operations import SequentialIds

_BACK = (
    "SELECT patient_id FROM operation WHERE content IS NOT NULL "
    "AND patient_id IN (SELECT patient_id FROM erasure) "
    "UNION SELECT patient_id FROM document "
    "WHERE patient_id IN (SELECT patient_id FROM erasure)"
)


class RealLog:
    """What tablets push to and pull from, and what happens to its database."""

    schema = 1

    def __init__(self, wall: WallClock, folder: Path) -> None:
        shutil.copytree(_deployment(), folder)
        self._settings = Settings(data=folder, database_url="")
        self._ports = Ports(wall, SequentialIds("server"))
        self._secrets = secret_file.load(folder)
        self._plug = 0
        self._devices: dict[str, Device] = {}
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

    def enrol(self, device_id: str, public_key: bytes, site_id: str) -> None:
        """Let a device of a site in."""
        device = Device(device_id, site_id, public_key)
        self._devices[device_id] = device
        with self._database.write() as connection:
            connection.execute(insert(DEVICE).values(_device(device)))

    def renew(self, device_id: str, asked: NewIdentity) -> EnrolResponse:
        """Let a copied tablet go on as another device."""
        device = self._devices[device_id]
        with _refusing():
            answer = identity.renew(self._context, device, asked)
        renewed = replace(
            device, device_id=asked.device_id, public_key=asked.public_key
        )
        self._devices[asked.device_id] = renewed
        return answer.model_copy(update={"setup": self.setup(asked.device_id)})

    def setup(self, device_id: str) -> Setup:
        return self.setup_of(self._devices[device_id].site_id)

    def setup_of(self, site_id: str) -> Setup:
        """What a site's tablets are told."""
        return setup_for(self.sealing_key, self.deployment_id, site_id)

    @property
    def deployment_id(self) -> str:
        """Which deployment this is."""
        with self._database.read() as connection:
            return str(connection.scalar(select(DEPLOYMENT.c.deployment_id)))

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
        erasure.replay(self._context)
        self._know_them()

    def pull_plug_at(self, statement: int) -> None:
        self._plug = statement

    def plug_in(self) -> None:
        self._plug = 0

    def restart(self) -> None:
        self._plug = 0
        self._database.close()
        self._open()
        erasure.replay(self._context)

    def push(self, batch: PushRequest) -> PushResponse:
        key = self._devices[batch.device_id].public_key
        with _refusing():
            return ingest.ingest(self._context, key, batch)

    def take_in(self, parcel: object) -> None:
        """Take a stick's batches, by the same door as a push."""
        if isinstance(parcel, tuple):  # A model's, which seals nothing.
            for batch in parcel:
                self.push(batch)
            return
        assert isinstance(parcel, bytes)
        with _refusing():
            parcels.take_in(self._context, parcel)

    def pull_as(self, device_id: str, cursor: str, limit: int) -> PullResponse:
        with _refusing(), self._database.read() as connection:
            scope = self._scope(device_id)
            return feed.pull(self._context, connection, scope, cursor, limit)

    def documents_page(self, device_id: str, cursor: str, limit: int) -> DocumentPage:
        device = self._devices[device_id]
        with _refusing(), self._database.read() as connection:
            return pages.page(self._context, connection, device, cursor, limit)

    def whole(self, device_id: str, patients: Sequence[str]) -> WholePatients:
        device = self._devices[device_id]
        with _refusing(), self._database.read() as connection:
            return pages.whole(self._context, connection, device, patients)

    def erasures(self, after: str) -> ErasedPage:
        with self._database.read() as connection:
            return erasure.page_after(connection, after)

    def checks(self, device_id: str) -> UnitChecks:
        with self._database.read() as connection:
            return checks.each_of(connection, self._scope(device_id))

    def erase(self, patient_id: str) -> None:
        """Erase somebody, of whom nothing needs to have arrived yet."""
        wanted = Erasing(patient_id, "person-asked", even_unknown=True)
        erasure.erase(self._context, wanted)

    def erased(self) -> frozenset[str]:
        """Whom the server keeps out; it holds nothing of them."""
        back = self._ids(_BACK)
        assert not back, f"erased, and back: {back}"
        return self._ids("SELECT patient_id FROM erasure")

    def members(self, device_id: str) -> frozenset[str]:
        """Whom a device of its site is to hold: who was written of there."""
        here = OPERATION.c.site_id == self._devices[device_id].site_id
        with self._database.read() as connection:
            return frozenset(
                connection.scalars(select(OPERATION.c.patient_id).where(here))
            )

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
        return self._ids("SELECT operation_id FROM operation")

    def operations(self) -> Mapping[str, tuple[Operation, int | None]]:
        """What was accepted, each with its clamp; an id twice is an error."""
        found: dict[str, tuple[Operation, int | None]] = {}
        with self._database.read() as connection:
            for row in connection.execute(select(OPERATION)):
                if row.content is None:  # Of somebody who was erased.
                    continue
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

    def _ids(self, sql: str) -> frozenset[str]:
        with self._database.read() as connection:
            return frozenset(one for (one,) in connection.exec_driver_sql(sql))

    def _scope(self, device_id: str) -> Scope:
        return Scope(self._devices[device_id].site_id, device_id)

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
        for site_id in SITES:
            site = {"site_id": site_id, "name": site_id, "zone": "UTC", "plan": "{}"}
            connection.execute(insert(SITE).values(site))
    nurse = NewPractitioner(NURSE, Role.NURSE, practitioner_id=NURSE)
    administration.add_practitioner(ports, database, nurse)
    database.close()
    return folder


_TEMPLATES: list[tempfile.TemporaryDirectory[str]] = []


def _device(device: Device) -> dict[str, object]:
    return {
        "device_id": device.device_id,
        "name": device.device_id,
        "site_id": device.site_id,
        "public_key": device.public_key,
        "token_hash": device.device_id.encode(),
        "version": "test",
        "enrolled_at": 0,
        "revoked_at": None,
        "acknowledged": 0,
        "head_digest": GENESIS,
    }


@contextmanager
def _refusing() -> Iterator[None]:
    """Answer problems as a gateway tells them."""
    try:
        yield
    except ProblemError as error:
        details = ProblemDetails(409, None, error.expected)
        raise Refused(error.code, details) from error
