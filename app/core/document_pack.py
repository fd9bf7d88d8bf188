"""A document as JSON by operation: small, and read only as far as somebody looks.

What one operation wrote stands together, so its stamp, author and site stand once and
not once a field. A tablet seals this form, and pages of a first sync can carry it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic_core import from_json

from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.document_json import document_from_json, read_newer
from app.core.merge import Document, FieldState, Write, new_document
from app.core.operation import MAX_DEPTH, Operation, is_understood

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SCALARS = {str, int, bool, type(None)}
_PARTS = 6
"""What one operation wrote and nobody replaced: operation id, stamp, practitioner id,
site id, clamp or None, values by field; checked when it comes, made when it is read."""


class PackedFields(Mapping[str, FieldState]):
    """Fields that are made when somebody asks for them."""

    __slots__ = ("_made", "_replaced", "writes")

    def __init__(self, writes: list[Any], replaced: Mapping[str, list[str]]) -> None:
        self.writes = writes
        self._replaced = replaced
        self._made: dict[str, FieldState] = {}

    def __getitem__(self, name: str) -> FieldState:
        """Return a field's state; raise KeyError where nobody wrote it."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._make(name)
        return made

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the fields."""
        names = dict.fromkeys(self._replaced)
        for written in self.writes:
            names.update(dict.fromkeys(written[5]))
        return iter(names)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def values_of(self, name: str) -> list[Json]:
        """Return the values of a field's heads, in no order."""
        return [w[5][name] for w in self.writes if name in w[5]]

    @property
    def packed(self) -> tuple[list[Any], dict[str, Json]]:
        """What operations wrote, and replaced ids by field."""
        return self.writes, dict(self._replaced)

    def _make(self, name: str) -> FieldState:
        heads = {
            i: Write(values[name], i, HybridTimestamp(*stamp), who, site, clamp)
            for i, stamp, who, site, clamp, values in self.writes
            if name in values
        }
        replaced = self._replaced.get(name)
        if replaced is None:
            if not heads:
                raise KeyError(name)
            return FieldState(heads)
        return FieldState(heads, frozenset(replaced))


def first_document(operation: Operation, clamp_ms: int | None) -> Document:
    """Return the document of a record's first operation, as folding it gives it."""
    head = operation.header
    if operation.replaces or not is_understood(head.schema):
        return new_document(operation).apply(operation, clamp_ms)
    who = (head.practitioner_id, head.site_id, clamp_ms)
    by = [[head.operation_id, head.at.to_json(), *who, dict(operation.fields)]]
    fields = PackedFields(by if operation.fields else [], _NOTHING)
    return Document(head.record_type, head.record_id, head.patient_id, fields)


def pack(document: Document) -> dict[str, Json]:
    """Return the JSON of a document, losing nothing."""
    fields = document.fields
    by, replaced = fields.packed if isinstance(fields, PackedFields) else _by(fields)
    return {
        "type": document.record_type,
        "record": document.record_id,
        "patient": document.patient_id,
        "by": by,
        **({"replaced": replaced} if replaced else {}),
        **({"newer": dict(document.newer)} if document.newer else {}),
    }


def _by(fields: Mapping[str, FieldState]) -> tuple[list[Any], dict[str, Json]]:
    by_operation: dict[tuple[str, int | None], list[Any]] = {}
    replaced: dict[str, Json] = {}
    for name, state in fields.items():
        for write in state.heads.values():
            known = by_operation.get((write.operation_id, write.clamp_ms))
            if known is None:
                who = (write.practitioner_id, write.site_id, write.clamp_ms)
                known = [write.operation_id, write.at.to_json(), *who, {}]
                by_operation[write.operation_id, write.clamp_ms] = known
            known[5][name] = write.value
        if state.replaced or not state.heads:
            replaced[name] = sorted(state.replaced)
    return list(by_operation.values()), replaced


def unpack(raw: bytes) -> Document:
    """Read what somebody sent, packed or by document_to_json; raise ValueError.

    Nothing gets in that JSON without floats does not know, nor lone surrogates.
    """
    value = from_json(raw, allow_inf_nan=False)
    if type(value) is not dict or "by" not in value:
        _check_value(value, 0)
        return document_from_json(value)
    _check_ids([value.get("type"), value.get("record"), value.get("patient")])
    if type(value["by"]) is not list:
        raise ValueError("not a list of what operations wrote")
    for each in value["by"]:
        _check_written(each)
    if "replaced" in value:
        for ids in _object(value["replaced"]).values():
            _check_ids(ids)
    if "newer" in value:
        read_newer(value["newer"])
    return _document(value)


def unpack_own(raw: bytes) -> Document:
    """Read what `unpack` let in, or `pack` gave, before it was sealed."""
    value = from_json(raw)
    return _document(value) if "by" in value else document_from_json(value)


def _document(value: dict[str, Any]) -> Document:
    fields = PackedFields(value["by"], value.get("replaced", _NOTHING))
    newer = value.get("newer", _NOTHING)
    return Document(value["type"], value["record"], value["patient"], fields, newer)


def _check_written(value: Any) -> None:
    if type(value) is not list or len(value) != _PARTS:
        raise ValueError("not what an operation wrote")
    operation_id, stamp, author, site, clamp, values = value
    _check_ids([operation_id, author, site])
    HybridTimestamp.from_json(stamp)
    if clamp is not None and type(clamp) is not int:
        raise ValueError("not a clamp")
    for each in _object(values).values():
        if type(each) not in _SCALARS:
            _check_value(each, 0)


def _check_value(value: Any, depth: int) -> None:
    kind = type(value)
    if kind in _SCALARS:
        return
    if kind is float or depth > MAX_DEPTH:
        raise ValueError("not JSON without floats, or nested too deeply")
    for member in value.values() if kind is dict else value:
        _check_value(member, depth + 1)


def _check_ids(values: Any) -> None:
    if type(values) is not list or not set(map(type, values)) <= {str}:
        raise ValueError("not ids")


def _object(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise ValueError("not an object")
    return value


def written(document: Document) -> Iterator[tuple[str, HybridTimestamp, int | None]]:
    """Yield operation id, stamp and clamp of each write that stands.

    An operation that wrote several fields may come several times.
    """
    fields = document.fields
    if isinstance(fields, PackedFields):
        for operation_id, stamp, _who, _site, clamp, _values in fields.writes:
            yield operation_id, HybridTimestamp(*stamp), clamp
        return
    for state in fields.values():
        for write in state.heads.values():
            yield write.operation_id, write.at, write.clamp_ms


def head_ids(document: Document) -> set[str]:
    """Return the ids of the operations of which anything stands."""
    fields = document.fields
    if isinstance(fields, PackedFields):
        return {each[0] for each in fields.writes}
    return {i for state in fields.values() for i in state.heads}


def changed_at(document: Document) -> int:
    """Return when a document last changed, as servers clamp it; 0 if it never did."""
    newest, last = 0, None
    for _id, at, clamp in written(document):
        if at is not last or clamp is not None:  # Mostly one wrote many fields.
            newest, last = max(newest, at.effective_ms(clamp)), at
    return newest
