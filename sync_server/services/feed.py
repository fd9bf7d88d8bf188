"""The feed: what a device's scope holds after its cursor, in the order of commit."""

from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import ColumnElement, Connection, func, select

from app.core.operation import MAX_CHANGE_SIZE
from app.core.problems import ProblemCode
from app.core.wire import FeedItem, OperationEnvelope, PullResponse
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.tables import OPERATION

_MAX_SEQUENCE = 2**63 - 1
_DIGITS = 19
_COLUMNS = (
    OPERATION.c.sequence,
    OPERATION.c.device_id,
    OPERATION.c.change_id,
    OPERATION.c.header,
    OPERATION.c.salt,
    OPERATION.c.content,
    OPERATION.c.clamp_ms,
)


def scope_of(site_id: str) -> ColumnElement[bool]:
    """Return which operations a device of a site holds: SyncScope `site:<id>`."""
    return OPERATION.c.site_id == site_id


def read_cursor(cursor: str, epoch: str) -> int:
    """Return the sequence of a cursor; nothing is the beginning.

    Raises ProblemError where it is no cursor, or one of another epoch.
    """
    if not cursor:
        return 0
    of_epoch, _, number = cursor.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        raise ProblemError(ProblemCode.CURSOR_WRONG)
    if int(number) > _MAX_SEQUENCE or not of_epoch:
        raise ProblemError(ProblemCode.CURSOR_WRONG)
    if of_epoch != epoch:
        raise ProblemError(ProblemCode.EPOCH_CHANGED)
    return int(number)


def pull(
    context: Context, connection: Connection, site_id: str, cursor: str, limit: int
) -> PullResponse:
    """Return the next page; a change that begins in it is in it whole."""
    after = read_cursor(cursor, context.epoch)
    scope = scope_of(site_id)
    rows = _rows(connection, scope, after, limit + 1)
    more = len(rows) > limit
    if more:
        rows = _whole_changes(connection, scope, rows)
    if not rows:
        _check_not_ahead(connection, after)
    last = rows[-1].sequence if rows else after
    return PullResponse(
        cursor=f"{context.epoch}.{last}",
        items=items(rows),
        more=more,
        server_ms=context.ports.wall(),
    )


def items(rows: Sequence[AnyRow]) -> tuple[FeedItem, ...]:
    """Return rows of the log as they were written, byte for byte."""
    return tuple(
        FeedItem.model_construct(
            sequence=row.sequence,
            device_id=row.device_id,
            operation=OperationEnvelope.model_construct(
                header=row.header.decode(),
                salt=row.salt,
                content=None if row.content is None else row.content.decode(),
            ),
            clamp_ms=row.clamp_ms,
        )
        for row in rows
    )


def history(connection: Connection, patient_id: str) -> tuple[FeedItem, ...]:
    """Return every accepted operation on one patient, in the order of commit."""
    of_patient = OPERATION.c.patient_id == patient_id
    query = select(*_COLUMNS).where(of_patient).order_by(OPERATION.c.sequence)
    return items(connection.execute(query).all())


def _rows(
    connection: Connection, scope: ColumnElement[bool], after: int, limit: int
) -> list[AnyRow]:
    query = select(*_COLUMNS).where(scope, OPERATION.c.sequence > after)
    query = query.order_by(OPERATION.c.sequence).limit(limit)
    return list(connection.execute(query).all())


def _whole_changes(
    connection: Connection, scope: ColumnElement[bool], rows: list[AnyRow]
) -> list[AnyRow]:
    """Return a page that ends where a change ends; rows hold one more than a page.

    A change's operations follow each other in the log, so what is missing of the
    last one comes next.
    """
    beyond, page = rows[-1], rows[:-1]
    if page[-1].change_id != beyond.change_id:
        return page
    ahead = _rows(connection, scope, page[-1].sequence, MAX_CHANGE_SIZE)
    rest = takewhile(lambda row: row.change_id == beyond.change_id, ahead)
    return [*page, *rest]


def _check_not_ahead(connection: Connection, after: int) -> None:
    """Raise epoch-changed where the cursor is ahead of the log.

    Then the database is older than what the device has read, and nobody said so.
    """
    newest = connection.scalar(select(func.max(OPERATION.c.sequence))) or 0
    if after > newest:
        raise ProblemError(ProblemCode.EPOCH_CHANGED)
