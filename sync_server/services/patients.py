"""Patients at all sites: search in memory, and one merged record each."""

import json
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, case, select

from app.core.canonical import Json
from app.core.console_wire import (
    PatientEntry,
    PatientList,
    PatientRecord,
    PatientSearch,
)
from app.core.document_json import document_from_json
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.records import RecordType
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import feed, setup
from sync_server.tables import DOCUMENT

_SEARCHED = (RecordType.PATIENT.value, RecordType.CONTACT_POINT.value)
_SEARCHED_FIELDS = ("card", "name", "value")
_TAIL = select(
    DOCUMENT.c.record_id,
    DOCUMENT.c.patient_id,
    DOCUMENT.c.sequence,
    DOCUMENT.c.changed_at,
    DOCUMENT.c.conflicts,
    DOCUMENT.c.site_ids,
    DOCUMENT.c.red_flags,
    case((DOCUMENT.c.record_type.in_(_SEARCHED), DOCUMENT.c.body)).label("body"),
).order_by(DOCUMENT.c.sequence)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What lists need of one record."""

    changed_at: int
    conflicts: int
    site_ids: tuple[str, ...]
    red_flags: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(slots=True)
class _Patient:
    patient_id: str
    records: dict[str, _Mark] = field(default_factory=dict)

    @property
    def changed_at(self) -> int:
        return max(mark.changed_at for mark in self.records.values())

    @property
    def conflicts(self) -> int:
        return sum(mark.conflicts for mark in self.records.values())

    def matches(self, wanted: PatientSearch, words: list[str]) -> bool:
        marks = self.records.values()
        if wanted.only_conflicts and not self.conflicts:
            return False
        if wanted.site_id and not any(wanted.site_id in m.site_ids for m in marks):
            return False
        return all(any(_begins(word, m.words) for m in marks) for word in words)

    def all_of(self, name: str) -> tuple[str, ...]:
        marks = self.records.values()
        return tuple(sorted({one for mark in marks for one in getattr(mark, name)}))


class PatientIndex:
    """Search keys in memory: read from the documents once, then their tail.

    They are stored nowhere: documents may be sealed one day, and keys would leak.
    """

    def __init__(self) -> None:
        self._patients: dict[str, _Patient] = {}
        self._sequence = 0
        self._lock = threading.Lock()

    def search(self, connection: Connection, wanted: PatientSearch) -> PatientList:
        """Return a page of patients that match all words, newest change first."""
        words = list(_words(wanted.text))
        with self._lock:
            self._refresh(connection)
            found = [p for p in self._patients.values() if p.matches(wanted, words)]
            found.sort(key=lambda p: (-p.changed_at, p.patient_id))
            page = found[wanted.offset : wanted.offset + wanted.limit]
            documents = _patient_documents(connection, [p.patient_id for p in page])
            entries = tuple(_entry(p, documents.get(p.patient_id)) for p in page)
        return PatientList(total=len(found), patients=entries)

    def _refresh(self, connection: Connection) -> None:
        tail = _TAIL.where(DOCUMENT.c.sequence > self._sequence)
        for row in connection.execute(tail):
            patient = self._patients.setdefault(
                row.patient_id, _Patient(row.patient_id)
            )
            patient.records[row.record_id] = _mark(row)
            self._sequence = row.sequence


def record_of(connection: Connection, patient_id: str) -> PatientRecord:
    """Return everything about one patient; raise not-found."""
    query = select(DOCUMENT.c.body).where(DOCUMENT.c.patient_id == patient_id)
    bodies = connection.scalars(query.order_by(DOCUMENT.c.record_id)).all()
    if not bodies or not patient_id:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return PatientRecord(
        patient_id=patient_id,
        documents=tuple(json.loads(body) for body in bodies),
        history=feed.history(connection, patient_id),
        practitioners=setup.practitioners(connection, only_active=False),
        devices=setup.devices(connection),
        sites=setup.sites(connection),
    )


def _mark(row: AnyRow) -> _Mark:
    words: tuple[str, ...] = ()
    if row.body is not None:
        words = tuple(_words_of(document_from_json(json.loads(row.body))))
    return _Mark(
        row.changed_at,
        row.conflicts,
        tuple(json.loads(row.site_ids)),
        tuple(json.loads(row.red_flags)),
        words,
    )


def _words_of(document: Document) -> Iterator[str]:
    """Yield the words of every value that is kept, also those in conflict."""
    for name in _SEARCHED_FIELDS:
        for write in document.writes(name):
            yield from _words(" ".join(_texts(write.value)))


def _texts(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        return (v for k, v in value.items() if isinstance(v, str) and k != "status")
    return ()


def _words(text: str) -> Iterator[str]:
    """Yield words without marks, letter case, or the hyphens of codes and numbers."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in plain if not unicodedata.combining(c) and c not in "-+()")
    yield from "".join(kept).split()


def _begins(word: str, words: tuple[str, ...]) -> bool:
    return any(one.startswith(word) for one in words)


def _patient_documents(
    connection: Connection, patient_ids: list[str]
) -> dict[str, AnyRow]:
    query = select(DOCUMENT.c.patient_id, DOCUMENT.c.body).where(
        DOCUMENT.c.record_type == RecordType.PATIENT.value,
        DOCUMENT.c.patient_id.in_(patient_ids),
    )
    return {row.patient_id: json.loads(row.body) for row in connection.execute(query)}


def _entry(patient: _Patient, document: dict[str, object] | None) -> PatientEntry:
    patient_id = patient.patient_id
    return PatientEntry(
        patient_id=patient_id,
        document=document or _unknown(patient_id),
        site_ids=patient.all_of("site_ids"),
        changed_at=patient.changed_at,
        conflicts=patient.conflicts,
        red_flags=patient.all_of("red_flags"),
    )


def _unknown(patient_id: str) -> dict[str, object]:
    """Return the document of a patient of whom only other records arrived."""
    kind = RecordType.PATIENT.value
    return {"type": kind, "record": patient_id, "patient": patient_id, "fields": {}}
