"""Changes that were set aside, as coordinators read them, within their sites.

A change is shown to whoever reads where it was written. Whose record it is, and what
it says, only where they read that person too, or nothing of them was accepted yet.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.core.document_json import document_to_json
from app.core.document_pack import first_document
from app.core.merge import Document
from app.core.operation import Operation
from app.core.records import RecordType
from app.core.set_aside_wire import (
    LeftOut,
    SetAsideChange,
    SetAsideEntry,
    SetAsideList,
)
from sync_server.database import AnyRow
from sync_server.services import patients, seeing, setup
from sync_server.services.refused_changes import (
    IS_LEFT_OUT,
    Change,
    changes,
    find,
    operations,
)
from sync_server.services.site_scope import Sites
from sync_server.set_aside_tables import LEFT_OUT


def waiting(connection: Connection, sites: Sites) -> int:
    """Return how many changes wait for somebody's decision."""
    return len(changes(connection, sites, ~IS_LEFT_OUT))


def page(
    connection: Connection, sites: Sites, between: tuple[int, int], *, left_out: bool
) -> SetAsideList:
    """Return changes to decide, or those left out, from an offset, so many at most."""
    found = changes(connection, sites, IS_LEFT_OUT if left_out else ~IS_LEFT_OUT)
    offset, limit = between
    part = found[offset : offset + limit]
    return SetAsideList(total=len(found), changes=entries(connection, sites, part))


def entries(
    connection: Connection, sites: Sites, part: Sequence[Change]
) -> tuple[SetAsideEntry, ...]:
    """Return what is known of changes without reading them."""
    names = _Names.of(connection)
    decided = _decided(connection, part)
    seen = _seen(connection, sites, {each.patient_id for each in part})
    return tuple(
        _entry(each, names, seen, decided, _person(connection, each, seen))
        for each in part
    )


@dataclass(frozen=True, slots=True)
class _Names:
    devices: dict[str, str]
    sites: dict[str, str]
    people: dict[str, str]

    @classmethod
    def of(cls, connection: Connection) -> "_Names":
        return cls(
            {each.device_id: each.name for each in setup.devices(connection)},
            {each.site_id: each.name for each in setup.sites(connection)},
            {e.practitioner_id: e.name for e in setup.practitioners(connection)},
        )


def _entry(
    change: Change,
    names: _Names,
    seen: dict[str, bool],
    decided: dict[bytes, AnyRow],
    person: dict[str, object] | None,
) -> SetAsideEntry:
    head = change.heads[0] if change.heads else None
    row = next((decided[d] for d in sorted(change.digests) if d in decided), None)
    author = "" if head is None else head.practitioner_id
    is_elsewhere = not seen.get(change.patient_id, True)
    return SetAsideEntry(
        set_aside_id=change.set_aside_id,
        reason=change.reason,
        patient_id="" if is_elsewhere else change.patient_id,
        document=None if is_elsewhere else person,
        is_elsewhere=is_elsewhere,
        device=names.devices.get(change.device_id) or change.device_id,
        site=names.sites.get(change.site_id, ""),
        practitioner_id=author,
        practitioner=names.people.get(author, ""),
        written_at=None if head is None else head.at.wall_ms,
        received_at=min(each.received_at for each in change.rows),
        records=tuple(each.record_type for each in change.heads),
        left_out=None
        if row is None
        else LeftOut(
            practitioner=names.people.get(row.practitioner_id, ""),
            decided_at=row.decided_at,
            reason=row.reason,
        ),
    )


def _decided(connection: Connection, part: Sequence[Change]) -> dict[bytes, AnyRow]:
    digests = frozenset().union(*(each.digests for each in part))
    if not digests:
        return {}
    query = select(LEFT_OUT).where(LEFT_OUT.c.header_digest.in_(digests))
    return {bytes(row.header_digest): row for row in connection.execute(query)}


def _seen(
    connection: Connection, sites: Sites, patient_ids: set[str]
) -> dict[str, bool]:
    """Tell of each of whom something was accepted whether who asks reads them."""
    found: dict[str, bool] = {}
    for patient_id, site_ids in patients.written_at(connection, patient_ids):
        is_read = sites.allow(json.loads(site_ids))
        found[patient_id] = found.get(patient_id, False) or is_read
    return found


def _person(
    connection: Connection, change: Change, seen: dict[str, bool]
) -> dict[str, object] | None:
    """Return the merged Patient, else what the change itself says of the person."""
    if change.patient_id in seen:
        found = patients.patient_documents(connection, [change.patient_id])
        return found.get(change.patient_id)
    documents = _documents(operations(connection, change)[0])
    is_person = RecordType.PATIENT.value
    own = (each for each in documents if each.record_type == is_person)
    return next((_as_json(each) for each in own), None)


def _documents(found: Iterable[Operation]) -> list[Document]:
    """Return what operations would make by themselves, a document a record."""
    made: dict[str, Document] = {}
    for operation in found:
        record_id = operation.header.record_id
        before = made.get(record_id)
        made[record_id] = (
            first_document(operation, None)
            if before is None
            else before.apply(operation)
        )
    return list(made.values())


def _as_json(document: Document) -> dict[str, object]:
    return dict(document_to_json(document))


def read(
    connection: Connection, role: str, sites: Sites, set_aside_id: str
) -> SetAsideChange:
    """Return a change with what a role may see of it; raise not-found."""
    change = find(connection, sites, set_aside_id)
    (entry,) = entries(connection, sites, [change])
    if entry.is_elsewhere:
        return SetAsideChange(entry=entry)
    found, unreadable = operations(connection, change)
    shown, hidden = seeing.documents_for(role, _documents(found))
    return SetAsideChange(
        entry=entry,
        documents=tuple(_as_json(each) for each in shown),
        hidden=hidden,
        unreadable=unreadable,
    )
