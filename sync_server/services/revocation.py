"""A revoked device: since when, and that it handed over what only it had."""

from sqlalchemy import Connection, select, update

from sync_server.context import Context
from sync_server.tables import DEVICE


def device_revoked_at(connection: Connection, device_id: str) -> int | None:
    """Return since when a device's changes are set aside (UTC ms), or None."""
    query = select(DEVICE.c.revoked_at).where(DEVICE.c.device_id == device_id)
    found: int | None = connection.scalar(query)
    return found


def note_handed_over(context: Context, device_id: str) -> None:
    """Note that a revoked device says it has nothing left; the first time counts."""
    of_device = (DEVICE.c.device_id == device_id) & DEVICE.c.handed_over_at.is_(None)
    done = update(DEVICE).where(of_device).values(handed_over_at=context.ports.wall())
    with context.database.write() as connection:
        connection.execute(done)
