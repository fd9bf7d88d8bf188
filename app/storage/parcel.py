"""What is not sent yet, sealed to the server's key beside the vault as it locks.

So a locked tablet can be emptied: its batches are the ones that a push would send, each
signed by this device and sealed by itself. Who holds the file reads how many and how
old, and nothing else.
"""

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard

from app.core.carried import fingerprint
from app.core.operation import Header, decode_header
from app.core.parcel import (
    HEAD_BYTES,
    ParcelBody,
    ParcelError,
    ParcelHead,
    PartHead,
    ReplyTo,
    framed_head,
    framed_part,
    part_purpose,
    read_head,
)
from app.core.records import RecordType
from app.core.wire import PushRequest
from app.storage.database import typed_errors
from app.storage.folders import sync_folder
from app.storage.hpke import seal_to

PARCEL_NAME = "unsent.parcel"
_FRESH = "unsent.parcel.new"
_LEVEL = 3
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom it is sealed, and when (UTC milliseconds); where an answer goes."""

    sealing_key: bytes
    now_ms: int
    reply_to: ReplyTo | None = None


def keep_unsent(
    folder: Path, batches: Sequence[PushRequest], addressee: Addressee
) -> None:
    """Put a parcel of these batches in the place of the one before; none of none.

    Durable when it returns. Raises DiskError; ValueError where the key is none.
    """
    with typed_errors():
        if batches and addressee.sealing_key:
            _replace(folder, _sealed(batches, addressee))
        else:
            drop_unsent(folder)


def drop_unsent(folder: Path) -> None:
    """Remove the parcel, durably; raise DiskError."""
    with typed_errors():
        found = [folder / n for n in (_FRESH, PARCEL_NAME) if (folder / n).exists()]
        for path in found:
            path.unlink()
        if found:
            sync_folder(folder)


def unsent(folder: Path) -> ParcelHead | None:
    """Return what a locked tablet has for its server, as of its last lock.

    None where nothing is kept, or nothing that is a parcel. Needs no key.
    """
    try:
        with (folder / PARCEL_NAME).open("rb") as source:
            return read_head(source.read(HEAD_BYTES))
    except (OSError, ParcelError):
        return None


def folder_of(driver: sqlite3.Connection) -> Path:
    """Return the folder in which a vault lies."""
    _number, _name, path = driver.execute("PRAGMA database_list").fetchone()
    return Path(path).parent


def _sealed(batches: Sequence[PushRequest], addressee: Addressee) -> bytes:
    start = framed_head(_head(batches, addressee))
    compress = zstandard.ZstdCompressor(level=_LEVEL).compress
    parts = [start]
    for index, batch in enumerate(batches):
        reply_to = None if index else addressee.reply_to
        body = ParcelBody(batch=batch, reply_to=reply_to).model_dump_json().encode()
        purpose = part_purpose(start, index)
        sealed = seal_to(addressee.sealing_key, compress(body), purpose)
        parts.append(framed_part(index, sealed))
    return b"".join(parts)


def _head(batches: Sequence[PushRequest], addressee: Addressee) -> ParcelHead:
    heads = [header for batch in batches for header in _headers(batch)]
    # As elsewhere, audit events are nobody's records.
    of_people = [head for head in heads if head.record_type != RecordType.AUDIT_EVENT]
    return ParcelHead(
        device_id=batches[0].device_id,
        operations=len(heads),
        records=len({head.record_id for head in of_people}),
        oldest_at=(of_people or heads)[0].at.wall_ms,
        written_at=addressee.now_ms,
        sealed_to=fingerprint(addressee.sealing_key),
        parts=tuple(map(_part, batches)),
    )


def _headers(batch: PushRequest) -> list[Header]:
    return [decode_header(each.header.encode())[0] for each in batch.operations]


def _part(batch: PushRequest) -> PartHead:
    count = len(batch.operations)
    return PartHead(operations=count, last=batch.first + count - 1)


def _replace(folder: Path, raw: bytes) -> None:
    fresh = folder / _FRESH
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(fresh, flags, _OWNER_ONLY), "wb") as sink:
        sink.write(raw)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(folder / PARCEL_NAME)
    sync_folder(folder)
