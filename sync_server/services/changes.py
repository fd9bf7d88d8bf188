"""Judging changes: all of one is accepted, or set aside with reasons. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.core.operation import Header, Operation
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import Outcome, PushOutcome
from sync_server.services.batch import Received
from sync_server.services.fold import Fold


@dataclass(frozen=True, slots=True)
class Known:
    """What the server knows before a batch."""

    practitioner_ids: frozenset[str]
    site_ids: frozenset[str]
    operations: dict[str, tuple[bytes, int | None]] = field(default_factory=dict)
    """Header digest and clamp by operation id."""
    revoked_at: dict[str, int] = field(default_factory=dict)
    """Since when who was revoked writes no more, by practitioner id."""
    erased: frozenset[str] = frozenset()
    """Patients whose data was erased: nothing of them is taken in."""
    device_revoked_at: int | None = None
    """Since when the device that pushes writes no more, where it was revoked."""
    left_out: frozenset[bytes] = frozenset()
    """Header digests of what a coordinator decided to leave out."""

    def has(self, one: Received) -> bool:
        """Tell whether the log has this very operation."""
        found = self.operations.get(one.operation_id)
        return found is not None and found[0] == one.digest


def of_changes(received: Iterable[Received]) -> list[list[Received]]:
    """Group operations by change, in the order in which changes begin."""
    groups: dict[str, list[Received]] = {}
    for place, one in enumerate(received):
        # What can't be read belongs to no change; a space is in no id.
        key = f" {place}" if one.change is None else one.change.change_id
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def mark_duplicates(change: Sequence[Received], known: Known) -> list[Received]:
    """Mark what the log has already; return the rest, each operation once."""
    rest: dict[bytes, Received] = {}
    for one in change:
        if known.has(one):
            one.outcome = PushOutcome(
                operation_id=one.operation_id,
                outcome=Outcome.DUPLICATE,
                clamp_ms=known.operations[one.operation_id][1],
            )
        else:
            rest.setdefault(one.digest, one)
    return list(rest.values())


def mark_erased(
    rest: Sequence[Received], known: Known
) -> tuple[list[Received], list[Received]]:
    """Mark what is somebody's who was erased; return it, and the others.

    It counts as present: a part of the same change that is another person's is whole
    with it. An event is nobody's, unless its content is gone.
    """
    gone = [one for one in rest if _is_erased(one, known)]
    for one in gone:
        one.reason = ProblemCode.ERASED
    return gone, [one for one in rest if one.reason is not ProblemCode.ERASED]


def _is_erased(one: Received, known: Known) -> bool:
    if one.reason is ProblemCode.ERASED:
        return True
    head = one.head
    if head is None or head.record_type == RecordType.AUDIT_EVENT:
        return False
    return head.patient_id in known.erased


def judge(change: Sequence[Received], rest: Sequence[Received], known: Known) -> bool:
    """Tell whether the rest of a change can be accepted; else give each its reason.

    A sound part of a change that is set aside is incomplete without the others.
    """
    complete = _is_complete(change)
    ids = [one.operation_id for one in rest]
    reasons = [
        ProblemCode.OPERATION_ID_REUSED
        if one.operation is not None and ids.count(one.operation_id) > 1
        else _reason(one, known, complete=complete)
        for one in rest
    ]
    if not any(reasons):
        return True
    for one, reason in zip(rest, reasons, strict=True):
        one.reason = reason or ProblemCode.CHANGE_INCOMPLETE
    return False


def _reason(one: Received, known: Known, *, complete: bool) -> ProblemCode | None:
    if one.operation is None or one.digest in known.left_out:
        return one.reason or ProblemCode.LEFT_OUT
    head = one.operation.header
    if one.operation_id in known.operations:
        return ProblemCode.OPERATION_ID_REUSED
    if not complete:
        return ProblemCode.CHANGE_INCOMPLETE
    if head.record_type == RecordType.AUDIT_EVENT:
        return None  # It is kept whoever wrote it: what is refused leaves no trace.
    if head.site_id not in known.site_ids:
        return ProblemCode.UNKNOWN_SITE
    return _reason_of_author(head, known)


def _reason_of_author(head: Header, known: Known) -> ProblemCode | None:
    if head.practitioner_id not in known.practitioner_ids:
        return ProblemCode.UNKNOWN_PRACTITIONER
    # By the author's own clock: who wrote before and sends late keeps it.
    last = known.device_revoked_at
    if last is not None and head.at.wall_ms > last:
        return ProblemCode.DEVICE_REVOKED
    last = known.revoked_at.get(head.practitioner_id)
    if last is not None and head.at.wall_ms > last:
        return ProblemCode.PRACTITIONER_REVOKED
    return None


def _is_complete(change: Sequence[Received]) -> bool:
    """Tell whether every part of a change is there, once, and they agree on it."""
    if len(change) == 1:  # Mostly so.
        part = change[0].change
        return part is not None and part.size == 1
    parts = {one.digest: one.change for one in change if one.change is not None}
    sizes = {part.size for part in parts.values()}
    indices = sorted(part.index for part in parts.values())
    return len(sizes) == 1 and indices == list(range(sizes.pop()))


def records_agree(rest: Sequence[Received], fold: Fold) -> bool:
    """Tell whether each part names its record's type and patient; mark those not."""
    named: dict[str, tuple[str, str]] = {}
    agree = True
    for one in rest:
        if one.operation is None or not _agrees(one.operation, named, fold):
            one.reason = ProblemCode.RECORD_MISMATCH
            agree = False
    if not agree:
        for one in rest:
            one.reason = one.reason or ProblemCode.CHANGE_INCOMPLETE
    return agree


def _agrees(
    operation: Operation, named: dict[str, tuple[str, str]], fold: Fold
) -> bool:
    head = operation.header
    names = (head.record_type, head.patient_id)
    return fold.matches(operation) and named.setdefault(head.record_id, names) == names
