"""What everybody must come to: a fold of the set of operations, made here by hand.

It shares no code with app.core.merge, so that a fault there is seen. A field's heads
are the writes that no other write of the set replaces; what is shown is the newest of
them by the clamped stamp; of an answer, the newest positive one if there is any.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.canonical import Json
from app.core.merge import Document
from app.core.operation import Operation
from app.core.records import policy


@dataclass(frozen=True, slots=True)
class Head:
    """A value that stands."""

    value: Json
    clamp_ms: int | None


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: what stands, and which of it is shown."""

    heads: Mapping[str, Head]
    shown: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as a person sees it, and what waits for a newer build."""

    fields: Mapping[str, FieldView]
    newer: frozenset[str]


View = Mapping[str, RecordView]


def fold(
    operations: Iterable[Operation],
    clamps: Mapping[str, int | None],
    schema: int,
    aside: Iterable[Operation] = (),
) -> View:
    """Return every record of a set of operations, as a build of a schema reads them.

    `aside` are operations that are in no record: what an operation replaced that
    replaces one of them, it has replaced too.
    """
    everything = {one.header.operation_id: one for one in operations}
    through = {one.header.operation_id: one for one in aside}
    by_record: dict[str, list[Operation]] = {}
    for one in everything.values():
        by_record.setdefault(one.header.record_id, []).append(one)
    return {
        record_id: _record(found, clamps, schema, through)
        for record_id, found in by_record.items()
    }


def _record(
    operations: list[Operation],
    clamps: Mapping[str, int | None],
    schema: int,
    aside: Mapping[str, Operation],
) -> RecordView:
    read = [one for one in operations if one.header.schema <= schema]
    newer = frozenset(
        one.header.operation_id for one in operations if one.header.schema > schema
    )
    names = {name for one in read for name in one.fields}
    fields = {name: _field(name, read, clamps, aside) for name in names}
    return RecordView(fields, newer)


def _field(
    name: str,
    operations: list[Operation],
    clamps: Mapping[str, int | None],
    aside: Mapping[str, Operation],
) -> FieldView:
    writers = [one for one in operations if name in one.fields]
    gone: set[str] = set()
    for one in writers:
        gone |= _replaced(name, one, aside)
    standing = [one for one in writers if one.header.operation_id not in gone]
    heads = {
        one.header.operation_id: Head(
            one.fields[name], clamps.get(one.header.operation_id)
        )
        for one in standing
    }
    return FieldView(heads, _shown(name, standing, clamps))


def _replaced(name: str, one: Operation, aside: Mapping[str, Operation]) -> set[str]:
    found: set[str] = set()
    waiting = [*one.replaces.get(name, ())]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            refused = aside.get(each)
            waiting += refused.replaces.get(name, ()) if refused else ()
    return found


def _shown(
    name: str, standing: list[Operation], clamps: Mapping[str, int | None]
) -> str:
    """The id of what is shown: the newest that is positive, or else the newest."""

    def order(one: Operation) -> tuple[bool, int, int, str, str]:
        at, value = one.header.at, one.fields[name]
        clamp_ms = clamps.get(one.header.operation_id)
        wall_ms = at.wall_ms if clamp_ms is None else min(at.wall_ms, clamp_ms)
        is_answer = one.header.record_type == "QuestionnaireResponse" and (
            name.startswith("answer.")
        )
        is_positive = isinstance(value, Mapping) and value.get("positive") is True
        return (
            is_answer and is_positive,
            wall_ms,
            at.counter,
            at.device_id,
            one.header.operation_id,
        )

    return max(standing, key=order).header.operation_id if standing else ""


def view_of(document: Document) -> RecordView:
    """A document of the product, in the oracle's terms."""
    fields = {}
    for name, state in document.fields.items():
        heads = {
            write.operation_id: Head(write.value, write.clamp_ms)
            for write in state.heads.values()
        }
        shown = document.shown(name, policy(document.record_type, name))
        fields[name] = FieldView(heads, shown.write.operation_id if shown else "")
    return RecordView(fields, frozenset(document.newer))


def views_of(documents: Mapping[str, Document]) -> View:
    """Every record of a node, in the oracle's terms."""
    return {record_id: view_of(one) for record_id, one in documents.items()}
