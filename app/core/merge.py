"""Merge: the state of a record is a function of the set of its operations.

A field's state is the set of writes that no other write replaces (the heads of a
multi-value register), so order and repetition do not matter. The hybrid clock only
chooses which head is shown. See Shapiro et al. 2011 (CRDTs), DeCandia 2007 (siblings).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.operation import Operation, is_understood


class Kind(StrEnum):
    """What happens when two people write one field without seeing each other."""

    REGISTER = "register"
    LATEST = "latest"
    APPEND = "append"


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """How a field's concurrent values are read.

    `prevails(a, b)` says that a makes b moot, so that the two do not conflict.
    `positive(v)` marks a value that is never lost silently: while a conflict is
    open it is what screens show and rules use.
    """

    kind: Kind = Kind.REGISTER
    prevails: Callable[[Json, Json], bool] | None = None
    positive: Callable[[Json], bool] | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """One value that one operation gave a field, with who, when and where."""

    value: Json
    operation_id: str
    at: HybridTimestamp
    practitioner_id: str
    site_id: str
    clamp_ms: int | None = None

    @property
    def effective_ms(self) -> int:
        """Wall time by which it is ordered: its own, or the server's clamp."""
        return self.at.effective_ms(self.clamp_ms)

    @property
    def order(self) -> tuple[int, int, str, str]:
        """Total order of writes for display; it never decides what is kept."""
        return (
            self.effective_ms,
            self.at.counter,
            self.at.device_id,
            self.operation_id,
        )

    def join(self, other: "Write") -> "Write":
        """Join two copies of the same write: the smallest clamp counts."""
        clamps = [c for c in (self.clamp_ms, other.clamp_ms) if c is not None]
        return replace(self, clamp_ms=min(clamps, default=None))


@dataclass(frozen=True, slots=True)
class FieldState:
    """The heads of a field by operation id, and every id that was ever replaced.

    Replaced ids are kept although their writes are gone: a replaced write that
    arrives late, or again, must not come back.
    """

    heads: Mapping[str, Write] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()

    def apply(self, write: Write, replaces: frozenset[str]) -> "FieldState":
        """Return the state after one write."""
        return self.join(FieldState({write.operation_id: write}, replaces))

    def join(self, other: "FieldState") -> "FieldState":
        """Return the least state that contains both: a join of semilattices."""
        replaced = self.replaced | other.replaced
        heads = {k: w for k, w in self.heads.items() if k not in replaced}
        for key, write in other.heads.items():
            if key not in replaced:
                known = heads.get(key)
                heads[key] = write if known is None else known.join(write)
        return FieldState(heads, replaced)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen shows of a field: one write, and those it conflicts with."""

    write: Write
    others: tuple[Write, ...] = ()

    @property
    def value(self) -> Json:
        """The value shown."""
        return self.write.value

    @property
    def in_conflict(self) -> bool:
        """Whether a person must decide between this value and others."""
        return bool(self.others)


@dataclass(frozen=True, slots=True)
class Document:
    """One record: the folded state of every operation on it.

    `newer` holds the operations of a schema that was not understood, each with its
    schema: they are in the log and in no field, until the record is folded again.
    """

    record_type: str
    record_id: str
    patient_id: str
    fields: Mapping[str, FieldState] = field(default_factory=dict)
    newer: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_outdated(self) -> bool:
        """Whether this build understands more of the record than is in its fields."""
        if not self.newer:
            return False
        return any(is_understood(schema) for schema in self.newer.values())

    def apply(self, operation: Operation, clamp_ms: int | None = None) -> "Document":
        """Return the document after one operation, known or unknown its fields."""
        head = operation.header
        if not is_understood(head.schema):
            return replace(self, newer={**self.newer, head.operation_id: head.schema})
        fields = dict(self.fields)
        for name, value in operation.fields.items():
            write = Write(
                value,
                head.operation_id,
                head.at,
                head.practitioner_id,
                head.site_id,
                clamp_ms,
            )
            replaces = frozenset(operation.replaces.get(name, ()))
            known = fields.get(name)
            if known is None and not replaces:  # Mostly so, and so many times.
                fields[name] = FieldState({head.operation_id: write})
            else:
                fields[name] = (known or _EMPTY).apply(write, replaces)
        return replace(self, fields=fields)

    def clamped(self, operation_id: str, clamp_ms: int | None) -> "Document":
        """Return the document with an operation's clamp as its server says it now.

        A server that was restored may give another one than was known before.
        """
        other: dict[str, FieldState] = {}
        for name, state in self.fields.items():
            known = state.heads.get(operation_id)
            if known is not None and known.clamp_ms != clamp_ms:
                write = replace(known, clamp_ms=clamp_ms)
                heads = {**state.heads, operation_id: write}
                other[name] = replace(state, heads=heads)
        return replace(self, fields={**self.fields, **other}) if other else self

    def join(self, other: "Document") -> "Document":
        """Return the document that both are part of."""
        fields = dict(self.fields)
        for name, state in other.fields.items():
            fields[name] = fields.get(name, _EMPTY).join(state)
        return replace(self, fields=fields, newer={**self.newer, **other.newer})

    def heads(self, name: str) -> tuple[str, ...]:
        """Return the ids that a writer who sees this document replaces."""
        return tuple(sorted(self.fields.get(name, _EMPTY).heads))

    @property
    def all_heads(self) -> dict[str, tuple[str, ...]]:
        """The same of every field: what somebody saw who has the record in view."""
        return {name: self.heads(name) for name in self.fields}

    def writes(self, name: str) -> tuple[Write, ...]:
        """Return all heads of a field, oldest first."""
        heads = self.fields.get(name, _EMPTY).heads.values()
        if len(heads) <= 1:
            return tuple(heads)
        return tuple(sorted(heads, key=lambda write: write.order))

    def shown(self, name: str, policy: FieldPolicy) -> Shown | None:
        """Return what is shown of a field, or None while nobody wrote it."""
        return shown(self.writes(name), policy)


_EMPTY = FieldState()


def new_document(operation: Operation) -> Document:
    """Return the empty document of an operation's record."""
    head = operation.header
    return Document(head.record_type, head.record_id, head.patient_id)


def shown(writes: tuple[Write, ...], policy: FieldPolicy) -> Shown | None:
    """Choose what is shown of a field's heads, given oldest first."""
    if not writes:
        return None
    if len(writes) == 1:  # Mostly nobody contradicts: this is a hot path.
        return Shown(writes[0])
    standing = [w for w in writes if not _moot(w, writes, policy)] or list(writes)
    newest = standing[-1]
    if policy.kind is not Kind.REGISTER:
        return Shown(newest)
    if policy.positive is not None:
        positive = [w for w in standing if policy.positive(w.value)]
        newest = positive[-1] if positive else newest
    others = [w for w in standing if not _same(w, newest, policy)]
    return Shown(newest, tuple(others))


def _same(one: Write, other: Write, policy: FieldPolicy) -> bool:
    if _comparable(one.value) == _comparable(other.value):
        return True
    prevails = policy.prevails
    return (
        prevails is not None
        and prevails(one.value, other.value)
        and prevails(other.value, one.value)
    )


def _moot(write: Write, writes: tuple[Write, ...], policy: FieldPolicy) -> bool:
    prevails = policy.prevails
    if prevails is None:
        return False
    return any(
        prevails(other.value, write.value) and not prevails(write.value, other.value)
        for other in writes
    )


def _comparable(value: Json) -> object:
    """Return a hashable form: equal exactly when the canonical bytes are equal."""
    if isinstance(value, Mapping):
        return frozenset((k, _comparable(v)) for k, v in value.items())
    if isinstance(value, list | tuple):
        return tuple(_comparable(v) for v in value)
    return (type(value), value)
