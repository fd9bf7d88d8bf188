"""Where each device's chain stands, and whether a batch goes on from there."""

from sqlalchemy import Connection, select, update

from app.core.chain import ChainHead
from app.core.problems import ProblemCode
from sync_server.database import Database
from sync_server.problems import ProblemError
from sync_server.services.batch import Batch
from sync_server.tables import DEVICE, LINK, SET_ASIDE, SIGNATURE


def chain_head(connection: Connection, device_id: str) -> ChainHead:
    """Return where a device's chain stands here; raise if there is no such device."""
    query = select(DEVICE.c.acknowledged, DEVICE.c.head_digest)
    row = connection.execute(query.where(DEVICE.c.device_id == device_id)).first()
    if row is None:
        raise ProblemError(ProblemCode.UNKNOWN_DEVICE)
    return ChainHead(device_id, row.acknowledged, row.head_digest)


def set_aside(connection: Connection, device_id: str) -> tuple[str, ...]:
    """Return which operations of a device were acknowledged and not accepted.

    Not those of whom was erased: nothing makes them acceptable.
    """
    query = select(SET_ASIDE.c.operation_id).where(SET_ASIDE.c.device_id == device_id)
    query = query.where(SET_ASIDE.c.reason != ProblemCode.ERASED.value)
    return tuple(connection.scalars(query.order_by(SET_ASIDE.c.operation_id)))


def check(connection: Connection, batch: Batch, held: ChainHead) -> None:
    """Raise chain-gap or device-forked unless the batch overlaps or goes on.

    Each link covers all before it, so one comparison, at the last number that both
    sides have, decides about the whole overlap.
    """
    if batch.first > held.number + 1:
        raise ProblemError(ProblemCode.CHAIN_GAP, expected=held.number)
    number = min(held.number, batch.head.number)
    mine: bytes | None = held.digest
    if number < held.number:
        query = select(LINK.c.digest).where(
            LINK.c.device_id == batch.device_id, LINK.c.number == number
        )
        mine = connection.execute(query).scalar()
    if number and batch.head_at(number).digest != mine:
        raise ProblemError(ProblemCode.DEVICE_FORKED, expected=held.number)
    if not number and batch.head_at(0).digest != ChainHead(batch.device_id).digest:
        raise ProblemError(ProblemCode.DEVICE_FORKED, expected=held.number)


def extend(
    database: Database, connection: Connection, batch: Batch, held: ChainHead
) -> int:
    """Store the links that are new and what was signed; return the chain's number."""
    head = batch.head
    if head.number <= held.number:
        return held.number
    links = [
        (head.device_id, head.number, head.digest, one.digest)
        for head, one in zip(batch.heads, batch.received, strict=True)
        if head.number > held.number
    ]
    database.insert(connection, LINK, links)
    signed = [(head.device_id, head.number, batch.signature)]
    database.insert(connection, SIGNATURE, signed)
    statement = update(DEVICE).where(DEVICE.c.device_id == batch.device_id)
    values = {"acknowledged": head.number, "head_digest": head.digest}
    connection.execute(statement.values(values))
    return head.number
