"""SyncScope: whom a device holds. Its site's patients, and whom somebody looked up.

A patient comes into a site's scope with the first operation that is written there;
from then on the site's devices get all of them, whoever writes it. What else brings
somebody in calls `enter`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, select

from sync_server.database import Database
from sync_server.scope_tables import SCOPE_MEMBER
from sync_server.tables import OPERATION

_KNOWN = "SELECT unit, patient_id FROM scope_member WHERE patient_id IN {ids}"
_EARLIER = OPERATION.alias("earlier")
Entering = Mapping[tuple[str, str], int]
"""The sequence with which each (unit, patient id) comes in."""


def site_unit(site_id: str) -> str:
    """Return the unit of a site."""
    return f"site:{site_id}"


def device_unit(device_id: str) -> str:
    """Return the unit of whom somebody looked up on a device."""
    return f"device:{device_id}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a device holds: its site's patients, and whom it looked up."""

    site_id: str
    device_id: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """The units, by name."""
        own = (device_unit(self.device_id),) if self.device_id else ()
        return (site_unit(self.site_id), *own)


def enter(
    database: Database, connection: Connection, entering: Entering
) -> frozenset[tuple[str, str]]:
    """Let patients into units, and return who came in; who was in stays as they are.

    Only with the log's lock.
    """
    patient_ids = {patient_id for _unit, patient_id in entering}
    rows = database.select_ids(connection, _KNOWN, patient_ids)
    known = {(row.unit, row.patient_id) for row in rows}
    new = [
        (unit, patient_id, sequence)
        for (unit, patient_id), sequence in entering.items()
        if (unit, patient_id) not in known
    ]
    database.insert(connection, SCOPE_MEMBER, new)
    return frozenset((unit, patient_id) for unit, patient_id, _sequence in new)


def holds(units: Sequence[str]) -> ColumnElement[bool]:
    """Return which operations are of whom these units hold."""
    member = exists().where(
        SCOPE_MEMBER.c.patient_id == OPERATION.c.patient_id,
        SCOPE_MEMBER.c.unit.in_(units),
    )
    # An event of a device's audit has no site, and is brought to no device.
    return (OPERATION.c.site_id != "") & member


def entered(
    connection: Connection, units: Sequence[str], after: int, until: int
) -> tuple[str, ...]:
    """Return who came in between two sequences, and of whom there was something before.

    `after` is not counted: whoever read up to it has what came in with it.
    """
    before = exists().where(
        _EARLIER.c.patient_id == SCOPE_MEMBER.c.patient_id,
        _EARLIER.c.sequence < SCOPE_MEMBER.c.sequence,
    )
    query = (
        select(SCOPE_MEMBER.c.patient_id)
        .where(SCOPE_MEMBER.c.unit.in_(units), before)
        .where(SCOPE_MEMBER.c.sequence > after, SCOPE_MEMBER.c.sequence <= until)
        .order_by(SCOPE_MEMBER.c.sequence)
    )
    return tuple(dict.fromkeys(connection.scalars(query)))


def held(
    connection: Connection, units: Sequence[str], patient_ids: Iterable[str]
) -> frozenset[str]:
    """Return whom of these patients the units hold."""
    query = select(SCOPE_MEMBER.c.patient_id).where(
        SCOPE_MEMBER.c.unit.in_(units), SCOPE_MEMBER.c.patient_id.in_([*patient_ids])
    )
    return frozenset(connection.scalars(query))
