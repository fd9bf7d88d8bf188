"""The server of the simulated world, real: ingest, feed and chains on a SQLite file."""

import shutil
from pathlib import Path

from pydantic_core import from_json
from sqlalchemy import insert, select, update

from app.core.chain import GENESIS
from app.core.clock import WallClock
from app.core.document_json import document_from_json
from app.core.merge import Document
from app.core.wire import ChainStatus, PullResponse, PushRequest, PushResponse, Role
from app.sync.failures import ProblemDetails, Refused
from sync_server.context import Ports
from sync_server.opening import open_context, open_database
from sync_server.problems import ProblemError
from sync_server.services import administration, device_chain, feed, ingest
from sync_server.services.administration import DeploymentValues, NewPractitioner
from sync_server.services.scope import Scope
from sync_server.services.setup import epoch_of
from sync_server.settings import DATABASE_NAME, Settings
from sync_server.tables import DEPLOYMENT, DEVICE, DOCUMENT, OPERATION, SITE
from tests.support.operations import SequentialIds
from tests.sync.model_device import key_of

TABLETS = [f"tablet-{n}" for n in range(6)]


class RealLog:
    """What tablets push to and pull from; has the methods of ModelServer."""

    def __init__(self, wall: WallClock, folder: Path) -> None:
        self._folder = folder
        settings = Settings(data=folder, database_url="")
        ports = Ports(wall, SequentialIds("server"))
        self._database = open_database(settings)
        values = DeploymentValues("World", "Nobody", "nobody@example.org", 1)
        administration.initialise(settings, ports, self._database, values)
        self._context = open_context(settings, ports, self._database)
        with self._database.write() as connection:
            site = {"site_id": "site", "name": "Site", "zone": "UTC", "plan": "{}"}
            connection.execute(insert(SITE).values(site))
            connection.execute(insert(DEVICE), [_device(name) for name in TABLETS])
        for name in TABLETS:
            who = f"practitioner of {name}"
            new = NewPractitioner(who, Role.NURSE, practitioner_id=who)
            administration.add_practitioner(ports, self._database, new)

    @property
    def epoch(self) -> str:
        with self._database.read() as connection:
            return epoch_of(connection)

    def backup(self) -> Path:
        """A copy of the database's file."""
        self._database.close()
        copy = self._folder / "backup"
        shutil.copy(self._folder / DATABASE_NAME, copy)
        return copy

    def restore(self, backup: Path, epoch: str) -> None:
        """Put a copy in the file's place."""
        self._database.close()
        shutil.copy(backup, self._folder / DATABASE_NAME)
        with self._database.write() as connection:
            connection.execute(update(DEPLOYMENT).values(epoch=epoch))

    def push(self, batch: PushRequest) -> PushResponse:
        key = key_of(batch.device_id).public_key().public_bytes_raw()
        try:
            return ingest.ingest(self._context, key, batch)
        except ProblemError as error:
            raise _refused(error) from error

    def pull(self, cursor: str, limit: int) -> PullResponse:
        try:
            with self._database.read() as connection:
                return feed.pull(
                    self._context, connection, Scope("site"), cursor, limit
                )
        except ProblemError as error:
            raise _refused(error) from error

    def chain(self, device_id: str) -> ChainStatus:
        with self._database.read() as connection:
            head = device_chain.chain_head(connection, device_id)
        return ChainStatus(
            device_id=device_id, acknowledged=head.number, digest=head.digest.hex()
        )

    def documents(self) -> dict[str, Document]:
        """Every record, as the server keeps it."""
        with self._database.read() as connection:
            found = connection.execute(select(DOCUMENT.c.record_id, DOCUMENT.c.body))
            return {r.record_id: document_from_json(from_json(r.body)) for r in found}

    def clamps(self) -> list[tuple[str, int | None]]:
        """Each operation of the log with its clamp."""
        query = select(OPERATION.c.operation_id, OPERATION.c.clamp_ms)
        with self._database.read() as connection:
            return [
                (row.operation_id, row.clamp_ms) for row in connection.execute(query)
            ]

    def close(self) -> None:
        self._database.close()


def _device(name: str) -> dict[str, object]:
    return {
        "device_id": name,
        "name": name,
        "site_id": "site",
        "public_key": key_of(name).public_key().public_bytes_raw(),
        "token_hash": name.encode(),
        "version": "test",
        "enrolled_at": 0,
        "revoked_at": None,
        "acknowledged": 0,
        "head_digest": GENESIS,
    }


def _refused(error: ProblemError) -> Refused:
    return Refused(error.code, ProblemDetails(409, None, error.expected))
