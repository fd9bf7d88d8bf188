"""What the setup and the judge of changes read of people. Reads alone."""

from sqlalchemy import Connection, select

from app.core.people_wire import PractitionerKey
from sync_server.people_tables import PRACTITIONER_KEY
from sync_server.tables import DEPLOYMENT, DEVICE, PRACTITIONER

_REVOKED = select(DEVICE.c.device_id).where(DEVICE.c.revoked_at.is_not(None))


def practitioner_keys(connection: Connection) -> tuple[PractitionerKey, ...]:
    """Return the keys of everybody who may still read, on every device that may."""
    of_person = PRACTITIONER.c.practitioner_id == PRACTITIONER_KEY.c.practitioner_id
    query = (
        select(PRACTITIONER_KEY)
        .join(PRACTITIONER, of_person)
        .where(PRACTITIONER.c.active)
        .where(PRACTITIONER_KEY.c.device_id.not_in(_REVOKED))
        .order_by(PRACTITIONER_KEY.c.device_id, PRACTITIONER_KEY.c.practitioner_id)
    )
    return tuple(
        PractitionerKey(
            practitioner_id=row.practitioner_id,
            device_id=row.device_id,
            public_key=row.public_key,
        )
        for row in connection.execute(query)
    )


def revoked_devices(connection: Connection) -> frozenset[str]:
    """Return the devices to which nothing is sealed any more."""
    return frozenset(connection.scalars(_REVOKED))


def revoked_at(connection: Connection) -> dict[str, int]:
    """Return since when who was revoked writes no more (UTC milliseconds)."""
    query = select(PRACTITIONER.c.practitioner_id, PRACTITIONER.c.revoked_at)
    rows = connection.execute(query.where(PRACTITIONER.c.revoked_at.is_not(None)))
    return {row.practitioner_id: row.revoked_at for row in rows}


def recovery_public(connection: Connection) -> bytes:
    """Return the organisation's recovery key, or nothing where there is none."""
    return connection.scalar(select(DEPLOYMENT.c.recovery_public)) or b""
