"""What units of scope count, kept up with each batch (see app.core.unit_check).

A tablet that holds something otherwise than the server shows by it, however it came to
that: it asks what each patient counts, and reads those that differ anew.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, select

from app.core.document_pack import unpack
from app.core.scope_wire import UnitChecks
from app.core.unit_check import record_value, to_text, total_of
from sync_server.database import Database
from sync_server.scope_tables import SCOPE_CHECK, SCOPE_MEMBER
from sync_server.services.scope import Scope, device_unit, site_unit
from sync_server.tables import DEPLOYMENT, DOCUMENT

_SITE = site_unit("")
_TOTALS = "SELECT unit, total FROM scope_check WHERE unit IN {ids}"
_MEMBERS = "SELECT unit, patient_id FROM scope_member WHERE patient_id IN {ids}"
_FETCH = 500
Members = Collection[tuple[str, str]]


def patient_unit(patient_id: str) -> str:
    """Return the unit of one patient."""
    return f"patient:{patient_id}"


def key_of(connection: Connection) -> str:
    """Return what values are keyed by: which deployment this is."""
    return str(connection.scalar(select(DEPLOYMENT.c.deployment_id)))


def change(
    database: Database,
    connection: Connection,
    deltas: Mapping[str, int],
    came_in: Members = (),
) -> None:
    """Add what patients count more or less by now, and who came into a unit.

    Only with the log's lock, once members are written.
    """
    patient_ids = {*deltas, *(patient_id for _unit, patient_id in came_in)}
    if not patient_ids:
        return
    members = database.select_ids(connection, _MEMBERS, patient_ids)
    sites = [(r.unit, r.patient_id) for r in members if r.unit.startswith(_SITE)]
    named = {patient_unit(each) for each in patient_ids} | {unit for unit, _id in sites}
    found = database.select_ids(connection, _TOTALS, named)
    totals = dict.fromkeys(named, 0) | {r.unit: int(r.total, 16) for r in found}
    for patient_id in patient_ids:
        totals[patient_unit(patient_id)] += deltas.get(patient_id, 0)
    for unit, patient_id in sites:
        is_new = (unit, patient_id) in came_in
        whole = totals[patient_unit(patient_id)]
        totals[unit] += whole if is_new else deltas.get(patient_id, 0)
    rows = [(unit, to_text(total)) for unit, total in totals.items()]
    database.upsert(connection, SCOPE_CHECK, rows)


def forget(database: Database, connection: Connection, patient_id: str) -> None:
    """Leave a patient out of every unit: they were erased. Only with the log's lock."""
    of_patient = SCOPE_CHECK.c.unit == patient_unit(patient_id)
    counted = connection.scalar(select(SCOPE_CHECK.c.total).where(of_patient))
    if counted is not None:
        change(database, connection, {patient_id: -int(counted, 16)})
    connection.execute(delete(SCOPE_CHECK).where(of_patient))
    member = SCOPE_MEMBER.c.patient_id == patient_id
    connection.execute(delete(SCOPE_MEMBER).where(member))


def total(connection: Connection, holder: Scope) -> str:
    """Return what all that a device holds counts, as it travels.

    Who is in its site's scope counts there, though somebody looked them up as well.
    """
    units = [site_unit(holder.site_id), *_looked_up(connection, holder)]
    query = select(SCOPE_CHECK.c.total).where(SCOPE_CHECK.c.unit.in_(units))
    return to_text(total_of(int(each, 16) for each in connection.scalars(query)))


def each_of(connection: Connection, holder: Scope) -> UnitChecks:
    """Return what each patient counts whom a device holds."""
    of_patient = SCOPE_CHECK.c.unit == "patient:" + SCOPE_MEMBER.c.patient_id
    query = select(SCOPE_MEMBER.c.patient_id, SCOPE_CHECK.c.total)
    query = query.join(SCOPE_CHECK, of_patient)
    rows = connection.execute(query.where(SCOPE_MEMBER.c.unit.in_(holder.units)))
    patients = {row.patient_id: row.total for row in rows}
    return UnitChecks(check=total(connection, holder), patients=patients)


def _looked_up(connection: Connection, holder: Scope) -> Sequence[str]:
    if not holder.device_id:
        return ()
    here = select(SCOPE_MEMBER.c.patient_id).where(
        SCOPE_MEMBER.c.unit == site_unit(holder.site_id)
    )
    query = select(SCOPE_MEMBER.c.patient_id).where(
        SCOPE_MEMBER.c.unit == device_unit(holder.device_id),
        SCOPE_MEMBER.c.patient_id.not_in(here),
    )
    return [patient_unit(each) for each in connection.scalars(query)]


def ensure(database: Database) -> None:
    """Count all where nothing was counted yet: a database of an older version."""
    with database.read() as connection:
        if not _is_uncounted(connection):
            return
    with database.write() as connection:
        database.lock_log(connection)
        if _is_uncounted(connection):  # another worker may have been first
            count_anew(database, connection)


def _is_uncounted(connection: Connection) -> bool:
    counted = connection.execute(select(SCOPE_CHECK.c.unit).limit(1)).first()
    written = connection.execute(select(DOCUMENT.c.record_id).limit(1)).first()
    return counted is None and written is not None


def count_anew(database: Database, connection: Connection) -> None:
    """Make every total again from the documents; only with the log's lock."""
    connection.execute(delete(SCOPE_CHECK))
    key = key_of(connection)
    sums: dict[str, int] = {}
    query = select(DOCUMENT.c.patient_id, DOCUMENT.c.body)
    with connection.execute(query.execution_options(yield_per=_FETCH)) as rows:
        for row in rows:
            value = _value(key, row.body)
            sums[row.patient_id] = sums.get(row.patient_id, 0) + value
    query = select(SCOPE_MEMBER.c.unit, SCOPE_MEMBER.c.patient_id)
    members = {(row.unit, row.patient_id) for row in connection.execute(query)}
    change(database, connection, sums, members)


def _value(key: str, body: str) -> int:
    try:
        return record_value(key, unpack(body.encode()))
    except ValueError:
        return 0  # It is damaged; whoever holds it whole shows the difference.
