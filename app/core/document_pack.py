"""A document as JSON by operation: small, and read only as far as somebody looks.

What one operation wrote stands together, so its stamp, author and site stand once and
not once a field. A tablet seals this form, and pages of a first sync can carry it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, get_args

import msgspec
from pydantic_core import from_json

from app.core.canonical import Json, checked_type
from app.core.clock import HybridTimestamp
from app.core.document_json import document_from_json, read_newer
from app.core.merge import Document, FieldState, Write, new_document
from app.core.operation import MAX_DEPTH, Operation, is_understood

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SCALARS = {str, int, bool, type(None)}
_PARTS = 6
"""What one operation wrote and nobody replaced: operation id, stamp, practitioner id,
site id, clamp or None, values by field; checked when it comes, made when it is read."""

_GENERIC: tuple[Any, Any, Any] = list, dict, tuple
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Written = tuple[str, tuple[_Count, _Count, str], str, str, int | None, dict[str, Any]]


class _Packed(msgspec.Struct, gc=False):
    """What `pack` gives."""

    type: str
    record: str
    patient: str
    by: list[_Written]
    replaced: dict[str, list[str]] = msgspec.field(default_factory=dict)
    newer: dict[str, int] = msgspec.field(default_factory=dict)


def _without_floats() -> Any:
    """Return the same for what somebody sent: no float gets in while it is parsed.

    What lies deeper than that can tell, which is hardly anything, is walked.
    """
    a_list, a_dict, a_tuple = _GENERIC
    fields = a_dict[str, checked_type()]
    by = a_list[a_tuple[(*get_args(_Written)[:-1], fields)]]
    return msgspec.defstruct("_Sent", [("by", by)], bases=(_Packed,), gc=False)


_read_sent = msgspec.json.Decoder(_without_floats()).decode
_read_own = msgspec.json.Decoder(_Packed).decode


class PackedFields(Mapping[str, FieldState]):
    """Fields that are made when somebody asks for them."""

    __slots__ = ("_made", "_replaced", "writes")

    def __init__(self, writes: list[Any], replaced: Mapping[str, list[str]]) -> None:
        self.writes = writes
        self._replaced = replaced
        self._made: dict[str, FieldState] | None = None

    def __getitem__(self, name: str) -> FieldState:
        """Return a field's state; raise KeyError where nobody wrote it."""
        if self._made is None:
            self._made = {}
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
    try:
        return _document(_read_sent(raw))
    except (ValueError, RecursionError):  # Of the other form, deeper, or none at all.
        return _document_of(from_json(raw, allow_inf_nan=False))


def _document_of(value: Any) -> Document:
    """Return the document of parsed JSON, whatever it is; raise ValueError."""
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
    return _document(msgspec.convert(value, _Packed))


def unpack_own(raw: bytes) -> Document:
    """Read what `unpack` let in, or `pack` gave, before it was sealed."""
    try:
        return _document(_read_own(raw))
    except msgspec.ValidationError:
        return document_from_json(from_json(raw))


def _document(packed: _Packed) -> Document:
    fields = PackedFields(packed.by, packed.replaced)
    return Document(packed.type, packed.record, packed.patient, fields, packed.newer)


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


def newest_stamp(document: Document) -> tuple[int, int]:
    """Return wall time in UTC milliseconds and counter of what was written last.

    As servers clamp it, which leaves no counter; (0, 0) if nothing was written.
    """
    newest, fields = (0, 0), document.fields
    if isinstance(fields, PackedFields):
        if len(fields.writes) == 1:
            _id, (wall_ms, counter, _device), _who, _site, clamp, _ = fields.writes[0]
            late = clamp is not None and clamp < wall_ms
            return (clamp, 0) if late else (wall_ms, counter)
        stamps = [(w[1], w[4]) for w in fields.writes]
    else:
        stamps = [((w.wall_ms, w.counter), c) for _id, w, c in written(document)]
    for at, clamp in stamps:
        if clamp is None or clamp >= at[0]:
            newest = max(newest, (at[0], at[1]))
        else:
            newest = max(newest, (clamp, 0))
    return newest


def head_ids(document: Document) -> set[str]:
    """Return the ids of the operations of which anything stands."""
    fields = document.fields
    if isinstance(fields, PackedFields):
        return {each[0] for each in fields.writes}
    return {i for state in fields.values() for i in state.heads}


def changed_at(document: Document) -> int:
    """Return when a document last changed, as servers clamp it; 0 if it never did."""
    return newest_stamp(document)[0]
