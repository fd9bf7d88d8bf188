"""Ingest: one pushed batch in one transaction, an outcome for every operation."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, delete, func, select

from app.core.operation import Header, Operation
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import Outcome, PushOutcome, PushRequest, PushResponse
from sync_server.context import Context
from sync_server.database import Database
from sync_server.services import audit, checks, device_chain, scope
from sync_server.services import fold as folding
from sync_server.services.batch import Batch, Received, read_batch, verify_signature
from sync_server.services.changes import (
    Known,
    judge,
    mark_duplicates,
    mark_erased,
    of_changes,
    records_agree,
)
from sync_server.services.erased_rows import without_text_of
from sync_server.services.erasure import erased_among
from sync_server.services.fold import Fold
from sync_server.services.known_people import revoked_at
from sync_server.services.left_out import left_out_among
from sync_server.services.revocation import device_revoked_at
from sync_server.services.setup import epoch_of
from sync_server.tables import OPERATION, PRACTITIONER, SET_ASIDE, SITE

CLAMP_AFTER_MS = 5 * 60 * 1000
"""How far ahead of the server a stamp may lie before it is clamped."""

_KNOWN = (
    "SELECT operation_id, header_digest, clamp_ms FROM operation "
    "WHERE operation_id IN {ids}"
)

logger = logging.getLogger("tessera.ingest")


@dataclass(frozen=True, slots=True)
class Offered:
    """Operations of one device; with `again`, what counts though it was left out."""

    device_id: str
    received: Sequence[Received]
    again: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class _Work:
    """What one transaction knows, and gathers before it writes."""

    device_id: str
    now_ms: int
    known: Known
    fold: Fold
    sequence: int
    operations: list[tuple[object, ...]] = field(default_factory=list)
    set_aside: list[tuple[object, ...]] = field(default_factory=list)
    released: list[bytes] = field(default_factory=list)
    events: list[audit.NewEvent] = field(default_factory=list)
    entering: dict[tuple[str, str], int] = field(default_factory=dict)


def ingest(context: Context, public_key: bytes, request: PushRequest) -> PushResponse:
    """Take a batch in; raise ProblemError where its chain or signature is wrong.

    What costs time without the database comes before the transaction. Within it,
    the log's lock is taken first: which operations are known, the documents and the
    sequences must all belong to one state of the log.
    """
    batch = read_batch(request)
    verify_signature(batch, public_key)
    now_ms = context.ports.wall()
    database = context.database
    with database.write() as connection:
        database.lock_log(connection)
        held = device_chain.chain_head(connection, batch.device_id)
        device_chain.check(connection, batch, held)
        offered = Offered(batch.device_id, batch.received)
        take_in(database, connection, offered, now_ms)
        acknowledged = device_chain.extend(database, connection, batch, held)
        epoch = epoch_of(connection)
    outcomes = _outcomes(batch.received)
    _log(batch, outcomes)
    return PushResponse(
        outcomes=outcomes,
        acknowledged=acknowledged,
        server_ms=now_ms,
        epoch=epoch,
    )


def take_in(
    database: Database, connection: Connection, offered: Offered, now_ms: int
) -> None:
    """Judge, fold and write whole changes, each with its outcome.

    Only with the log's lock.
    """
    work = _begin(database, connection, offered, now_ms)
    for change in of_changes(offered.received):
        _take(work, change)
    _write(database, connection, work)


def _begin(
    database: Database, connection: Connection, batch: Offered, now_ms: int
) -> _Work:
    ids = {one.operation_id for one in batch.received if one.operation_id}
    known = Known(
        frozenset(connection.scalars(select(PRACTITIONER.c.practitioner_id))),
        frozenset(connection.scalars(select(SITE.c.site_id))),
        {r[0]: (r[1], r[2]) for r in database.select_ids(connection, _KNOWN, ids)},
        revoked_at(connection),
        erased_among(database, connection, _patients(batch)),
        device_revoked_at(connection, batch.device_id),
    )
    # A batch that is repeated needs no documents.
    records = {
        one.operation.header.record_id
        for one in batch.received
        if one.operation is not None
        and not known.has(one)
        and one.operation.header.patient_id not in known.erased
    }
    newest = connection.scalar(select(func.max(OPERATION.c.sequence)))
    fold = folding.load(database, connection, records, now_ms)
    refused = fold.set_aside_digests - batch.again
    known = replace(known, left_out=left_out_among(connection, refused))
    return _Work(batch.device_id, now_ms, known, fold, newest or 0)


def _patients(batch: Offered) -> set[str]:
    """Return whom a batch is about, in records and in events."""
    found = {one.head.patient_id for one in batch.received if one.head is not None}
    operations = (one.operation for one in batch.received if one.operation is not None)
    return found | {audit.whose(each) for each in operations if _is_event(each)}


def _take(work: _Work, change: Sequence[Received]) -> None:
    gone, rest = mark_erased(mark_duplicates(change, work.known), work.known)
    for one in gone:
        _put_aside(work, one)
    if not rest:
        return
    sound = judge(change, rest, work.known) and records_agree(rest, work.fold)
    if sound and _accept(work, rest):
        return
    for one in rest:
        _put_aside(work, one)


def _accept(work: _Work, rest: Sequence[Received]) -> bool:
    """Fold a change in and write it down; False where it can't be folded."""
    # The judge lets nothing pass that could not be read.
    operations = [one.operation for one in rest if one.operation is not None]
    clamps = [_clamp(work, one) for one in rest]
    sequences = range(work.sequence + 1, work.sequence + 1 + len(rest))
    placed = zip(operations, sequences, clamps, strict=True)
    if not work.fold.accept([each for each in placed if not _is_event(each[0])]):
        return False
    for one, operation, clamp_ms in zip(rest, operations, clamps, strict=True):
        if _is_event(operation):
            whole = audit.of_tablet(work.device_id, operation)
            event = without_text_of(whole, work.known.erased)
            work.events.append(event)
            if event.body_digest is not None:
                one.encoded = replace(one.encoded, salt=None, content=None)
        _write_down(work, one, operation.header, clamp_ms)
    return True


def _is_event(operation: Operation) -> bool:
    return operation.header.record_type == RecordType.AUDIT_EVENT


def _clamp(work: _Work, one: Received) -> int | None:
    """Return what counts instead of a stamp; accepted again, not later than before.

    A server that was restored would otherwise order a value otherwise than tablets
    which remember its first acceptance.
    """
    assert one.operation is not None  # noqa: S101 - as above
    stamp = one.operation.header.at.wall_ms
    given = [work.now_ms] if stamp > work.now_ms + CLAMP_AFTER_MS else []
    if one.clamp_ms is not None and 0 <= one.clamp_ms < stamp:
        given.append(one.clamp_ms)
    return min(given, default=None)


def _write_down(work: _Work, one: Received, head: Header, clamp_ms: int | None) -> None:
    work.sequence += 1
    # An event lies in the scope of no tablet, so that the feed brings it to none.
    site_id = "" if head.record_type == RecordType.AUDIT_EVENT else head.site_id
    if site_id:
        whose = scope.site_unit(site_id), head.patient_id
        work.entering.setdefault(whose, work.sequence)
    work.known.operations[head.operation_id] = (one.digest, clamp_ms)
    if one.digest in work.fold.set_aside_digests:
        work.released.append(one.digest)
    work.operations.append(
        (
            work.sequence,
            head.operation_id,
            one.digest,
            work.device_id,
            head.change.change_id,
            head.record_id,
            head.patient_id,
            site_id,
            one.encoded.header,
            one.encoded.salt,
            one.encoded.content,
            clamp_ms,
            work.now_ms,
        )
    )
    one.outcome = PushOutcome(
        operation_id=head.operation_id, outcome=Outcome.ACCEPTED, clamp_ms=clamp_ms
    )


def _put_aside(work: _Work, one: Received) -> None:
    reason = one.reason or ProblemCode.OPERATION_MALFORMED
    if reason is not ProblemCode.LEFT_OUT:  # That one stands there as it was judged.
        _keep_aside(work, one, reason)
    one.outcome = PushOutcome(
        operation_id=one.operation_id, outcome=Outcome.REJECTED, reason=reason
    )


def _keep_aside(work: _Work, one: Received, reason: ProblemCode) -> None:
    if one.operation is not None:
        work.fold.put_aside(one.operation, reason)
    if reason is ProblemCode.ERASED:
        one.encoded = replace(one.encoded, salt=None, content=None)
    work.set_aside.append(
        (
            one.digest,
            one.operation_id,
            one.operation.header.record_id if one.operation else "",
            work.device_id,
            reason.value,
            one.encoded.header,
            one.encoded.salt,
            one.encoded.content,
            work.now_ms,
        )
    )


def _write(database: Database, connection: Connection, work: _Work) -> None:
    for digest in work.released:
        gone = SET_ASIDE.c.header_digest == digest
        connection.execute(delete(SET_ASIDE).where(gone))
    database.insert(connection, OPERATION, work.operations)
    database.upsert(connection, SET_ASIDE, work.set_aside)
    folding.save(database, connection, work.fold)
    came_in = scope.enter(database, connection, work.entering)
    deltas = work.fold.deltas(checks.key_of(connection))
    checks.change(database, connection, deltas, came_in)
    audit.append(database, connection, work.events, work.now_ms)


def _outcomes(received: Sequence[Received]) -> tuple[PushOutcome, ...]:
    """Return an outcome for each, also for one that stood in the batch twice."""
    judged = {one.digest: one.outcome for one in received if one.outcome is not None}
    return tuple(one.outcome or _again(judged[one.digest]) for one in received)


def _again(outcome: PushOutcome) -> PushOutcome:
    if outcome.outcome is Outcome.REJECTED:
        return outcome
    return outcome.model_copy(update={"outcome": Outcome.DUPLICATE})


def _log(batch: Batch, outcomes: Sequence[PushOutcome]) -> None:
    counts = Counter(one.outcome.value for one in outcomes)
    reasons = sorted({one.reason.value for one in outcomes if one.reason})
    extra = {"device": batch.device_id, **counts, "reasons": reasons}
    logger.info("pushed", extra=extra)
