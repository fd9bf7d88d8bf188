"""Taking a parcel in: what a locked tablet sealed to this server enters as a push."""

import zstandard
from pydantic import ValidationError
from sqlalchemy import select

from app.core.parcel import ParcelBody, ParcelError, read_parcel
from app.core.problems import ProblemCode
from app.core.wire import PushRequest, PushResponse
from sync_server.boxes import BoxError, open_box
from sync_server.context import Context
from sync_server.problems import ProblemError
from sync_server.services.ingest import ingest
from sync_server.tables import DEVICE

MAX_BODY_BYTES = 1 << 30
"""What a parcel may hold when it is unpacked; a year's work of a tablet is less."""


def take_in(context: Context, raw: bytes) -> tuple[PushResponse, ...]:
    """Take every batch of a parcel in, by the same door as a push; return the answers.

    Each batch is one transaction and repeating it is safe. Raises ProblemError:
    malformed where it is no parcel for this server, else as a push would.
    """
    body = _opened(context, raw)
    return tuple(
        ingest(context, _key_of(context, batch), batch) for batch in body.batches
    )


def _opened(context: Context, raw: bytes) -> ParcelBody:
    try:
        parcel = read_parcel(raw)
        key = context.secrets.sealing_key
        packed = open_box(key, parcel.sealed, parcel.purpose)
        if zstandard.frame_content_size(packed) > MAX_BODY_BYTES:
            raise ProblemError(ProblemCode.TOO_LARGE)
        plain = zstandard.ZstdDecompressor().decompress(packed, MAX_BODY_BYTES)
        return ParcelBody.model_validate_json(plain)
    except (ParcelError, BoxError, ValidationError, zstandard.ZstdError):
        raise ProblemError(ProblemCode.MALFORMED) from None


def _key_of(context: Context, batch: PushRequest) -> bytes:
    """Return the key of the device that signed a batch, revoked or not."""
    of_device = DEVICE.c.device_id == batch.device_id
    query = select(DEVICE.c.public_key).where(of_device)
    with context.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise ProblemError(ProblemCode.UNKNOWN_DEVICE)
    return bytes(row.public_key)
