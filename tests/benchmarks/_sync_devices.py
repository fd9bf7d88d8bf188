"""Devices with signed batches, made before anything is measured: no vault, no sync."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import zstandard

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.wire import API_PREFIX, EnrolRequest
from sync_server.context import Context
from sync_server.services.enrolment import enrol, new_code
from tests.support.operations import WritingDevice

Writes = Sequence[tuple[RecordKey, dict[str, Json]]]
BATCH_BYTES = 512 * 1024
PUSH = f"{API_PREFIX}/push"
_LEVEL = 3
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A device's token, and bodies as they go over the wire."""

    token: str
    bodies: tuple[bytes, ...]
    operations: int

    @property
    def headers(self) -> dict[str, str]:
        """What goes with each body."""
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Content-Encoding": "zstd",
            "Accept-Encoding": "zstd",
        }


def prepare(
    context: Context, author: Authorship, name: str, changes: Iterable[Writes]
) -> Prepared:
    """Enrol a device that has written changes, each whole in one batch."""
    device = WritingDevice(name, author)
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    bodies, operations, size = [], 0, 0
    for writes in changes:
        made = device.write(*writes)
        operations += len(made)
        size += sum(len(e.header) + len(e.content or b"") for _operation, e in made)
        if size > BATCH_BYTES - 8 * 1024 or len(device.pending) > 490:
            bodies.append(compressor.compress(_body(device)))
            size = 0
    if device.pending:
        bodies.append(compressor.compress(_body(device)))
    return Prepared(_enrol(context, author, device), tuple(bodies), operations)


def _body(device: WritingDevice) -> bytes:
    return device.batch().model_dump_json().encode()


def _enrol(context: Context, author: Authorship, device: WritingDevice) -> str:
    code = new_code(context, author.site_id, device.device_id, _HOUR_MS)
    request = EnrolRequest(
        code=code,
        device_id=device.device_id,
        public_key=device.public_key,
        name=device.device_id,
        version="0.1.0",
    )
    return enrol(context, request, "127.0.0.1").token


def accepted(answer: bytes) -> int:
    """Return how many operations an answer says were taken in."""
    outcomes = json.loads(answer)["outcomes"]
    return sum(each["outcome"] == "accepted" for each in outcomes)
