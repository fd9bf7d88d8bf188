"""Recomputing every chain from what is stored: the audit, and each device's log."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Select, select

from app.core import canonical
from app.core.chain import GENESIS, ChainHead
from app.core.operation import (
    EncodedOperation,
    OperationError,
    decode_header,
    decode_operation,
)
from app.core.records import RecordType
from sync_server.database import AnyRow
from sync_server.erasure_tables import ERASURE
from sync_server.services.audit import NewEvent, event_of, link
from sync_server.services.erased_rows import without_text
from sync_server.tables import (
    AUDIT_EVENT,
    DEVICE,
    LINK,
    OPERATION,
    SET_ASIDE,
    SIGNATURE,
)

_FETCH = 500
_UNSIGNED = "is not what the device signed"


@dataclass(frozen=True, slots=True)
class Chain:
    """What one chain turned out to be: `broken_at` is 0 where all of it holds."""

    name: str
    number: int
    digest: bytes
    broken_at: int = 0
    why: str = ""


def verify(connection: Connection) -> Iterator[Chain]:
    """Yield the server's chain, then each device's, each up to its first fault."""
    yield _audit(connection)
    for device in connection.execute(select(DEVICE).order_by(DEVICE.c.device_id)).all():
        yield _device(connection, device)


def _audit(connection: Connection) -> Chain:
    query = select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.number)
    with connection.execute(query.execution_options(yield_per=_FETCH)) as rows:
        return _events(connection, rows)


def _events(connection: Connection, rows: Iterable[AnyRow]) -> Chain:
    number, previous = 0, GENESIS
    for row in rows:
        number += 1
        if row.number != number:
            return Chain("audit", number, previous, number, "is missing")
        redacted = None if row.body_digest is None else _raw(row.body_digest)
        names = (row.event_id, row.source, row.patient_id)
        event = NewEvent(*names, _raw(row.body), redacted)
        try:
            digest = link(number, event, row.received_at, previous)
        except (TypeError, ValueError):  # a column of another kind
            digest = b""
        is_changed = row.previous != previous or row.digest != digest
        if is_changed or (redacted is not None and not _is_redacted(connection, row)):
            return Chain("audit", number, previous, number, "was changed")
        previous = digest
    return Chain("audit", number, previous)


def _device(connection: Connection, device: AnyRow) -> Chain:
    head, name = ChainHead(device.device_id), f"device {device.device_id}"
    signatures = _signatures(connection, device.device_id)
    signed = 0
    for row in connection.execute(_links(device.device_id)).all():
        after = head.extend(_raw(row.header_digest))
        why = _fault(connection, row, after)
        if not why and after.number in signatures:
            signed = after.number
            if not _is_signed(device, after, _raw(signatures[signed])):
                why = _UNSIGNED
        if why:
            return Chain(name, head.number, head.digest, after.number, why)
        head = after
    if (device.acknowledged, device.head_digest) != (head.number, head.digest):
        return Chain(name, head.number, head.digest, head.number + 1, "is missing")
    # Each push ends in a signature: without the last, all may have been made anew.
    if signed != head.number:
        return Chain(name, signed, head.digest, head.number, _UNSIGNED)
    return Chain(name, head.number, head.digest)


def _fault(connection: Connection, row: AnyRow, after: ChainHead) -> str:
    """Return what is wrong with a link and its operation, or nothing."""
    if row.number != after.number:
        return "is missing"
    if row.digest != after.digest:
        return "was changed"
    return _stored(connection, row)


def _raw(value: object) -> bytes:
    """Return bytes as they are; SQLite keeps a text too where bytes belong."""
    return value if isinstance(value, bytes) else b""


def _signatures(connection: Connection, device_id: str) -> dict[int, bytes]:
    query = select(SIGNATURE).where(SIGNATURE.c.device_id == device_id)
    return {row.number: row.signature for row in connection.execute(query)}


def _is_signed(device: AnyRow, head: ChainHead, signature: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(_raw(device.public_key))
        key.verify(signature, head.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True


def _links(device_id: str) -> Select[Any]:
    """Return the query of a device's links, each with its operation if there is one."""
    columns = (OPERATION.c.operation_id, OPERATION.c.header, OPERATION.c.salt)
    same = OPERATION.c.header_digest == LINK.c.header_digest
    query = select(LINK, *columns, OPERATION.c.content).outerjoin(OPERATION, same)
    return query.where(LINK.c.device_id == device_id).order_by(LINK.c.number)


def _stored(connection: Connection, row: AnyRow) -> str:
    """Return what is wrong with the operation of a link, or nothing."""
    header = row.header
    if row.operation_id is None:
        of_digest = SET_ASIDE.c.header_digest == row.header_digest
        header = connection.scalar(select(SET_ASIDE.c.header).where(of_digest))
    if header is None:
        return "has lost its operation"
    if hashlib.sha256(_raw(header)).digest() != row.header_digest:
        return "was changed"
    return "" if row.operation_id is None else _content(connection, row)


def _is_redacted(connection: Connection, row: AnyRow) -> bool:
    """Tell whether an event says ids alone, of somebody who was erased."""
    event = event_of(row)
    return (
        _raw(row.body) == without_text(event)
        and event.patient_id == row.patient_id
        and _is_erased(connection, row.patient_id)
    )


def _is_erased(connection: Connection, patient_id: str) -> bool:
    query = select(ERASURE.c.number).where(ERASURE.c.patient_id == patient_id)
    return connection.scalar(query) is not None


def _lost_text(connection: Connection, row: AnyRow) -> bool:
    """Tell whether an event's operation lost its content with a person."""
    query = select(AUDIT_EVENT.c.body_digest)
    of_event = query.where(AUDIT_EVENT.c.event_id == row.operation_id)
    return connection.scalar(of_event) is not None


def _content(connection: Connection, row: AnyRow) -> str:
    """Return what is wrong with an accepted content; an erased one has none."""
    try:
        is_event = decode_header(row.header)[0].record_type == RecordType.AUDIT_EVENT
        if row.content is None and not (is_event and not _lost_text(connection, row)):
            return ""  # As the law asks; of an event only what was typed goes.
        content = None if row.content is None else _raw(row.content)
        salt = None if row.salt is None else _raw(row.salt)
        encoded = EncodedOperation(row.header, salt, content)
        operation = decode_operation(encoded)
    except OperationError:
        return "was changed"
    if not is_event:
        return ""
    body = select(AUDIT_EVENT.c.body)
    kept = connection.scalar(body.where(AUDIT_EVENT.c.event_id == row.operation_id))
    is_kept = kept == canonical.encode(operation.fields)
    return "" if is_kept else "is not in the audit as it was sent"
