"""Pages of a first sync: documents as they stand, who-is-who first, history after.

The first page notes where the log stands, and the last one ends with that place as the
feed's cursor. Documents are read as they are meanwhile, so a page may hold what the
feed brings again: an operation folded twice is folded once. So pages need no snapshot,
and may be asked for as late and as often as somebody likes.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.core.page_wire import PAGES, DocumentItem, DocumentPage
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.scope_wire import WholePatients
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.scope_tables import SCOPE_MEMBER
from sync_server.services import feed, scope
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT

PAGE_PATIENTS = 1_000
"""Of who is who; of their history a page holds fewer, by PAGE_BYTES."""
PAGE_BYTES = 2 * 1024 * 1024
"""Of documents, before compression; a patient's documents are in one page."""
_PHASES = 2
_PARTS = 4


def page(
    context: Context,
    connection: Connection,
    device: Device,
    cursor: str,
    limit: int = PAGE_PATIENTS,
) -> DocumentPage:
    """Return the page after a cursor, of so many patients; "" is the beginning.

    Raises cursor-wrong, or epoch-changed where the log is another one by now.
    """
    units = Scope(device.site_id, device.device_id).units
    if cursor:
        start, place, last = _read(cursor)
    else:
        start, place, last = feed.newest(connection, device.site_id), 0, ""
    until = feed.sequence_of(connection, device.site_id, start)
    places = _PHASES * len(units)
    while place < places:
        where = _Place(*divmod(place, len(units)), last, until, limit)
        patients, is_full = _patients(connection, units, where)
        if is_full:
            last = next(reversed(patients))
        else:
            place, last = place + 1, ""
        if patients:
            after = _text(start, place, last) if place < places else start
            return _answer(context, patients.values(), after)
    return _answer(context, (), start)


def whole(
    context: Context, connection: Connection, device: Device, patient_ids: Sequence[str]
) -> WholePatients:
    """Return every document of those patients whom the device holds, within a size."""
    units = Scope(device.site_id, device.device_id).units
    held = scope.held(connection, units, patient_ids)
    documents: list[str] = []
    answered: list[str] = []
    size = 0
    for patient_id in dict.fromkeys(patient_ids):
        if size >= PAGE_BYTES:
            break
        answered.append(patient_id)
        if patient_id in held:
            of_patient = DOCUMENT.c.patient_id == patient_id
            found = connection.scalars(select(DOCUMENT.c.body).where(of_patient)).all()
            documents += found
            size += sum(map(len, found))
    return WholePatients.model_construct(
        documents=_items(documents),
        answered=tuple(answered),
        server_ms=context.ports.wall(),
    )


class _Place(NamedTuple):
    """Where pages stand: in which phase and unit, after whom.

    Who came in after the log's place that they began with comes with the feed.
    """

    phase: int
    unit: int
    last: str
    until: int
    limit: int


def _patients(
    connection: Connection, units: Sequence[str], where: _Place
) -> tuple[dict[str, list[str]], bool]:
    """Return documents by patient, and whether there may be more at this place."""
    member = SCOPE_MEMBER.c
    query = (
        select(member.patient_id, DOCUMENT.c.body)
        .join(DOCUMENT, DOCUMENT.c.patient_id == member.patient_id)
        .where(member.unit == units[where.unit], member.patient_id > where.last)
        .where(member.sequence <= where.until)
        .order_by(member.patient_id)
    )
    is_patient = DOCUMENT.c.record_type == RecordType.PATIENT.value
    query = query.where(~is_patient if where.phase else is_patient)
    found: dict[str, list[str]] = {}
    size = 0
    most = min(where.limit, PAGE_PATIENTS)
    options = {"yield_per": most}
    with connection.execute(query.execution_options(**options)) as rows:
        for patient_id, group in groupby(rows, key=_whose):
            if len(found) >= most or size >= PAGE_BYTES:
                return found, True
            bodies = [row.body for row in group]
            found[patient_id] = bodies
            size += sum(map(len, bodies))
    return found, False


def _whose(row: AnyRow) -> str:
    return str(row.patient_id)


def _answer(context: Context, found: Iterable[list[str]], cursor: str) -> DocumentPage:
    return DocumentPage.model_construct(
        cursor=cursor,
        documents=_items(body for bodies in found for body in bodies),
        more=cursor.startswith(PAGES),
        server_ms=context.ports.wall(),
    )


def _items(bodies: Iterable[str]) -> tuple[DocumentItem, ...]:
    return tuple(DocumentItem.model_construct(document=body) for body in bodies)


def _text(start: str, place: int, last: str) -> str:
    return f"{PAGES}{place}.{start}.{last}"


def _read(cursor: str) -> tuple[str, int, str]:
    """Return what _text was given; raise cursor-wrong where it is none."""
    text = cursor.removeprefix(PAGES)
    place, _dot, rest = text.partition(".")
    parts = rest.split(".", _PARTS - 1)
    is_one = text != cursor and len(parts) == _PARTS
    if not (is_one and place.isascii() and place.isdigit() and len(place) == 1):
        raise ProblemError(ProblemCode.CURSOR_WRONG)
    if not cursor.isprintable():
        raise ProblemError(ProblemCode.CURSOR_WRONG)
    return ".".join(parts[:-1]), int(place), parts[-1]
