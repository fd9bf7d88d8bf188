"""What a coordinator decides of changes that were set aside.

To try again is to offer them by the door of a push: judged and folded as what a tablet
sends. To leave one out changes no record; it stays, and a push of it is told so.
"""

import logging

from sqlalchemy import Connection, insert, select

from app.core import canonical
from app.core.audit import AuditEvent, AuditKind
from app.core.operation import EncodedOperation
from app.core.problems import ProblemCode
from app.core.set_aside_wire import LeaveOut, Tried, TryAgain
from app.core.wire import OperationEnvelope, Outcome, PractitionerInfo
from sync_server.context import Context
from sync_server.problems import ProblemError
from sync_server.services import audit, set_aside
from sync_server.services.batch import Received, read_operation
from sync_server.services.ingest import Offered, take_in
from sync_server.services.left_out import left_out_among
from sync_server.services.refused_changes import (
    Change,
    find,
    find_all,
    head_of,
    stored,
)
from sync_server.services.site_scope import Sites
from sync_server.set_aside_tables import LEFT_OUT
from sync_server.tables import SET_ASIDE

logger = logging.getLogger("tessera.set_aside")


def try_again(
    context: Context, who: PractitionerInfo, wanted: TryAgain, sites: Sites
) -> Tried:
    """Offer changes once more; what is not there any more is left out of the answer.

    Raises not-found where none of them is.
    """
    database, now = context.database, context.ports.wall()
    accepted: list[str] = []
    still: dict[str, ProblemCode] = {}
    with database.write() as connection:
        database.lock_log(connection)
        # Of those that are missing somebody decided, or a tablet sent them, meanwhile.
        for change in find_all(connection, sites, wanted.set_aside_ids):
            received = _received(connection, change)
            offered = Offered(change.device_id, received, change.digests)
            take_in(database, connection, offered, now)
            reason = _refusal(received, change)
            if reason is not None:
                still[change.set_aside_id] = reason
                continue
            accepted.append(change.set_aside_id)
            kind = AuditKind.SET_ASIDE_ACCEPTED
            _write_down(context, connection, (kind, change.reason), who, change)
    if not accepted and not still:
        raise ProblemError(ProblemCode.NOT_FOUND)
    counts = {"accepted": len(accepted), "still": len(still)}
    logger.info("tried again", extra={"by": who.practitioner_id, **counts})
    return Tried(accepted=tuple(accepted), still=still)


def _received(connection: Connection, change: Change) -> list[Received]:
    """Return a change as a push brings it, the parts of whom was erased among it."""
    digests = set(change.digests)
    if change.heads:
        change_id = change.heads[0].change.change_id
        columns = (SET_ASIDE.c.header_digest, SET_ASIDE.c.header)
        of_device = SET_ASIDE.c.device_id == change.device_id
        is_erased = SET_ASIDE.c.reason == ProblemCode.ERASED.value
        query = select(*columns).where(of_device, is_erased)
        for row in connection.execute(query):
            head = head_of(row.header)
            if head is not None and head.change.change_id == change_id:
                digests.add(bytes(row.header_digest))
    whole = stored(connection, frozenset(digests))
    return [read_operation(_envelope(one)) for one in whole.values()]


def _envelope(one: EncodedOperation) -> OperationEnvelope:
    content = None if one.content is None else one.content.decode()
    header = one.header.decode()
    return OperationEnvelope(header=header, salt=one.salt, content=content)


def _refusal(received: list[Received], change: Change) -> ProblemCode | None:
    """Return why a change is still set aside; None where it is accepted."""
    refused = [
        one.reason or ProblemCode.UNEXPECTED
        for one in received
        if one.digest in change.digests
        and (one.outcome is None or one.outcome.outcome is Outcome.REJECTED)
    ]
    incomplete = ProblemCode.CHANGE_INCOMPLETE
    blamed = [each for each in refused if each is not incomplete]
    return next(iter((*blamed, *refused)), None)


def leave_out(
    context: Context, who: PractitionerInfo, wanted: LeaveOut, sites: Sites
) -> None:
    """Leave a change out; again it changes nothing.

    Raises not-found, and forbidden where who asks may not know whose record it is.
    """
    database, now = context.database, context.ports.wall()
    with database.write() as connection:
        database.lock_log(connection)
        change = find(connection, sites, wanted.set_aside_id)
        (entry,) = set_aside.entries(connection, sites, [change])
        if entry.is_elsewhere:
            raise ProblemError(ProblemCode.FORBIDDEN)
        new = change.digests - left_out_among(connection, change.digests)
        if not new:
            return
        rows = [
            {
                "header_digest": digest,
                "decided_at": now,
                "practitioner_id": who.practitioner_id,
                "reason": wanted.reason.value,
            }
            for digest in sorted(new)
        ]
        connection.execute(insert(LEFT_OUT), rows)
        kind = AuditKind.SET_ASIDE_LEFT_OUT
        _write_down(context, connection, (kind, wanted.reason), who, change)
    logger.info("left out", extra={"by": who.practitioner_id})


def _write_down(
    context: Context,
    connection: Connection,
    what: tuple[AuditKind, str],
    who: PractitionerInfo,
    change: Change,
) -> None:
    kind, reason = what
    now = context.ports.wall()
    event = AuditEvent(
        context.ports.ids.new(),
        kind.value,
        now,
        who.practitioner_id,
        change.patient_id,
        str(reason),
        device_id=change.device_id,
    )
    body = canonical.encode(event.fields())
    new = audit.NewEvent(event.event_id, audit.SERVER, change.patient_id, body)
    audit.append(context.database, connection, [new], now)
