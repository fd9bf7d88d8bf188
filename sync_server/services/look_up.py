"""Somebody at a tablet looks a person up whom it does not hold: for a reason.

It ends by itself after `KEEP_DAYS`, unless they are looked up again. Whoever was seen
at the tablet's site meanwhile is in that site's scope, and stays.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, select

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind
from app.core.problems import ProblemCode
from app.core.scope_wire import LookUp, WholePatients
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.problems import ProblemError
from sync_server.scope_tables import LOOK_UP, SCOPE_MEMBER
from sync_server.services import audit, pages, scope, throttle
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT, OPERATION, PRACTITIONER

KEEP_DAYS = 30
_KEEP_MS = KEEP_DAYS * 24 * 60 * 60 * 1000
WRONG_IDS = throttle.Limit("look-up", free=10)
"""Ids are not guessed; whoever tries many waits."""


def look_up(context: Context, device: Device, asked: LookUp) -> WholePatients:
    """Let a device hold a patient from now on, and return all of them.

    Who asked, and why, is in the audit before anything is answered. Raises not-found
    where there is no such patient, forbidden for whom nobody confirmed.
    """
    database = context.database
    with database.write() as connection:
        throttle.attempt(context, connection, WRONG_IDS, device.device_id)
    with database.write() as connection:
        database.lock_log(connection)
        _require_practitioner(connection, asked.practitioner_id)
        of_patient = DOCUMENT.c.patient_id == asked.patient_id
        if connection.execute(select(DOCUMENT.c.record_id).where(of_patient)).first():
            throttle.succeeded(context, connection, WRONG_IDS, device.device_id)
        else:
            raise ProblemError(ProblemCode.NOT_FOUND)
        _write_down(context, connection, asked)
        began = (device.device_id, asked.patient_id, context.ports.wall())
        database.upsert(connection, LOOK_UP, [began])
        holder = Scope(device.site_id, device.device_id)
        if not scope.held(connection, holder.units, [asked.patient_id]):
            newest = connection.scalar(select(func.max(OPERATION.c.sequence))) or 0
            entering = {(scope.device_unit(device.device_id), asked.patient_id): newest}
            scope.enter(database, connection, entering)
        return pages.whole(context, connection, device, [asked.patient_id])


def end_old(context: Context) -> int:
    """Take whom nobody looked up for long out of the tablets' scopes; say how many."""
    database, until = context.database, context.ports.wall() - _KEEP_MS
    old = select(LOOK_UP).where(LOOK_UP.c.asked_at <= until)
    member = SCOPE_MEMBER.c
    is_held = member.unit == "device:" + LOOK_UP.c.device_id
    held = old.join(SCOPE_MEMBER, is_held & (member.patient_id == LOOK_UP.c.patient_id))
    with database.read() as connection:
        if connection.execute(held.limit(1)).first() is None:
            return 0
    with database.write() as connection:
        database.lock_log(connection)
        rows = connection.execute(held).all()
        for row in rows:
            unit = scope.device_unit(row.device_id)
            own = (member.unit == unit) & (member.patient_id == row.patient_id)
            connection.execute(delete(SCOPE_MEMBER).where(own))
    return len(rows)


def ended(context: Context, connection: Connection, device: Device) -> tuple[str, ...]:
    """Return whom a tablet need not hold any more: looked up, and not seen there.

    It says so again and again: a tablet may have been away for long.
    """
    until = context.ports.wall() - _KEEP_MS
    of_device = LOOK_UP.c.device_id == device.device_id
    query = select(LOOK_UP.c.patient_id).where(of_device, LOOK_UP.c.asked_at <= until)
    return _not_at(connection, device.site_id, connection.scalars(query))


def _not_at(
    connection: Connection, site_id: str, patient_ids: Iterable[str]
) -> tuple[str, ...]:
    found = set(patient_ids)
    if not found:
        return ()
    return tuple(sorted(found - scope.held(connection, Scope(site_id).units, found)))


def _require_practitioner(connection: Connection, practitioner_id: str) -> None:
    of_id = PRACTITIONER.c.practitioner_id == practitioner_id
    row = connection.execute(select(PRACTITIONER).where(of_id)).first()
    if row is None or not (row.active and row.confirmed):
        raise ProblemError(ProblemCode.FORBIDDEN)


def _write_down(context: Context, connection: Connection, asked: LookUp) -> None:
    now, event_id = context.ports.wall(), context.ports.ids.new()
    event = AuditEvent(
        event_id,
        AuditKind.LOOK_UP.value,
        now,
        asked.practitioner_id,
        asked.patient_id,
        asked.reason,
    )
    body = canonical.encode(event.fields())
    new = audit.NewEvent(event_id, audit.SERVER, asked.patient_id, body)
    audit.append(context.database, connection, [new], now)
