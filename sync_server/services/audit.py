"""The server's audit: what the console read, and what tablets sent, in one chain.

Each row's digest covers the one before and every column, so that a row that was edited,
moved or taken out shows when the chain is recomputed (see audit_verify). Only a tail
that was cut off does not: note the head elsewhere that `tessera audit verify` prints.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind, is_again
from app.core.chain import GENESIS
from app.core.operation import Operation
from sync_server.context import Context
from sync_server.database import AnyRow, Database
from sync_server.tables import AUDIT_EVENT

SERVER = ""
"""The source of what the server wrote itself."""

_MAX_ID = 64
_LOOK_BACK = 50


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is not in the chain yet."""

    event_id: str
    source: str
    patient_id: str
    body: bytes
    body_digest: bytes | None = None
    """Of the body as it was, where what was typed went with an erased person."""


def of_tablet(device_id: str, operation: Operation) -> NewEvent:
    """Return the event that a device's operation is, as it was written."""
    body = canonical.encode(operation.fields)
    event_id = operation.header.operation_id
    return NewEvent(event_id, device_id, whose(operation), body)


def whose(operation: Operation) -> str:
    """Return whose record an event is about, "" where it is nobody's."""
    found = AuditEvent.of(operation.header.record_id, operation.fields).patient_id
    return found if found.isprintable() and len(found) <= _MAX_ID else ""


def link(number: int, event: NewEvent, received_at: int, previous: bytes) -> bytes:
    """Return the digest of an event at its place in the chain."""
    covered = canonical.encode(
        [
            number,
            event.event_id,
            event.source,
            event.patient_id,
            received_at,
            (event.body_digest or original_digest(event.body)).hex(),
            previous.hex(),
        ]
    )
    return hashlib.sha256(covered).digest()


def original_digest(body: bytes) -> bytes:
    """Return what the chain covers of an event's body."""
    return hashlib.sha256(body).digest()


def append(
    database: Database, connection: Connection, events: Sequence[NewEvent], now_ms: int
) -> None:
    """Add events to the chain; only with the log's lock, which numbers them in turn.

    One that is there already, from before a database fell back, changes nothing.
    """
    if not events:
        return
    newest = select(AUDIT_EVENT.c.number, AUDIT_EVENT.c.digest)
    row = connection.execute(newest.order_by(AUDIT_EVENT.c.number.desc())).first()
    number, previous = (0, GENESIS) if row is None else (row.number, row.digest)
    rows: list[tuple[object, ...]] = []
    for event in _not_there(connection, events):
        number += 1
        digest = link(number, event, now_ms, previous)
        columns = (event.event_id, event.source, event.patient_id, now_ms, event.body)
        rows.append((number, *columns, previous, digest, event.body_digest))
        previous = digest
    database.insert(connection, AUDIT_EVENT, rows)


def _not_there(
    connection: Connection, events: Sequence[NewEvent]
) -> Iterable[NewEvent]:
    ids = [event.event_id for event in events]
    query = select(AUDIT_EVENT.c.event_id).where(AUDIT_EVENT.c.event_id.in_(ids))
    known = set(connection.scalars(query))
    return [event for event in events if event.event_id not in known]


def read_by(context: Context, practitioner_id: str, patient_id: str) -> None:
    """Write down that somebody read a record here; twice in a minute is once."""
    now, ids = context.ports.wall(), context.ports.ids
    kind = AuditKind.READ.value
    database = context.database
    with database.write() as connection:
        database.lock_log(connection)
        before = _last_read(connection, practitioner_id, patient_id)
        if is_again(before, now):
            return
        event = AuditEvent(ids.new(), kind, now, practitioner_id, patient_id)
        body = canonical.encode(event.fields())
        new = NewEvent(event.event_id, SERVER, patient_id, body)
        append(database, connection, [new], now)


def _last_read(
    connection: Connection, practitioner_id: str, patient_id: str
) -> int | None:
    query = select(AUDIT_EVENT).where(AUDIT_EVENT.c.patient_id == patient_id)
    query = query.order_by(AUDIT_EVENT.c.number.desc()).limit(_LOOK_BACK)
    for row in connection.execute(query):
        event = event_of(row)
        mine = row.source == SERVER and event.practitioner_id == practitioner_id
        if mine and event.kind == AuditKind.READ:
            return event.recorded_at
    return None


def event_of(row: AnyRow | NewEvent) -> AuditEvent:
    """Return a row's event; of one that was damaged nothing but its id is left."""
    try:
        fields = canonical.decode(row.body)
    except (TypeError, ValueError):
        fields = {}
    return AuditEvent.of(row.event_id, fields if isinstance(fields, dict) else {})
