"""Giving an answer back: what a tablet must hear, in a file sealed to its key."""

from collections.abc import Iterator

import zstandard
from sqlalchemy import Connection, select

from app.core.answer import (
    AnswerBody,
    AnswerFile,
    AnswerHead,
    AnswerPage,
    framed_head,
    signed_bytes,
)
from app.core.problems import ProblemCode
from app.core.wire import (
    MAX_BATCH_OPERATIONS,
    ChainStatus,
    Outcome,
    PushOutcome,
    PushResponse,
)
from sync_server.boxes import seal_to
from sync_server.carried_tables import REPLY_TO
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import device_chain, feed
from sync_server.services.scope import Scope
from sync_server.services.setup import deployment_row, epoch_of
from sync_server.services.site_scope import EVERYWHERE, Sites
from sync_server.tables import DEVICE, LINK, OPERATION, SET_ASIDE

MAX_FEED_BYTES = 24 * 1024 * 1024
"""Of the feed, as it was written; what is beyond comes with the next answer."""
_LEVEL = 3
_COLUMNS = (
    OPERATION.c.operation_id,
    OPERATION.c.clamp_ms,
    SET_ASIDE.c.operation_id.label("aside_id"),
    SET_ASIDE.c.reason,
)


def give_back(
    context: Context, device_id: str, sites: Sites = EVERYWHERE
) -> AnswerFile:
    """Return the answer for a device, as of the newest parcel it sent in a file.

    It may be made as often as one likes, and taken in in any order. Raises
    ProblemError: not-found where there is no such device at these sites, or before
    any parcel; device-revoked.
    """
    with context.database.snapshot() as connection:
        to = _addressee(connection, device_id, sites)
        start = framed_head(_head(context, connection, device_id))
        body, more = _body(context, connection, to)
    compress = zstandard.ZstdCompressor(level=_LEVEL).compress
    packed = compress(body.model_dump_json().encode())
    signature = context.secrets.sign(signed_bytes(start, packed))
    sealed = seal_to(to.public_key, signature + packed, start)
    return AnswerFile(
        file=start + sealed,
        acknowledged=sum(len(answer.outcomes) for answer in body.pushed),
        operations=sum(len(page.page.items) for page in body.pages),
        more=more,
    )


def _addressee(connection: Connection, device_id: str, sites: Sites) -> AnyRow:
    query = select(
        DEVICE.c.device_id,
        DEVICE.c.site_id,
        DEVICE.c.revoked_at,
        REPLY_TO.c.public_key,
        REPLY_TO.c.cursor,
        REPLY_TO.c.acknowledged,
    ).join_from(
        DEVICE, REPLY_TO, DEVICE.c.device_id == REPLY_TO.c.device_id, isouter=True
    )
    row = connection.execute(query.where(DEVICE.c.device_id == device_id)).first()
    if row is None or not sites.allow((row.site_id,)):
        raise ProblemError(ProblemCode.NOT_FOUND)
    if row.revoked_at is not None:
        raise ProblemError(ProblemCode.DEVICE_REVOKED)
    if row.public_key is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return row


def _head(context: Context, connection: Connection, device_id: str) -> AnswerHead:
    return AnswerHead(
        deployment_id=deployment_row(connection).deployment_id,
        device_id=device_id,
        made_at=context.ports.wall(),
    )


def _body(
    context: Context, connection: Connection, to: AnyRow
) -> tuple[AnswerBody, bool]:
    held = device_chain.chain_head(connection, to.device_id)
    pages, more, fell_back = _pages(context, connection, to)
    return AnswerBody(
        pushed=tuple(_pushed(context, connection, to, held.number)),
        pages=pages,
        chain=ChainStatus(
            device_id=held.device_id,
            acknowledged=held.number,
            digest=held.digest.hex(),
        ),
        fell_back=fell_back or held.number < to.acknowledged,
    ), more


def _pages(
    context: Context, connection: Connection, to: AnyRow
) -> tuple[tuple[AnswerPage, ...], bool, bool]:
    """Return the feed after the tablet's cursor, or all of it where that is no use."""
    holder = Scope(to.site_id, to.device_id)
    try:
        feed.pull(context, connection, holder, to.cursor, 1)
    except ProblemError as problem:
        if problem.code not in (ProblemCode.EPOCH_CHANGED, ProblemCode.CURSOR_WRONG):
            raise
        return *_read(context, connection, holder, ""), True
    return *_read(context, connection, holder, to.cursor), False


def _read(
    context: Context, connection: Connection, holder: Scope, cursor: str
) -> tuple[tuple[AnswerPage, ...], bool]:
    pages: list[AnswerPage] = []
    size, more = 0, True
    while more and size < MAX_FEED_BYTES:
        page = feed.pull(context, connection, holder, cursor, MAX_BATCH_OPERATIONS)
        pages.append(AnswerPage.model_construct(since=cursor, page=page))
        cursor, more = page.cursor, page.more
        size += sum(
            len(item.operation.header) + len(item.operation.content or "")
            for item in page.items
        )
    return tuple(pages), more


def _pushed(
    context: Context, connection: Connection, to: AnyRow, held: int
) -> Iterator[PushResponse]:
    """Return what became of each link that the tablet waits for, as a push says it."""
    outcomes = _outcomes(connection, to)
    epoch = epoch_of(connection)
    for begin in range(0, len(outcomes), MAX_BATCH_OPERATIONS):
        yield PushResponse(
            outcomes=tuple(outcomes[begin : begin + MAX_BATCH_OPERATIONS]),
            acknowledged=held,
            server_ms=context.ports.wall(),
            epoch=epoch,
        )


def _outcomes(connection: Connection, to: AnyRow) -> list[PushOutcome]:
    digest = LINK.c.header_digest
    query = (
        select(*_COLUMNS)
        .select_from(LINK)
        .outerjoin(OPERATION, OPERATION.c.header_digest == digest)
        .outerjoin(SET_ASIDE, SET_ASIDE.c.header_digest == digest)
        .where(LINK.c.device_id == to.device_id, LINK.c.number > to.acknowledged)
        .order_by(LINK.c.number)
    )
    found = (_outcome(row) for row in connection.execute(query))
    return [outcome for outcome in found if outcome is not None]


def _outcome(row: AnyRow) -> PushOutcome | None:
    if row.operation_id is not None:
        return PushOutcome(
            operation_id=row.operation_id,
            outcome=Outcome.DUPLICATE,
            clamp_ms=row.clamp_ms,
        )
    if row.aside_id is None:
        return None
    return PushOutcome(
        operation_id=row.aside_id,
        outcome=Outcome.REJECTED,
        reason=ProblemCode(row.reason),
    )
