"""What a backup of a server holds, and making a server of it again.

One stream for both databases: a line of JSON that says what it is, a line a row, and a
last line with the counts. It is read in one snapshot, so it is one state of the log
while the server goes on; and what SQLite wrote, PostgreSQL can take in.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select

from app.core.version import VERSION
from sync_server import erasure_ledger, secret_file
from sync_server.context import Context, Ports
from sync_server.database import Database
from sync_server.erasure_ledger import ErasureLedger, LedgerEntry
from sync_server.migrations.run import migrate, version_of
from sync_server.services import erasure
from sync_server.services.administration import AdministrationError, begin_epoch
from sync_server.services.audit_verify import Chain, verify
from sync_server.settings import Settings, SettingsError

FORMAT = 1
_FETCH = 500
_LEFT_OUT = frozenset({"session", "attempt", "alembic_version"})
"""Who is signed in, and who guessed wrong: nothing to bring back."""
_NEWER = (
    "This backup was made by a newer version of Tessera. Install that version; nothing "
    "was restored."
)


@dataclass(slots=True)
class Restored:
    """What a restore did."""

    counts: dict[str, int]
    made_at: int
    erased_again: int = 0
    chains: list[Chain] = field(default_factory=list)

    @property
    def broken(self) -> list[Chain]:
        """The chains that don't hold: they did not before either."""
        return [chain for chain in self.chains if chain.broken_at]


def stream(context: Context, *, with_secrets: bool) -> Iterator[bytes]:
    """Yield a backup's lines, of one state of the database."""
    with context.database.snapshot() as connection:
        secrets = ""
        if with_secrets:
            path = context.settings.data / secret_file.NAME
            secrets = path.read_text(encoding="utf-8")
        yield _line(
            {
                "format": FORMAT,
                "version": VERSION,
                "schema": version_of(connection),
                "made_at": context.ports.wall(),
                "secrets": secrets,
            }
        )
        counts: dict[str, int] = {}
        for table in _tables(connection):
            counts[table.name] = 0
            query = select(table).order_by(*table.primary_key.columns)
            with connection.execute(query.execution_options(yield_per=_FETCH)) as rows:
                for row in rows:
                    counts[table.name] += 1
                    yield _line([table.name, [_out(value) for value in row]])
        yield _line({"end": counts})


@dataclass(frozen=True, slots=True)
class Target:
    """Where to restore to; `ledger` is a copy of who was erased since the backup."""

    settings: Settings
    database: Database
    ports: Ports
    ledger: Path | None = None


def restore(target: Target, lines: Iterator[bytes]) -> Restored:
    """Make an empty database the server that was backed up, in one transaction.

    Then it gets a new epoch, and whom the ledger names is erased again. Raises
    AdministrationError, or SettingsError for secrets that are not its own: the database
    is as empty as before then.
    """
    database, settings, ports = target.database, target.settings, target.ports
    head = _head(next(lines, b""))
    _require_empty(database)
    with _secrets_of(settings, str(head.get("secrets") or "")):
        named = _named_in(target)
        try:
            migrate(database, str(head["schema"]))
        except SettingsError:
            raise AdministrationError(_NEWER) from None
        with database.write() as connection:
            counts = _take_in(connection, lines)
            _check(settings, connection, counts)
    migrate(database)
    begin_epoch(ports, database)
    done = Restored(counts, int(head["made_at"]))
    secrets = secret_file.load(settings.data)
    context = Context(settings, database, secrets, ports)
    if named:
        own = settings.data / erasure_ledger.NAME
        ErasureLedger(own, context.secrets).append(named)
    done.erased_again = erasure.replay(context)
    with database.snapshot() as connection:
        done.chains = list(verify(connection))
    return done


def _head(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict) or "format" not in found:
        raise AdministrationError("This file is no backup of a Tessera server.")
    if found["format"] != FORMAT:
        raise AdministrationError(_NEWER)
    return found


def _require_empty(database: Database) -> None:
    with database.read() as connection:
        if any(_count(connection, table) for table in _tables(connection)):
            raise AdministrationError(
                "This database is not empty: a restore never writes over one. Give it "
                "a new DATABASE_URL, or an empty TESSERA_DATA."
            )


@contextmanager
def _secrets_of(settings: Settings, text: str) -> Iterator[None]:
    """Put the backup's secrets where there are none; they go again where it fails."""
    if secret_file.exists(settings.data):
        yield
        return
    if not text:
        raise AdministrationError(
            f"Put the deployment's {secret_file.NAME} into {settings.data} first: this "
            "backup does not hold it."
        )
    secret_file.put_back(settings.data, text)
    try:
        yield
    except BaseException:
        (settings.data / secret_file.NAME).unlink()
        raise


def _named_in(target: Target) -> tuple[LedgerEntry, ...]:
    """Return whom the copy of the ledger names; raise where it is damaged or gone."""
    if target.ledger is None:
        return ()
    if not target.ledger.exists():
        raise AdministrationError(f"There is no file {target.ledger}.")
    secrets = secret_file.load(target.settings.data)
    return ErasureLedger(target.ledger, secrets).entries()


def _take_in(connection: Connection, lines: Iterator[bytes]) -> dict[str, int]:
    """Insert every row; return the counts that the last line says and that came."""
    tables = {table.name: table for table in _tables(connection)}
    counts = dict.fromkeys(tables, 0)
    waiting: list[dict[str, object]] = []
    name, end = "", None
    for line in lines:
        found = json.loads(line)
        if isinstance(found, dict):
            end = found.get("end")
            continue
        kind, values = found
        if kind != name or len(waiting) >= _FETCH:
            _insert(connection, tables.get(name), waiting)
            name = kind
        if kind not in tables:
            raise AdministrationError(_NEWER)
        columns = [column.name for column in tables[kind].columns]
        row = dict(zip(columns, map(_back, values), strict=True))
        waiting.append(row)
        counts[kind] += 1
    _insert(connection, tables.get(name), waiting)
    if end != counts:
        raise AdministrationError("The backup is not whole: nothing was restored.")
    return counts


def _insert(
    connection: Connection, table: Table | None, rows: list[dict[str, object]]
) -> None:
    if table is not None and rows:
        connection.execute(insert(table), rows)
    rows.clear()


def _check(settings: Settings, connection: Connection, counts: dict[str, int]) -> None:
    """Raise unless what stands in the tables is what came, and the secrets are its."""
    for table in _tables(connection):
        if _count(connection, table) != counts[table.name]:
            raise AdministrationError("What was restored differs from the backup.")
    deployment = next(t for t in _tables(connection) if t.name == "deployment")
    public_key = connection.scalar(select(deployment.c.public_key))
    if secret_file.load(settings.data).public_key != public_key:
        raise SettingsError(
            f"{settings.data / secret_file.NAME} belongs to another deployment than "
            "this backup. Put the right one there; nothing was restored."
        )


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as they are, those that others point to first."""
    metadata = MetaData()
    names = set(inspect(connection).get_table_names()) - _LEFT_OUT
    metadata.reflect(connection, only=sorted(names))
    return [table for table in metadata.sorted_tables if table.name in names]


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _out(value: object) -> object:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    return value


def _back(value: object) -> object:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
