"""Taking a person out of the rows: content and salt go, headers and chains stay."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind
from app.core.operation import OperationError, decode_header
from app.core.problems import ProblemCode
from sync_server.services.audit import NewEvent, event_of, original_digest
from sync_server.tables import AUDIT_EVENT, DOCUMENT, OPERATION, SET_ASIDE

_FETCH = 500
_EMPTY = {"salt": None, "content": None}


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows lost what they held."""

    operations: int
    documents: int
    set_aside: int


def take_out(connection: Connection, patient_id: str) -> Taken:
    """Take a person out of log, documents, refused operations and events."""
    of_patient = OPERATION.c.patient_id == patient_id
    has_content = OPERATION.c.content.is_not(None)
    emptied = update(OPERATION).where(of_patient, has_content).values(_EMPTY)
    operations = connection.execute(emptied).rowcount
    whose = DOCUMENT.c.patient_id == patient_id
    documents = connection.execute(delete(DOCUMENT).where(whose)).rowcount
    aside = _empty_set_aside(connection, patient_id)
    _redact_events(connection, patient_id)
    return Taken(operations, documents, aside)


def is_there(connection: Connection, patient_id: str) -> bool:
    """Tell whether anything of a person is held here."""
    in_log = select(OPERATION.c.sequence).where(
        OPERATION.c.patient_id == patient_id, OPERATION.c.content.is_not(None)
    )
    document = select(DOCUMENT.c.record_id).where(DOCUMENT.c.patient_id == patient_id)
    found = (connection.execute(query.limit(1)).first() for query in (in_log, document))
    return any(found) or bool(_refused(connection, patient_id))


def _empty_set_aside(connection: Connection, patient_id: str) -> int:
    digests = _refused(connection, patient_id)
    for digest in digests:
        of_row = SET_ASIDE.c.header_digest == digest
        values = {**_EMPTY, "reason": ProblemCode.ERASED.value}
        connection.execute(update(SET_ASIDE).where(of_row).values(values))
    return len(digests)


def _refused(connection: Connection, patient_id: str) -> list[bytes]:
    """Return which refused operations with a content are a person's.

    Of one whose header can't be read, by the id standing somewhere in it.
    """
    columns = (SET_ASIDE.c.header_digest, SET_ASIDE.c.header, SET_ASIDE.c.content)
    query = select(*columns).where(_has_body())
    rows = connection.execute(query.execution_options(yield_per=_FETCH))
    return [
        row.header_digest
        for row in rows
        if _is_of(patient_id, row.header, row.content or b"")
    ]


def _has_body() -> ColumnElement[bool]:
    return or_(SET_ASIDE.c.content.is_not(None), SET_ASIDE.c.salt.is_not(None))


def _is_of(patient_id: str, header: bytes, content: bytes) -> bool:
    try:
        return decode_header(header)[0].patient_id == patient_id
    except OperationError:
        return patient_id.encode() in header + content


def _redact_events(connection: Connection, patient_id: str) -> None:
    """Let events about a person keep ids alone: what was typed into one goes.

    The digest of what stood there stays, so that the chain still verifies.
    """
    whole = and_(
        AUDIT_EVENT.c.patient_id == patient_id, AUDIT_EVENT.c.body_digest.is_(None)
    )
    for row in connection.execute(select(AUDIT_EVENT).where(whole)).all():
        event = event_of(row)
        if has_text(event):
            of_row = AUDIT_EVENT.c.number == row.number
            values = {
                "body": without_text(event),
                "body_digest": original_digest(row.body),
            }
            connection.execute(update(AUDIT_EVENT).where(of_row).values(values))
            same = OPERATION.c.operation_id == row.event_id
            connection.execute(update(OPERATION).where(same).values(_EMPTY))


def has_text(event: AuditEvent) -> bool:
    """Tell whether somebody typed something into an event; a code is no text."""
    return bool(event.reason) and event.kind != AuditKind.ERASE


def without_text_of(new: NewEvent, erased: Collection[str]) -> NewEvent:
    """Return an event that arrives as it may be kept, where its person was erased."""
    event = event_of(new)
    if event.patient_id not in erased or not has_text(event):
        return new
    digest = original_digest(new.body)
    return replace(new, body=without_text(event), body_digest=digest)


def without_text(event: AuditEvent) -> bytes:
    """Return an event's canonical bytes with ids, kind and times alone."""
    return canonical.encode(replace(event, reason="").fields())
