"""Halves of a closed section's keys that nobody is to open any more, or nobody can."""

from sqlalchemy import ColumnElement, Connection, delete, select, update

from sync_server.tables import COMPARTMENT_HALF, COMPARTMENT_KEY


def of_practitioner(practitioner_id: str) -> ColumnElement[bool]:
    """Which halves somebody opens, on any device."""
    return COMPARTMENT_HALF.c.practitioner_id == practitioner_id


def on_device(device_id: str) -> ColumnElement[bool]:
    """Which halves are opened on a device, by anybody."""
    return COMPARTMENT_HALF.c.device_id == device_id


def take_away(connection: Connection, which: ColumnElement[bool]) -> None:
    """Drop halves, and retire their keys: whoever had one may have kept it."""
    theirs = select(COMPARTMENT_HALF.c.key_id).where(which)
    had = COMPARTMENT_KEY.c.key_id.in_(theirs)
    connection.execute(update(COMPARTMENT_KEY).where(had).values(retired=True))
    connection.execute(delete(COMPARTMENT_HALF).where(which))


def forget(connection: Connection, which: ColumnElement[bool]) -> None:
    """Drop halves that their owner can't open any more; others seal them anew.

    A key that nobody holds then is retired, so that a reader's tablet makes the next.
    """
    connection.execute(delete(COMPARTMENT_HALF).where(which))
    held = COMPARTMENT_KEY.c.key_id.in_(select(COMPARTMENT_HALF.c.key_id))
    connection.execute(update(COMPARTMENT_KEY).where(~held).values(retired=True))
