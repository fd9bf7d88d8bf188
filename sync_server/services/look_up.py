"""Somebody at a tablet looks a person up whom it does not hold: for a reason."""

from sqlalchemy import Connection, func, select

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind
from app.core.problems import ProblemCode
from app.core.scope_wire import LookUp, WholePatients
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.problems import ProblemError
from sync_server.services import audit, pages, scope, throttle
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT, OPERATION, PRACTITIONER

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
        holder = Scope(device.site_id, device.device_id)
        if not scope.held(connection, holder.units, [asked.patient_id]):
            newest = connection.scalar(select(func.max(OPERATION.c.sequence))) or 0
            entering = {(scope.device_unit(device.device_id), asked.patient_id): newest}
            scope.enter(database, connection, entering)
        return pages.whole(context, connection, device, [asked.patient_id])


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
