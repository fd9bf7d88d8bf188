"""Folding operations into the server's documents, by the rule that tablets use."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
from pydantic_core import from_json
from sqlalchemy import Connection

from app.core.document_pack import PackedFields, first_document, pack, unpack
from app.core.merge import Document, FieldState
from app.core.operation import EncodedOperation, Operation, decode_operation
from app.core.problems import ProblemCode
from app.core.projections import ResponseView, View
from app.core.records import RecordType
from app.core.unit_check import record_value
from sync_server.database import AnyRow, Database
from sync_server.problems import place_of
from sync_server.services.revisions import newest_revision
from sync_server.tables import DOCUMENT

logger = logging.getLogger("tessera.fold")
_encode = msgspec.json.Encoder().encode

_DOCUMENTS = (
    "SELECT record_id, sequence, site_ids, body FROM document WHERE record_id IN {ids}"
)
_SET_ASIDE = (
    "SELECT operation_id, header_digest, reason, header, salt, content FROM set_aside "
    "WHERE record_id IN {ids}"
)
# Of these the content can't be trusted to say what its author saw.
_UNTRUSTED = frozenset(
    {
        ProblemCode.OPERATION_MALFORMED,
        ProblemCode.CONTENT_MISMATCH,
        ProblemCode.OPERATION_ID_REUSED,
        ProblemCode.ERASED,
    }
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A document under way: what it is now, and the newest operation in it.

    `row` is there once it has changed: what is written of it.
    """

    document: Document
    site_ids: frozenset[str]
    sequence: int = 0
    row: tuple[object, ...] | None = None


@dataclass(slots=True)
class Fold:
    """The documents that one batch touches.

    What was set aside gives no value, but what it replaced is remembered: once an
    accepted operation replaces it in turn, that one has replaced those too. Without
    this a correction of a refused entry would stand in conflict with the value that
    both of them replaced; and applied at once, a refused entry could erase a value.
    """

    changed_at: int
    folded: dict[str, Folded] = field(default_factory=dict)
    set_aside: dict[str, dict[str, Operation]] = field(default_factory=dict)
    set_aside_digests: set[bytes] = field(default_factory=set)
    before: dict[str, Document] = field(default_factory=dict)
    """Documents as they were read."""
    damaged: set[str] = field(default_factory=set)
    """Records whose document can't be read: what is written on them is set aside."""

    def matches(self, operation: Operation) -> bool:
        """Tell whether an operation names its record's type and patient."""
        found = self.folded.get(operation.header.record_id)
        if found is None:
            return True
        document, head = found.document, operation.header
        return (document.record_type, document.patient_id) == (
            head.record_type,
            head.patient_id,
        )

    def accept(self, change: Sequence[tuple[Operation, int, int | None]]) -> bool:
        """Apply the operations of a change, each with its sequence and clamp.

        False where one of them can't be folded or drawn: then nothing has changed.
        What a stranger wrote must not end the batch that brought it, for ever.
        """
        record_ids = {each[0].header.record_id for each in change}
        before = {one: self.folded.get(one) for one in record_ids}
        try:
            for operation, sequence, clamp_ms in change:
                self._apply(operation, sequence, clamp_ms)
            for record_id in record_ids:
                self._draw(record_id)
        except Exception as error:  # noqa: BLE001 - the reason is set aside with it
            logger.error("unfoldable", extra=place_of(error))  # noqa: TRY400 - ids only
            for record_id, found in before.items():
                self.folded.pop(record_id, None)
                if found is not None:
                    self.folded[record_id] = found
            return False
        return True

    def _apply(self, operation: Operation, sequence: int, clamp_ms: int | None) -> None:
        record_id = operation.header.record_id
        if record_id in self.damaged:
            raise ValueError("the document is damaged")
        aside = self.set_aside.get(record_id)
        if aside:
            aside.pop(operation.header.operation_id, None)
            operation = replace(operation, replaces=_closure(operation.replaces, aside))
        found = self.folded.get(record_id)
        site_ids = frozenset({operation.header.site_id})
        if found is None:
            document = first_document(operation, clamp_ms)
        else:
            document = found.document.apply(operation, clamp_ms)
            site_ids |= found.site_ids
        self.folded[record_id] = Folded(document, site_ids, sequence)

    def _draw(self, record_id: str) -> None:
        found = self.folded[record_id]
        row = _row(found, self.changed_at)
        self.folded[record_id] = Folded(
            found.document, found.site_ids, found.sequence, row
        )

    def deltas(self, key: str) -> dict[str, int]:
        """Return by how much each patient counts more by now (see unit_check)."""
        found: dict[str, int] = {}
        for record_id, folded in self.folded.items():
            if folded.row is None:
                continue
            before, patient_id = self.before.get(record_id), folded.document.patient_id
            was = 0 if before is None else record_value(key, before)
            more = record_value(key, folded.document) - was
            found[patient_id] = found.get(patient_id, 0) + more
        return found

    def put_aside(self, operation: Operation, reason: ProblemCode) -> None:
        """Remember what an operation replaced that gives no value itself."""
        if reason in _UNTRUSTED:
            return
        before = self.folded.get(operation.header.record_id)
        try:
            self._follow(operation)
        except Exception as error:  # noqa: BLE001 - as above
            logger.error("unfoldable", extra=place_of(error))  # noqa: TRY400 - as above
            if before is not None:
                self.folded[operation.header.record_id] = before

    def _follow(self, operation: Operation) -> None:
        head = operation.header
        aside = self.set_aside.setdefault(head.record_id, {})
        aside[head.operation_id] = operation
        found = self.folded.get(head.record_id)
        if found is None:
            return
        # An operation that replaced it may have come before it.
        fields = dict(found.document.fields)
        for name, state in found.document.fields.items():
            reached = _closure({name: tuple(state.replaced)}, aside)[name]
            if not state.replaced.issuperset(reached):
                fields[name] = state.join(FieldState({}, frozenset(reached)))
        if fields != found.document.fields:
            document = replace(found.document, fields=fields)
            self.folded[head.record_id] = replace(found, document=document)
            self._draw(head.record_id)


def _closure(
    replaces: Mapping[str, tuple[str, ...]], aside: Mapping[str, Operation]
) -> dict[str, tuple[str, ...]]:
    """Return what is replaced, also through operations that were set aside."""
    return {name: _reached(name, ids, aside) for name, ids in replaces.items()}


def _reached(
    name: str, ids: Iterable[str], aside: Mapping[str, Operation]
) -> tuple[str, ...]:
    reached, waiting = set(ids), list(ids)
    while waiting:
        through = aside.get(waiting.pop())
        for one in through.replaces.get(name, ()) if through else ():
            if one not in reached:
                reached.add(one)
                waiting.append(one)
    return tuple(sorted(reached))


def load(
    database: Database, connection: Connection, record_ids: Collection[str], now: int
) -> Fold:
    """Read the documents of records, and what was set aside of them."""
    fold = Fold(now)
    for row in database.select_ids(connection, _DOCUMENTS, record_ids):
        record_id, sequence, site_ids, body = row
        try:
            document = unpack(body.encode())
            sites = frozenset(from_json(site_ids))
        except ValueError as error:
            logger.error("damaged", extra={"record": record_id, **place_of(error)})  # noqa: TRY400 - ids only
            fold.damaged.add(record_id)
        else:
            fold.folded[record_id] = Folded(document, sites, sequence)
            fold.before[record_id] = document
    for row in database.select_ids(connection, _SET_ASIDE, record_ids):
        fold.set_aside_digests.add(row.header_digest)
        _remember(fold, row)
    return fold


def _remember(fold: Fold, row: AnyRow) -> None:
    if ProblemCode(row.reason) not in _UNTRUSTED:
        encoded = EncodedOperation(row.header, row.salt, row.content)
        operation = decode_operation(encoded)
        aside = fold.set_aside.setdefault(operation.header.record_id, {})
        aside[row.operation_id] = operation


def save(database: Database, connection: Connection, fold: Fold) -> None:
    """Write the documents that changed, with what lists need of them.

    All of them get the next revision: whoever follows it misses no change, also none
    that an operation made which is not in the log.
    """
    newest = newest_revision(connection)
    rows = [(*f.row, newest + 1) for f in fold.folded.values() if f.row is not None]
    database.upsert(connection, DOCUMENT, rows)


def _row(folded: Folded, changed_at: int) -> tuple[object, ...]:
    document = folded.document
    return (
        document.record_id,
        document.record_type,
        document.patient_id,
        folded.sequence,
        changed_at,
        conflicts_of(document),
        _texts(sorted(folded.site_ids)),
        _texts(red_flags_of(document)),
        _encode(pack(document)).decode(),
    )


def _texts(values: Collection[str]) -> str:
    return _encode(values).decode() if values else "[]"


def conflicts_of(document: Document) -> int:
    """Return how many of a record's fields wait for somebody's decision."""
    fields = document.fields
    # Where one operation wrote all that stands, no field has to be made for this.
    if isinstance(fields, PackedFields) and len(fields.writes) < 2:  # noqa: PLR2004
        return 0
    if all(len(state.heads) < 2 for state in fields.values()):  # noqa: PLR2004
        return 0
    view = View(document)
    return 0 if view.entered_in_error else len(view.conflicts())


def red_flags_of(document: Document) -> tuple[str, ...]:
    """Return the red flags that stand in a record."""
    if document.record_type != RecordType.QUESTIONNAIRE_RESPONSE:
        return ()
    return ResponseView(document).flags()
