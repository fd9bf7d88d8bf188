"""Hypothesis strategies for the core: values, stamps, writes and documents."""

from datetime import date

from hypothesis import strategies as st

from app.core import records
from app.core.birth import Birth, BirthSource, Precision
from app.core.canonical import Json
from app.core.clock import HybridTimestamp
from app.core.merge import Document, FieldState, Write
from app.core.records import ENTERED_IN_ERROR, RecordType

TEXTS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
"""Text without lone surrogates, which UTF-8 cannot hold."""

SCALARS: st.SearchStrategy[Json] = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), TEXTS
)


def _containers(children: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(
        st.lists(children, max_size=3), st.dictionaries(TEXTS, children, max_size=3)
    )


JSON: st.SearchStrategy[Json] = st.recursive(SCALARS, _containers, max_leaves=6)

MEMBERS = st.sampled_from(
    [
        *("status", "who", "level", "reason", "flags", "values", "decision", "code"),
        *("service", "from", "to", "precision", "source", "arrived_at", "original"),
        *("given_by", "interpreter", "mode", "moved_to", "wrong_person", "absent"),
    ]
)
CODES: st.SearchStrategy[Json] = st.sampled_from(
    ["said", "refused", "not-asked", "nobody", "urgent", "given", "yes", "1990-01-02"]
)
ODD: st.SearchStrategy[Json] = st.one_of(
    JSON, CODES, st.dictionaries(MEMBERS, st.one_of(CODES, JSON), max_size=4)
)
"""What a field may hold: members by the names that we know, shaped in any way."""

IDS = st.sampled_from([f"operation-{n}" for n in range(6)])
STAMPS = st.builds(
    HybridTimestamp,
    st.integers(0, 5),
    st.integers(0, 2),
    st.sampled_from(["device-a", "device-b"]),
)


@st.composite
def write_of(draw: st.DrawFn, operation_id: str) -> Write:
    """One write. An id stands for one value: an operation never changes."""
    seed = sum(operation_id.encode())
    stamp = HybridTimestamp(seed % 7, seed % 3, f"device-{seed % 2}")
    clamp = draw(st.none() | st.integers(0, 5))
    value: Json = ["old", "new", None, 3][seed % 4]
    return Write(value, operation_id, stamp, "nurse", "site", clamp)


@st.composite
def field_states(draw: st.DrawFn) -> FieldState:
    """Any field's state: heads are never among the replaced."""
    ids = draw(st.sets(IDS))
    replaced = draw(st.frozensets(IDS)) - ids
    return FieldState({i: draw(write_of(i)) for i in sorted(ids)}, replaced)


FIELD_NAMES = st.sampled_from(["name", "birth", "made_up_by_a_newer_version"])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any state of one patient's record."""
    fields = draw(st.dictionaries(FIELD_NAMES, field_states(), max_size=3))
    newer = {name: sum(name.encode()) for name in draw(st.frozensets(IDS, max_size=2))}
    return Document("Patient", "record", "patient", fields, newer)


@st.composite
def births(draw: st.DrawFn) -> Birth:
    """A birth interval within a few years, so that many contain each other."""
    days = st.dates(date(1990, 1, 1), date(1992, 12, 31))
    one, other = draw(days), draw(days)
    return Birth(
        min(one, other),
        max(one, other),
        draw(st.sampled_from(Precision)),
        draw(st.sampled_from(BirthSource)),
    )


PATIENT_ID = "5b1f7d52-0000-4000-8000-000000000001"


def fields_of(kind: RecordType) -> list[str]:
    """The fields of a record type that this version knows, and one that it does not."""
    known = list(records._POLICIES[kind])
    answers = ["answer.:q9"] if kind == RecordType.QUESTIONNAIRE_RESPONSE else []
    return [*known, *answers, ENTERED_IN_ERROR, "of_2031"]


def state_of(values: list[Json]) -> FieldState:
    """A field to which each value was written without sight of the others."""
    writes = [
        Write(value, f"o{n}", HybridTimestamp(n, 0, "device"), "nurse", "port")
        for n, value in enumerate(values)
    ]
    return FieldState({write.operation_id: write for write in writes})


@st.composite
def odd_documents(draw: st.DrawFn, kind: RecordType) -> Document:
    """A record whose fields hold anything, some of them in conflict."""
    states = st.lists(ODD, min_size=1, max_size=2).map(state_of)
    fields = draw(st.dictionaries(st.sampled_from(fields_of(kind)), states))
    return Document(kind, f"record-{kind}", PATIENT_ID, fields)


@st.composite
def odd_patients(draw: st.DrawFn) -> list[Document]:
    """One record of each type of one patient."""
    return [draw(odd_documents(kind)) for kind in RecordType]
