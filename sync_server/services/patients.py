"""Patients at all sites: search in memory, and one merged record each."""

import json
import logging
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, case, select

from app.core.canonical import Json
from app.core.console_wire import (
    PatientEntry,
    PatientList,
    PatientRecord,
    PatientSearch,
)
from app.core.document_json import document_to_json
from app.core.document_pack import unpack
from app.core.folding import Typed, digits, name_words
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.core.records import RecordType
from sync_server.database import AnyRow
from sync_server.erasure_tables import ERASURE
from sync_server.problems import ProblemError, place_of
from sync_server.services import feed, setup
from sync_server.services.erasure import is_erased
from sync_server.services.site_scope import EVERYWHERE, Sites
from sync_server.tables import DOCUMENT

logger = logging.getLogger("tessera.patients")

_SEARCHED = (RecordType.PATIENT.value, RecordType.CONTACT_POINT.value)
_ERASED = select(ERASURE.c.number, ERASURE.c.patient_id).order_by(ERASURE.c.number)
_TAIL = select(
    DOCUMENT.c.record_id,
    DOCUMENT.c.patient_id,
    DOCUMENT.c.revision,
    DOCUMENT.c.changed_at,
    DOCUMENT.c.conflicts,
    DOCUMENT.c.site_ids,
    DOCUMENT.c.red_flags,
    case((DOCUMENT.c.record_type.in_(_SEARCHED), DOCUMENT.c.body)).label("body"),
).order_by(DOCUMENT.c.revision)


@dataclass(frozen=True, slots=True)
class _Keys:
    """What a record is found by: words and numbers each after a space."""

    words: str = ""
    cards: tuple[str, ...] = ()
    phones: str = ""

    @classmethod
    def of(cls, document: Document) -> "_Keys":
        """Return the keys of every value that is kept, also those in conflict."""
        names = _values(document, "name")
        contacts = _values(document, "value")
        words = [word for text in (*names, *contacts) for word in name_words(text)]
        return cls(
            "".join(f" {word}" for word in words),
            tuple(card.lower() for card in _values(document, "card")),
            "".join(f" {digits(text)}" for text in contacts),
        )


@dataclass(frozen=True, slots=True)
class _Mark:
    """What lists need of one record."""

    changed_at: int
    conflicts: int
    site_ids: tuple[str, ...]
    red_flags: tuple[str, ...]
    keys: _Keys


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

    def matches(self, wanted: PatientSearch, sites: Sites) -> bool:
        marks = self.records.values()
        if wanted.only_conflicts and not self.conflicts:
            return False
        if not any(sites.allow(mark.site_ids) for mark in marks):
            return False
        return not wanted.site_id or any(wanted.site_id in m.site_ids for m in marks)

    def is_found_by(self, typed: Typed) -> bool:
        keys = [mark.keys for mark in self.records.values()]
        card, number = typed.card, typed.number
        if card and any(own.startswith(card) for k in keys for own in k.cards):
            return True
        if number and any(number in k.phones for k in keys):
            return True
        words = [f" {word}" for word in typed.words]
        return bool(words) and all(any(w in k.words for k in keys) for w in words)

    def all_of(self, name: str) -> tuple[str, ...]:
        marks = self.records.values()
        return tuple(sorted({one for mark in marks for one in getattr(mark, name)}))


class PatientIndex:
    """Search keys in memory: read from the documents once, then what changed since.

    They are stored nowhere: documents may be sealed one day, and keys would leak.
    """

    def __init__(self) -> None:
        self._patients: dict[str, _Patient] = {}
        self._revision = 0
        self._erased = 0
        self._lock = threading.Lock()

    def search(
        self, connection: Connection, wanted: PatientSearch, sites: Sites = EVERYWHERE
    ) -> PatientList:
        """Return a page of patients that match all words, newest change first.

        Of those alone of whom something was written at one of the sites.
        """
        typed = Typed.of(wanted.text)
        with self._lock:
            self._refresh(connection)
            found = [p for p in self._patients.values() if p.matches(wanted, sites)]
            if wanted.text.strip():
                found = [p for p in found if p.is_found_by(typed)]
            found.sort(key=lambda p: (-p.changed_at, p.patient_id))
            page = found[wanted.offset : wanted.offset + wanted.limit]
            documents = patient_documents(connection, [p.patient_id for p in page])
            entries = tuple(_entry(p, documents.get(p.patient_id)) for p in page)
        return PatientList(
            total=len(found),
            patients=entries,
        )

    def _refresh(self, connection: Connection) -> None:
        tail = _TAIL.where(DOCUMENT.c.revision > self._revision)
        for row in connection.execute(tail):
            patient = self._patients.setdefault(
                row.patient_id, _Patient(row.patient_id)
            )
            patient.records[row.record_id] = _mark(row)
            self._revision = row.revision
        self._forget(connection)

    def forget_erased(self, connection: Connection) -> None:
        """Drop the keys of whom was erased, also where nobody searches."""
        with self._lock:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        tail = _ERASED.where(ERASURE.c.number > self._erased)
        for row in connection.execute(tail):
            self._patients.pop(row.patient_id, None)
            self._erased = row.number


def require_seen(connection: Connection, patient_id: str, sites: Sites) -> None:
    """Raise not-found for whom nothing was written of at one of the sites."""
    query = select(DOCUMENT.c.site_ids).where(DOCUMENT.c.patient_id == patient_id)
    known = connection.scalars(query).all()
    if known and not any(sites.allow(json.loads(ids)) for ids in known):
        raise ProblemError(ProblemCode.NOT_FOUND)


def record_of(
    connection: Connection, patient_id: str, sites: Sites = EVERYWHERE
) -> PatientRecord:
    """Return everything about one patient; raise not-found, or erased.

    It is not-found also where nothing was written of them at one of the sites.
    """
    if not patient_id.isprintable():
        raise ProblemError(ProblemCode.MALFORMED)
    of_patient = DOCUMENT.c.patient_id == patient_id
    query = select(DOCUMENT.c.record_id, DOCUMENT.c.body, DOCUMENT.c.site_ids)
    rows = connection.execute(
        query.where(of_patient).order_by(DOCUMENT.c.record_id)
    ).all()
    if is_erased(connection, patient_id):
        raise ProblemError(ProblemCode.ERASED)
    is_read = any(sites.allow(json.loads(row.site_ids)) for row in rows)
    if not is_read or not patient_id:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return PatientRecord(
        patient_id=patient_id,
        documents=tuple(found for row in rows if (found := _read(row)) is not None),
        history=feed.history(connection, patient_id),
        practitioners=setup.practitioners(connection),
        devices=setup.devices(connection),
        sites=setup.sites(connection),
    )


def _document(row: AnyRow) -> Document | None:
    """Return a document; None of one that is damaged: the others are shown."""
    try:
        return unpack(row.body.encode())
    except ValueError as error:
        where = {"record": row.record_id, **place_of(error)}
        logger.error("damaged", extra=where)  # noqa: TRY400 - ids only
        return None


def _read(row: AnyRow) -> dict[str, object] | None:
    """Return a document as consoles read it; None of one that is damaged."""
    document = _document(row)
    return None if document is None else dict(document_to_json(document))


def _mark(row: AnyRow) -> _Mark:
    keys = _Keys()
    if row.body is not None:
        document = _document(row)
        keys = _Keys() if document is None else _Keys.of(document)
    return _Mark(
        row.changed_at,
        row.conflicts,
        tuple(json.loads(row.site_ids)),
        tuple(json.loads(row.red_flags)),
        keys,
    )


def _values(document: Document, name: str) -> tuple[str, ...]:
    return tuple(text for w in document.writes(name) for text in _texts(w.value))


def _texts(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        return (v for k, v in value.items() if isinstance(v, str) and k != "status")
    return ()


def written_at(
    connection: Connection, patient_ids: Collection[str]
) -> Sequence[AnyRow]:
    """Return (patient id, site ids as JSON) of each document of these patients."""
    query = select(DOCUMENT.c.patient_id, DOCUMENT.c.site_ids)
    of_these = DOCUMENT.c.patient_id.in_(patient_ids)
    return connection.execute(query.where(of_these)).all()


def patient_documents(
    connection: Connection, patient_ids: list[str]
) -> dict[str, dict[str, object]]:
    """Return the Patient document of each of these, as consoles read it."""
    query = select(DOCUMENT.c.record_id, DOCUMENT.c.patient_id, DOCUMENT.c.body).where(
        DOCUMENT.c.record_type == RecordType.PATIENT.value,
        DOCUMENT.c.patient_id.in_(patient_ids),
    )
    found = {row.patient_id: _read(row) for row in connection.execute(query)}
    return {patient_id: body for patient_id, body in found.items() if body is not None}


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
