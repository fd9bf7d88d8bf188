"""The feed: what a device's scope holds after its cursor, in the order of commit."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from app.core.operation import MAX_CHANGE_SIZE
from app.core.problems import ProblemCode
from app.core.wire import FeedItem, OperationEnvelope, PullResponse
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import checks, erasure, scope
from sync_server.services.scope import Scope
from sync_server.services.setup import epoch_of
from sync_server.tables import OPERATION

_MAX_SEQUENCE = 2**63 - 1
_DIGITS = 19
_MARK = 16
_FETCH = 100
PAGE_BYTES = 4 * 1024 * 1024
"""Of operations as they were written, before compression; tablets take 64 MiB."""
_COLUMNS = (
    OPERATION.c.sequence,
    OPERATION.c.header_digest,
    OPERATION.c.device_id,
    OPERATION.c.change_id,
    OPERATION.c.header,
    OPERATION.c.salt,
    OPERATION.c.content,
    OPERATION.c.clamp_ms,
)


@dataclass(frozen=True, slots=True)
class _Position:
    """What a cursor says: an epoch, a sequence, and what stood there.

    The mark names the scope and the operation, so that a log which went another way
    (a database that fell back, with or without a new epoch) or another site shows.
    """

    epoch: str
    sequence: int
    mark: str

    @classmethod
    def of(cls, cursor: str) -> "_Position":
        """Read a cursor; raise ProblemError where it is none."""
        parts = cursor.split(".")
        if len(parts) != len(("epoch", "sequence", "mark")) or not parts[0]:
            raise ProblemError(ProblemCode.CURSOR_WRONG)
        number = parts[1]
        if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
            raise ProblemError(ProblemCode.CURSOR_WRONG)
        if int(number) > _MAX_SEQUENCE:
            raise ProblemError(ProblemCode.CURSOR_WRONG)
        return cls(parts[0], int(number), parts[2])

    @classmethod
    def at(cls, epoch: str, site_id: str, row: AnyRow) -> "_Position":
        """Return the position after a row of the log; None is the beginning."""
        digest = b"" if row is None else row.header_digest
        mark = hashlib.sha256(site_id.encode() + b"\0" + digest).hexdigest()
        return cls(epoch, 0 if row is None else row.sequence, mark[:_MARK])

    def __str__(self) -> str:
        return f"{self.epoch}.{self.sequence}.{self.mark}"


def pull(
    context: Context,
    connection: Connection,
    holder: Scope,
    cursor: str,
    limit: int,
) -> PullResponse:
    """Return the next page; a change that begins in it is in it whole.

    Where there is no more, the cursor goes to the end of the log, whoever wrote there:
    what is not for this device is looked at once.
    """
    position = _position(connection, holder.site_id, cursor)
    units, after = holder.units, position.sequence
    # Before the page is read: what is written meanwhile comes with the next one.
    end = _last(connection)
    until = after if end is None else end.sequence
    rows, more = _page(connection, scope.holds(units), (after, until), limit)
    if more:
        end = rows[-1]
    if end is not None:
        position = _Position.at(position.epoch, holder.site_id, end)
    return PullResponse(
        cursor=str(position),
        items=items(rows),
        more=more,
        server_ms=context.ports.wall(),
        erasures=erasure.mark(connection),
        entered=scope.entered(connection, units, after, position.sequence),
        check="" if more else checks.total(connection, holder),
    )


def newest(connection: Connection, site_id: str) -> str:
    """Return the cursor of whoever has read all that there is."""
    return str(_Position.at(epoch_of(connection), site_id, _last(connection)))


def sequence_of(connection: Connection, site_id: str, cursor: str) -> int:
    """Return where in the log a cursor stands.

    For whoever reads pages of documents, and goes on from it when they end. Raises
    cursor-wrong where it is none, epoch-changed where its log is not this one.
    """
    return _position(connection, site_id, cursor).sequence


def _last(connection: Connection) -> AnyRow | None:
    query = select(OPERATION.c.sequence, OPERATION.c.header_digest)
    return connection.execute(
        query.order_by(OPERATION.c.sequence.desc()).limit(1)
    ).first()


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


def _page(
    connection: Connection,
    in_scope: ColumnElement[bool],
    between: tuple[int, int],
    limit: int,
) -> tuple[list[AnyRow], bool]:
    """Return a page and whether there is more; it ends where a change ends.

    It is full at `limit` operations or at PAGE_BYTES; a change's operations follow
    each other in the log, so the last one is read to its end beyond that.
    """
    after, until = between
    # Of whom was erased nothing is left to take in; tombstones say who (see erasure).
    in_scope = and_(in_scope, OPERATION.c.content.is_not(None))
    query = select(*_COLUMNS).where(in_scope, OPERATION.c.sequence > after)
    query = query.where(OPERATION.c.sequence <= until)
    query = query.order_by(OPERATION.c.sequence).limit(limit + MAX_CHANGE_SIZE)
    page: list[AnyRow] = []
    size = 0
    # Rows beyond the page may be large: they are not all fetched before it is full.
    with connection.execute(query.execution_options(yield_per=_FETCH)) as rows:
        for row in rows:
            full = len(page) >= limit or size >= PAGE_BYTES
            if full and row.change_id != page[-1].change_id:
                return page, True
            page.append(row)
            size += len(row.header) + len(row.content or b"")
    return page, False


def _position(connection: Connection, site_id: str, cursor: str) -> _Position:
    """Return where a cursor stands; nothing is the beginning.

    Raises cursor-wrong where it is none, epoch-changed where its log is not this one.
    """
    epoch = epoch_of(connection)
    if not cursor:
        return _Position.at(epoch, site_id, None)
    given = _Position.of(cursor)
    query = select(OPERATION.c.sequence, OPERATION.c.header_digest)
    row = connection.execute(query.where(OPERATION.c.sequence == given.sequence))
    if given != _Position.at(epoch, site_id, row.first()):
        raise ProblemError(ProblemCode.EPOCH_CHANGED)
    return given
