"""Reading a pushed batch: its links, its operations, its signature. No database."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.core import canonical
from app.core.canonical import Json
from app.core.chain import ChainHead
from app.core.document_json import as_mapping
from app.core.operation import (
    ChangePart,
    EncodedOperation,
    Header,
    Operation,
    OperationError,
    content_digest,
    decode_header,
    decode_operation,
)
from app.core.problems import ProblemCode
from app.core.wire import OperationEnvelope, PushOutcome, PushRequest
from sync_server.problems import ProblemError

MAX_DEPTH = 32
"""Arrays and objects within each other in a content; deeper ones are set aside."""
MAX_CONTENT_BYTES = 1024 * 1024
"""Of one operation; some thousand answers. A page of the feed holds several such."""
_MAX_ID = 64
# Canonical bytes never escape a surrogate; whoever does may have sent half of one.
_SURROGATES = (b"\\ud", b"\\uD")


@dataclass(slots=True)
class Received:
    """One pushed operation, read; `reason` says why it can't be used.

    `outcome` is filled in when its change is judged. `head` is there wherever the
    header can be read, also without a content that can.
    """

    encoded: EncodedOperation
    digest: bytes
    operation_id: str
    operation: Operation | None
    reason: ProblemCode | None
    clamp_ms: int | None = None
    outcome: PushOutcome | None = None
    head: Header | None = None

    @property
    def change(self) -> ChangePart | None:
        """Its place in its change; one that was erased keeps it."""
        is_part = self.operation is not None or self.reason is ProblemCode.ERASED
        return self.head.change if is_part and self.head is not None else None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch whose links were computed from its headers."""

    device_id: str
    first: int
    previous: bytes
    heads: tuple[ChainHead, ...]
    received: tuple[Received, ...]
    signature: bytes

    @property
    def head(self) -> ChainHead:
        """The last link, which the device signed."""
        return self.head_at(self.first - 1 + len(self.heads))

    def head_at(self, number: int) -> ChainHead:
        """Return the link of a number from just before the first to the last."""
        if number == self.first - 1:
            return ChainHead(self.device_id, number, self.previous)
        return self.heads[number - self.first]


def read_batch(request: PushRequest) -> Batch:
    """Read a batch; raise ProblemError where it is no batch at all."""
    try:
        previous = bytes.fromhex(request.previous)
    except ValueError:
        raise ProblemError(ProblemCode.MALFORMED) from None
    received = tuple(read_operation(envelope) for envelope in request.operations)
    start = ChainHead(request.device_id, request.first - 1, previous)
    heads = tuple(_links(start, received))
    return Batch(
        request.device_id, request.first, previous, heads, received, request.signature
    )


def _links(head: ChainHead, received: Iterable[Received]) -> Iterable[ChainHead]:
    for one in received:
        head = head.extend(one.digest)
        yield head


def verify_signature(batch: Batch, public_key: bytes) -> None:
    """Raise ProblemError unless the device signed the head of the batch."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    try:
        key.verify(batch.signature, batch.head.signed_bytes())
    except InvalidSignature:
        raise ProblemError(ProblemCode.SIGNATURE_WRONG) from None


def read_operation(envelope: OperationEnvelope) -> Received:
    """Read one operation as it travels; `reason` says why it can't be used."""
    content = None if envelope.content is None else envelope.content.encode()
    encoded = EncodedOperation(envelope.header.encode(), envelope.salt, content)
    digest = encoded.header_digest
    if len(encoded.header) + len(content or b"") > MAX_CONTENT_BYTES:
        reason = ProblemCode.OPERATION_TOO_LARGE
        return _unread(encoded, _readable_id(encoded.header), reason)
    try:
        operation = decode_operation(encoded)
    except OperationError:
        operation_id, reason = _why_not(encoded)
        return _unread(encoded, operation_id, reason)
    head = operation.header
    if not _is_storable(head) or not _is_plain(content or b"", operation.fields):
        reason = ProblemCode.OPERATION_MALFORMED
        return _unread(encoded, _printable(head.operation_id), reason)
    clamp_ms = envelope.clamp_ms
    return Received(
        encoded, digest, head.operation_id, operation, None, clamp_ms, head=head
    )


def _unread(
    encoded: EncodedOperation, operation_id: str, reason: ProblemCode
) -> Received:
    """Return an operation that can't be used, with its header where it has one."""
    try:
        found = decode_header(encoded.header)[0]
    except OperationError:
        found = None
    head = found if found is not None and _is_storable(found) else None
    digest = encoded.header_digest
    return Received(encoded, digest, operation_id, None, reason, head=head)


def _why_not(encoded: EncodedOperation) -> tuple[str, ProblemCode]:
    """Return the id as far as it can be read, and why it can't be used."""
    try:
        head, digest = decode_header(encoded.header)
    except OperationError:
        return _readable_id(encoded.header), ProblemCode.OPERATION_MALFORMED
    operation_id = _printable(head.operation_id)
    if encoded.salt is None or encoded.content is None:
        return operation_id, ProblemCode.ERASED
    if content_digest(encoded.salt, encoded.content) != digest:
        return operation_id, ProblemCode.CONTENT_MISMATCH
    return operation_id, ProblemCode.OPERATION_MALFORMED


def _readable_id(raw: bytes) -> str:
    try:
        found = as_mapping(canonical.decode(raw)).get("id")
    except ValueError:
        return ""
    return _printable(found) if isinstance(found, str) else ""


def _printable(text: str) -> str:
    return text if text.isprintable() and len(text) <= _MAX_ID else ""


def _is_storable(head: Header) -> bool:
    """Ids are short and printable: databases take no NUL and no lone surrogate.

    Every record is somebody's: who may read and erase it follows from the patient.
    """
    texts = (
        head.operation_id,
        head.change.change_id,
        head.record_type,
        head.record_id,
        head.patient_id,
        head.site_id,
        head.practitioner_id,
        head.at.device_id,
    )
    longest = max(map(len, texts))
    plain = longest <= _MAX_ID and "".join(texts).isprintable()
    return plain and head.patient_id != ""


def _is_plain(raw: bytes, fields: Json) -> bool:
    """Tell whether what was written can be folded, encoded again and shown."""
    if any(mark in raw for mark in _SURROGATES) and not _is_encodable(raw):
        return False
    opened = raw.count(b"{") + raw.count(b"[")
    return opened <= MAX_DEPTH or _depth(fields) <= MAX_DEPTH


def _is_encodable(raw: bytes) -> bool:
    try:
        canonical.encode(canonical.decode(raw))
    except (ValueError, RecursionError):
        return False
    return True


def _depth(value: Json) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [m for v in level for m in _members(v)]
    return depth


def _members(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
