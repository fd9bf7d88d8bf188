"""Taking a parcel in: what a locked tablet sealed to this server enters as a push."""

from dataclasses import dataclass

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from sqlalchemy import select

from app.core.carried import fingerprint
from app.core.parcel import (
    Parcel,
    ParcelBody,
    ParcelError,
    ReplyTo,
    read_parcel,
)
from app.core.problems import ProblemCode
from app.core.wire import PushRequest, PushResponse
from sync_server.boxes import PUBLIC_BYTES, BoxError, open_box
from sync_server.carried_tables import REPLY_TO
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services.ingest import ingest
from sync_server.tables import DEVICE

MAX_PART_BYTES = 64 * 1024 * 1024
"""What a part may hold when it is unpacked: a change is far smaller."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Whose parcel was taken in, and what became of each batch."""

    device_id: str
    device_name: str
    answers: tuple[PushResponse, ...]


def take_in(context: Context, raw: bytes, device_id: str = "") -> Taken:
    """Take every batch of a parcel in, by the same door as a push.

    Each batch is one transaction and repeating it is safe; where one is refused, those
    before it stay. `device_id` is the device that asks: its own parcel alone. Raises
    ProblemError: file-unreadable, file-foreign, file-forged, else as a push would.
    """
    parcel = _read(raw)
    found = parcel.head.device_id
    if device_id and found != device_id:
        raise ProblemError(ProblemCode.FORBIDDEN)
    if parcel.head.sealed_to != fingerprint(context.secrets.sealing_public_key):
        raise ProblemError(ProblemCode.FILE_FOREIGN)
    bodies = [_opened(context, parcel, index) for index in sorted(parcel.parts)]
    device = _device(context, found)
    key = bytes(device.public_key)
    for body in bodies:
        if body.reply_to is not None:
            _keep_reply_to(context, found, key, body.reply_to)
    answers = tuple(_ingest(context, key, found, body.batch) for body in bodies)
    return Taken(found, device.name, answers)


def _read(raw: bytes) -> Parcel:
    try:
        return read_parcel(raw)
    except ParcelError:
        raise ProblemError(ProblemCode.FILE_UNREADABLE) from None


def _opened(context: Context, parcel: Parcel, index: int) -> ParcelBody:
    try:
        key = context.secrets.sealing_key
        packed = open_box(key, parcel.parts[index], parcel.purpose(index))
        if not 0 <= zstandard.frame_content_size(packed) <= MAX_PART_BYTES:
            raise ProblemError(ProblemCode.TOO_LARGE)
        plain = zstandard.ZstdDecompressor().decompress(packed, MAX_PART_BYTES)
        return ParcelBody.model_validate_json(plain)
    except (BoxError, ValidationError, zstandard.ZstdError):
        raise ProblemError(ProblemCode.FILE_UNREADABLE) from None


def _device(context: Context, device_id: str) -> AnyRow:
    """Return the device whose parcel it is, revoked or not: only it has this."""
    query = select(DEVICE.c.name, DEVICE.c.public_key)
    with context.database.read() as connection:
        row = connection.execute(query.where(DEVICE.c.device_id == device_id)).first()
    if row is None:
        raise ProblemError(ProblemCode.UNKNOWN_DEVICE)
    return row


def _ingest(
    context: Context, key: bytes, device_id: str, batch: PushRequest
) -> PushResponse:
    if batch.device_id != device_id:
        raise ProblemError(ProblemCode.FILE_FORGED)
    try:
        return ingest(context, key, batch)
    except ProblemError as problem:
        if problem.code is ProblemCode.SIGNATURE_WRONG:
            raise ProblemError(ProblemCode.FILE_FORGED) from None
        raise


def _keep_reply_to(context: Context, device_id: str, key: bytes, said: ReplyTo) -> None:
    """Keep where an answer goes, unless a newer parcel said so already."""
    try:
        verify = Ed25519PublicKey.from_public_bytes(key).verify
        verify(said.signature, said.signed_bytes(device_id))
    except InvalidSignature:
        raise ProblemError(ProblemCode.FILE_FORGED) from None
    if len(said.public_key) != PUBLIC_BYTES:
        raise ProblemError(ProblemCode.FILE_UNREADABLE)
    row = (
        device_id,
        said.public_key,
        said.cursor,
        said.acknowledged,
        said.written_at,
    )
    of_device = REPLY_TO.c.device_id == device_id
    with context.database.write() as connection:
        query = select(REPLY_TO.c.written_at).where(of_device)
        known = connection.scalar(query)
        if known is None or known <= said.written_at:
            context.database.upsert(connection, REPLY_TO, [row])
