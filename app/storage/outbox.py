"""This device's chain as the server must get it, and what the server said of it."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from app.core.chain import GENESIS, ChainHead
from app.core.operation import OperationError
from app.core.problems import ProblemCode
from app.core.wire import (
    MAX_BATCH_OPERATIONS,
    Outcome,
    PushOutcome,
    PushRequest,
    PushResponse,
)
from app.storage.acknowledging import Ready, acknowledge
from app.storage.damage import Damage, DamageKind
from app.storage.errors import VaultCorruptError
from app.storage.links import Link, links_from, next_change
from app.storage.rows import Rows
from app.storage.sealing import SigningKey
from app.storage.set_aside import SetAside, SetAsideRows
from app.storage.stored_operation import State, StoredOperation
from app.storage.unit import Unit

MAX_BATCH_BYTES = 512 * 1024
# Somebody adds the practitioner or the site, or the rest of a change arrives.
_MAY_PASS = frozenset(
    {
        ProblemCode.UNKNOWN_PRACTITIONER,
        ProblemCode.PRACTITIONER_REVOKED,
        ProblemCode.UNKNOWN_SITE,
        ProblemCode.CHANGE_INCOMPLETE,
    }
)
# Said of what can be read well here, it tells of damage at the server.
_OF_DAMAGE = ProblemCode.OPERATION_MALFORMED


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How large a batch may be; a single change may be larger than `size`.

    It holds what comes after a number.
    """

    operations: int = MAX_BATCH_OPERATIONS
    size: int = MAX_BATCH_BYTES
    after: int = 0


def link_digest(driver: sqlite3.Connection, rows: Rows, number: int) -> bytes | None:
    """Return the chain's digest at a number that it has.

    None where the link can't be read or is gone: `rows.damaged` names it then.
    """
    if number == 0:
        return GENESIS
    found = rows.select_operations(driver, "WHERE number = ?", number)
    stored = next(found, None)
    if stored is None and not _has_link(driver, number):
        rows.damaged.add(Damage(DamageKind.LINK, str(number)))
    return None if stored is None else stored.link


def _has_link(driver: sqlite3.Connection, number: int) -> bool:
    where = "SELECT 1 FROM operation WHERE number = ?"
    return driver.execute(where, (number,)).fetchone() is not None


def linked_again(unit: Unit, stored: StoredOperation) -> StoredOperation:
    """Return an operation from the feed, in its place in this chain if it is own.

    Only one whose row can't be read any more comes without its place.
    """
    row = unit.driver.execute(
        "SELECT number FROM operation WHERE operation_id = ?",
        (stored.header.operation_id,),
    ).fetchone()
    if row is None or row[0] is None:
        return stored
    number: int = row[0]
    before = link_digest(unit.driver, unit.rows, number - 1)
    if before is None:
        return replace(stored, number=number)
    head = ChainHead(unit.state.head.device_id, number - 1, before)
    link = head.extend(stored.encoded.header_digest).digest
    return replace(stored, number=number, link=link)


def all_batches(
    driver: sqlite3.Connection, rows: Rows, key: SigningKey, limits: BatchLimits
) -> Iterator[PushRequest]:
    """Return every batch that would be pushed, one after the other."""
    while (batch := next_batch(driver, rows, key, limits)) is not None:
        yield batch
        limits = replace(limits, after=batch.first + len(batch.operations) - 1)


def next_batch(
    driver: sqlite3.Connection,
    rows: Rows,
    key: SigningKey,
    limits: BatchLimits,
    ready: Ready | None = None,
) -> PushRequest | None:
    """Return the oldest pending links in a row as whole changes, signed.

    With `ready`, what is in it is made ready there for the answer.

    The server verifies the chain, so nothing can pass a link that is lost or can't be
    read: what stands before it is sent, the rest waits, and the link is named in
    `rows.damaged`.
    """
    first = driver.execute(
        "SELECT min(number) FROM operation WHERE state = 0 AND number > ?",
        (limits.after,),
    ).fetchone()[0]
    if first is None:
        return None
    start = next(rows.select_operations(driver, "WHERE number = ?", first), None)
    if start is None:
        return None
    first = max(1, first - start.header.change.index)
    batch = _whole_changes(links_from(driver, rows, first, ready), limits)
    previous = link_digest(driver, rows, first - 1)
    if not batch or previous is None:
        return None
    last = batch[-1]
    if last.digest is None:
        raise ValueError("an own operation without its link")
    head = ChainHead(last.device_id, last.number, last.digest)
    return PushRequest(
        device_id=head.device_id,
        first=first,
        previous=previous.hex(),
        operations=tuple(link.envelope for link in batch),
        signature=key.sign(head.signed_bytes()),
    )


def _whole_changes(links: Iterator[Link], limits: BatchLimits) -> list[Link]:
    batch: list[Link] = []
    size = 0
    while change := next_change(links):
        size += sum([link.bytes for link in change])
        fits = size <= limits.size and len(batch) + len(change) <= limits.operations
        # A change that was answered is not sent again behind one that was not.
        is_answered = all(link.is_answered for link in change)
        if not change[-1].is_last or (batch and (is_answered or not fits)):
            break
        batch += change
    return batch


def record_answer(
    unit: Unit, aside: SetAsideRows, answer: PushResponse, ready: Ready | None = None
) -> None:
    """Keep what became of each operation, by its id; see acknowledging of `ready`.

    One counts as acknowledged only if the server named it and its chain reaches it.
    """
    plain = {o.operation_id for o in answer.outcomes if _is_plain(o)}
    last, ready = answer.acknowledged, {} if ready is None else ready
    done, patients = acknowledge(unit.driver, unit.rows, plain, last, ready)
    unit.touched |= patients
    for outcome in answer.outcomes:
        if outcome.operation_id in done:
            continue
        stored = unit.rows.operation(unit.driver, outcome.operation_id)
        if stored is None or stored.number is None:
            continue
        if stored.number <= answer.acknowledged:
            _record(unit, aside, stored, outcome)


def _is_plain(outcome: PushOutcome) -> bool:
    """Tell whether nothing but the state changes, as of nearly all operations."""
    return outcome.outcome is not Outcome.REJECTED and outcome.clamp_ms is None


def _record(
    unit: Unit, aside: SetAsideRows, stored: StoredOperation, outcome: PushOutcome
) -> None:
    is_erased = stored.encoded.content is None and outcome.reason is ProblemCode.ERASED
    if outcome.outcome is Outcome.REJECTED and not is_erased:
        reason = outcome.reason or ProblemCode.UNEXPECTED
        whose = stored.header.patient_id
        entry = SetAside(outcome.operation_id, reason, patient_id=whose)
        aside.put(unit.driver, entry)
        if stored.state is not State.SET_ASIDE:
            unit.change_operation(replace(stored, state=State.SET_ASIDE))
        return
    accept(unit, aside, stored, outcome.clamp_ms)


def accept(
    unit: Unit, aside: SetAsideRows, stored: StoredOperation, clamp_ms: int | None
) -> None:
    """Count an operation as acknowledged, with the server's clamp of its time.

    What the server says last counts: all its tablets must show what it shows.
    """
    changed = replace(stored, state=State.ACKNOWLEDGED, clamp_ms=clamp_ms)
    if changed == stored:
        return
    if stored.state is State.SET_ASIDE:
        aside.drop(unit.driver, stored.header.operation_id)
    unit.change_operation(changed)
    operation = stored.decoded() if changed.clamp_ms != stored.clamp_ms else None
    if operation is not None:
        # A record that can't be read is named; it keeps no other from being sent.
        with suppress(VaultCorruptError):
            unit.fold(operation, changed.clamp_ms)


def offer_again(unit: Unit, aside: SetAsideRows, after: int) -> int:
    """Count every own link after a number as pending again, refused ones too.

    Returns how many there were.
    """
    found = [
        *unit.rows.select_operations(
            unit.driver, "WHERE number > ? AND state <> 0 ORDER BY number", after
        )
    ]
    for stored in found:
        _offer(unit, aside, stored)
    return len(found)


def offer_refused(
    unit: Unit, aside: SetAsideRows, operation_ids: Collection[str]
) -> int:
    """Count as pending what was accepted once, and the server says is set aside.

    It was accepted after the backup from which its server was restored. Returns how
    many operations there were.
    """
    found = [unit.rows.operation(unit.driver, one) for one in operation_ids]
    lost = [
        stored
        for stored in found
        if stored is not None
        and stored.number is not None
        and stored.state is State.ACKNOWLEDGED
    ]
    for stored in lost:
        _offer(unit, aside, stored)
    return len(lost)


def offer_set_aside(unit: Unit, aside: SetAsideRows) -> int:
    """Count as pending what was refused for a reason that may have passed.

    It is called where the setup is renewed, so nothing is offered in every round.
    Returns how many operations there were.
    """
    count_offered = 0
    for entry in aside.all(unit.driver):
        if entry.item is not None or entry.reason not in (*_MAY_PASS, _OF_DAMAGE):
            continue
        stored = unit.rows.operation(unit.driver, entry.item_id)
        if stored is None or stored.state is not State.SET_ASIDE:
            continue
        if entry.reason in _MAY_PASS or _is_sound(stored):
            _offer(unit, aside, stored)
            count_offered += 1
    return count_offered


def _is_sound(stored: StoredOperation) -> bool:
    try:
        return stored.decoded() is not None
    except OperationError:
        return False


def _offer(unit: Unit, aside: SetAsideRows, stored: StoredOperation) -> None:
    aside.drop(unit.driver, stored.header.operation_id)
    unit.change_operation(replace(stored, state=State.PENDING))
