"""Erasing a person (GDPR Art. 17), keeping them out, and telling tablets."""

import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind, audit_subject
from app.core.erasure_wire import MAX_ERASED, Erased, ErasedPage
from sync_server.context import Context
from sync_server.database import AnyRow, Database
from sync_server.erasure_ledger import NAME, ErasureLedger, LedgerEntry
from sync_server.erasure_tables import ERASURE
from sync_server.services import audit, checks
from sync_server.services.administration import AdministrationError
from sync_server.services.erased_rows import Taken, is_there, take_out
from sync_server.services.revisions import newest_revision
from sync_server.tables import DEVICE

_ERASED = "SELECT patient_id FROM erasure WHERE patient_id IN {ids}"
_MARK = 16
_DIGITS = 18

logger = logging.getLogger("tessera.erasure")


@dataclass(frozen=True, slots=True)
class Erasing:
    """Whom to erase, why (a code), and who decided, "" where a command did."""

    patient_id: str
    reason: str
    by: str = ""
    even_unknown: bool = False
    """Also somebody of whom nothing has arrived yet."""


def erase(context: Context, wanted: Erasing) -> Erased:
    """Erase a person for good; repeating it takes away what came back.

    One transaction: content, salt, documents, typed reasons of events; a tombstone and
    an event that name ids alone. The ledger has it before it is committed. Raises
    AdministrationError where there is nobody of this id, or it is a tablet's own.
    """
    database, now = context.database, context.ports.wall()
    with database.write() as connection:
        database.lock_log(connection)
        _refuse_devices(context, connection, wanted.patient_id)
        known = is_erased(connection, wanted.patient_id)
        if not (
            known or wanted.even_unknown or is_there(connection, wanted.patient_id)
        ):
            raise AdministrationError(
                "There is nothing of this person here. Check the id; where their "
                "record has not arrived yet, add --not-here-yet."
            )
        entry = LedgerEntry(wanted.patient_id, wanted.reason, now, wanted.by)
        taken = _take_out(database, connection, entry, is_known=known)
        if not known:
            event = _event(context, entry)
            audit.append(database, connection, [event], now)
            _ledger(context).append([entry])
    remnants = not database.empty_log()
    logger.info("erased", extra={"patient": wanted.patient_id, "reason": wanted.reason})
    return Erased(
        patient_id=wanted.patient_id,
        operations=taken.operations,
        documents=taken.documents,
        set_aside=taken.set_aside,
        remnants=remnants,
    )


def replay(context: Context) -> int:
    """Hold the database against the ledger, before anything is served.

    Erases again whom the ledger names and the database still has, or has again; says
    how many. What the database alone knows is added to the ledger. Raises SettingsError
    where the ledger is damaged.
    """
    database, ledger = context.database, _ledger(context)
    kept = ledger.entries()
    again = []
    with database.write() as connection:
        database.lock_log(connection)
        rows = connection.execute(select(ERASURE).order_by(ERASURE.c.number)).all()
        known = {row.patient_id for row in rows}
        named = {entry.patient_id for entry in kept}
        missing = [_entry_of(row) for row in rows if row.patient_id not in named]
        for entry in (*kept, *missing):
            is_known = entry.patient_id in known
            if not is_known or is_there(connection, entry.patient_id):
                _take_out(database, connection, entry, is_known=is_known)
                again.append(entry.patient_id)
            if not is_known:
                event, now = _event(context, entry), context.ports.wall()
                audit.append(database, connection, [event], now)
        if missing:
            ledger.append(missing)
    if again:
        database.empty_log()
        logger.info("erased again", extra={"patients": again})
    return len(again)


def erased_among(
    database: Database, connection: Connection, patient_ids: Collection[str]
) -> frozenset[str]:
    """Return who of these was erased."""
    rows = database.select_ids(connection, _ERASED, patient_ids)
    return frozenset(row.patient_id for row in rows)


def is_erased(connection: Connection, patient_id: str) -> bool:
    """Tell whether a person was erased."""
    query = select(ERASURE.c.number).where(ERASURE.c.patient_id == patient_id)
    return connection.scalar(query) is not None


def mark(connection: Connection) -> str:
    """Return what names the newest erasure; "" where nobody was erased."""
    query = select(ERASURE.c.number, ERASURE.c.patient_id)
    row = connection.execute(query.order_by(ERASURE.c.number.desc()).limit(1)).first()
    return _mark_of(row)


def page_after(connection: Connection, after: str) -> ErasedPage:
    """Return who was erased after a mark; one of another history is the beginning."""
    query = select(ERASURE.c.number, ERASURE.c.patient_id).order_by(ERASURE.c.number)
    query = query.where(ERASURE.c.number > _number_of(connection, after))
    rows = connection.execute(query.limit(MAX_ERASED + 1)).all()
    page = rows[:MAX_ERASED]
    return ErasedPage(
        patient_ids=tuple(row.patient_id for row in page),
        mark=_mark_of(page[-1]) if page else mark(connection),
        more=len(rows) > len(page),
    )


def everybody(connection: Connection) -> tuple[str, ...]:
    """Return all who were erased, for a tablet that comes back from a backup."""
    query = select(ERASURE.c.patient_id).order_by(ERASURE.c.number)
    return tuple(connection.scalars(query))


def _number_of(connection: Connection, after: str) -> int:
    number = after.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return 0
    query = select(ERASURE.c.number, ERASURE.c.patient_id)
    row = connection.execute(query.where(ERASURE.c.number == int(number))).first()
    return int(number) if _mark_of(row) == after else 0


def _mark_of(row: AnyRow) -> str:
    if row is None:
        return ""
    digest = hashlib.sha256(row.patient_id.encode()).hexdigest()
    return f"{row.number}.{digest[:_MARK]}"


def _take_out(
    database: Database, connection: Connection, entry: LedgerEntry, *, is_known: bool
) -> Taken:
    revision = newest_revision(connection) + 1
    taken = take_out(connection, entry.patient_id)
    checks.forget(database, connection, entry.patient_id)
    if is_known:
        whose = ERASURE.c.patient_id == entry.patient_id
        connection.execute(update(ERASURE).where(whose).values(revision=revision))
    else:
        newest = connection.scalar(select(func.max(ERASURE.c.number))) or 0
        row = {
            "number": newest + 1,
            "patient_id": entry.patient_id,
            "reason": entry.reason,
            "erased_at": entry.erased_at,
            "erased_by": entry.erased_by,
            "revision": revision,
        }
        connection.execute(insert(ERASURE).values(row))
    return taken


def _refuse_devices(context: Context, connection: Connection, patient_id: str) -> None:
    """Keep a tablet's audit events: they stand under an id that is nobody's."""
    secret = context.secrets.card_secret
    devices: Sequence[str] = connection.scalars(select(DEVICE.c.device_id)).all()
    if patient_id in {audit_subject(secret, device_id) for device_id in devices}:
        raise AdministrationError(
            "This is no person's id: a tablet's events are there."
        )
    if not (0 < len(patient_id) <= 64 and patient_id.isprintable()):  # noqa: PLR2004
        raise AdministrationError("This is no person's id.")


def _event(context: Context, entry: LedgerEntry) -> audit.NewEvent:
    event = AuditEvent(
        context.ports.ids.new(),
        AuditKind.ERASE.value,
        entry.erased_at,
        entry.erased_by,
        entry.patient_id,
        entry.reason,
    )
    body = canonical.encode(event.fields())
    return audit.NewEvent(event.event_id, audit.SERVER, entry.patient_id, body)


def _entry_of(row: AnyRow) -> LedgerEntry:
    return LedgerEntry(row.patient_id, row.reason, row.erased_at, row.erased_by)


def _ledger(context: Context) -> ErasureLedger:
    return ErasureLedger(context.settings.data / NAME, context.secrets)
