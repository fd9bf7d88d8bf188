"""A change: what one Save writes, together, replacing what its author saw."""

from collections import defaultdict

import pytest

from app.core.change import (
    Authorship,
    Change,
    ChangeTooLargeError,
    RecordKey,
    build,
    replacing_unaccepted,
)
from app.core.clock import HybridClock
from app.core.ids import RandomIds
from app.core.merge import Document, new_document
from app.core.operation import MAX_CHANGE_SIZE, Operation, decode_operation
from app.core.records import RecordType, policy

AUTHOR = Authorship("nurse", "site")
PATIENT = RecordKey(RecordType.PATIENT, "patient", "patient")
VISIT = RecordKey(RecordType.ENCOUNTER, "visit", "patient")


def built(change: Change, seen: dict[str, Document] | None = None) -> list[Operation]:
    """The operations of a change at wall time 1000, on a device called `tablet`."""
    clock = HybridClock("tablet", lambda: 1000)
    made = build(change, AUTHOR, clock, RandomIds(), (seen or {}).get)
    for operation, encoded in made:
        assert decode_operation(encoded) == operation
    return [operation for operation, _ in made]


def document_of(operation: Operation) -> Document:
    return new_document(operation).apply(operation)


def test_one_save_is_one_change_with_an_operation_for_each_record() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "female"})
    change.set(VISIT, {"status": "arrived"})
    change.set(PATIENT, {"language": "ar"})
    operations = built(change)
    parts = [operation.header.change for operation in operations]
    assert [(part.index, part.size) for part in parts] == [(0, 2), (1, 2)]
    assert len({part.change_id for part in parts}) == 1
    assert operations[0].fields == {"sex": "female", "language": "ar"}
    assert operations[1].header.record_id == "visit"


def test_who_where_and_when_are_stamped_at_the_save() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "female"})
    header = built(change)[0].header
    assert (header.practitioner_id, header.site_id) == ("nurse", "site")
    assert (header.at.wall_ms, header.at.device_id) == (1000, "tablet")


def test_stamps_rise_within_a_change() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "female"})
    change.set(VISIT, {"status": "arrived"})
    first, second = built(change)
    assert first.header.at < second.header.at


def test_a_later_value_of_the_same_field_wins_within_a_change() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "unknown"})
    change.set(PATIENT, {"sex": "female"})
    assert built(change)[0].fields == {"sex": "female"}


def test_a_write_replaces_exactly_what_its_author_saw() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "unknown", "language": "ar"})
    first = built(change)[0]
    amended = Change()
    amended.set(PATIENT, {"sex": "female", "name": {"status": "refused"}})
    second = built(amended, {"patient": document_of(first)})[0]
    assert second.replaces["sex"] == (first.header.operation_id,)
    assert set(second.replaces) == {"sex"}
    both = document_of(first).apply(second)
    assert both.heads("sex") == (second.header.operation_id,)


def test_a_decision_replaces_every_sibling() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "female"})
    one, other = built(change)[0], built(change)[0]
    seen = document_of(one).apply(other)
    assert len(seen.heads("sex")) == 2
    decision = built(change, {"patient": seen})[0]
    assert seen.apply(decision).heads("sex") == (decision.header.operation_id,)


def test_what_came_in_unseen_is_not_replaced_and_becomes_a_conflict() -> None:
    change = Change()
    change.set(PATIENT, {"sex": "female"})
    unseen = document_of(written_by("colleague", change))
    blind = Change()
    blind.set(PATIENT, {"sex": "male"}, {"sex": ()})
    mine = built(blind, {"patient": unseen})[0]
    assert mine.replaces == {}
    shown = unseen.apply(mine).shown("sex", policy(RecordType.PATIENT, "sex"))
    assert shown is not None
    assert shown.in_conflict


def test_what_one_wrote_on_this_device_before_is_seen() -> None:
    first, second = Change(), Change()
    first.set(PATIENT, {"sex": "unknown"})
    second.set(PATIENT, {"sex": "female"}, {"sex": ("earlier",)})
    before = built(first)[0]
    after = built(second, {"patient": document_of(before)})[0]
    assert after.replaces["sex"] == tuple(
        sorted(("earlier", before.header.operation_id))
    )


def test_changes_that_are_joined_keep_what_was_seen() -> None:
    one, whole = Change(), Change()
    one.set(PATIENT, {"sex": "female"}, {"sex": ("o1",)})
    whole.add(one)
    assert (whole.writes, whole.seen) == (one.writes, one.seen)


def written_by(practitioner: str, change: Change) -> Operation:
    """The one operation of a change by somebody at another tablet."""
    clock = HybridClock("other-tablet", lambda: 900)
    author = Authorship(practitioner, "site")
    ((operation, _bytes),) = build(
        change, author, clock, RandomIds(), lambda _record_id: None
    )
    return operation


def test_an_appended_field_replaces_nothing() -> None:
    arrived, triaged = Change(), Change()
    arrived.set(VISIT, {"status": "arrived"})
    triaged.set(VISIT, {"status": "triaged"})
    first = built(arrived)[0]
    second = built(triaged, {"visit": document_of(first)})[0]
    assert second.replaces == {}
    assert len(document_of(first).apply(second).heads("status")) == 2


def test_a_change_without_values_is_nothing_to_save() -> None:
    change = Change()
    assert not change
    change.set(PATIENT, {})
    assert not change
    assert built(change) == []
    change.set(PATIENT, {"sex": None})
    assert change


def test_a_record_without_values_is_no_part_of_a_change() -> None:
    change = Change()
    change.set(PATIENT, {})
    change.set(VISIT, {"status": "arrived"})
    (operation,) = built(change)
    assert operation.header.change.size == 1


def _of_size(size: int) -> Change:
    change = Change()
    for number in range(size):
        key = RecordKey(RecordType.OBSERVATION, f"observation-{number}", "patient")
        change.set(key, {"value": str(number)})
    return change


def test_the_largest_change_fits_into_one_batch() -> None:
    assert len(built(_of_size(MAX_CHANGE_SIZE))) == MAX_CHANGE_SIZE


def test_a_larger_change_is_refused() -> None:
    with pytest.raises(ChangeTooLargeError):
        built(_of_size(MAX_CHANGE_SIZE + 1))


def test_who_writes_over_what_nobody_accepted_replaces_what_that_had_replaced() -> None:
    made: dict[str, Operation] = {}
    document: Document | None = None
    for value in ("one", "two", "three"):
        change = Change()
        change.set(PATIENT, {"sex": value})
        seen = {} if document is None else {"patient": document}
        clock = HybridClock("tablet", lambda: 1000)
        plain = build(change, AUTHOR, clock, RandomIds(), seen.get)
        # The first was accepted: only what the others replaced may be lost with them.
        unaccepted = {one: made[one].replaces for one in [*made][1:]}
        ((operation, encoded),) = replacing_unaccepted(
            plain, defaultdict(dict, unaccepted).__getitem__
        )
        assert decode_operation(encoded) == operation
        made[operation.header.operation_id] = operation
        document = (document or new_document(operation)).apply(operation)
    first, second, third = made
    assert made[second].replaces == {"sex": (first,)}
    assert made[third].replaces == {"sex": tuple(sorted((first, second)))}
