"""Closed sections: who may read them, and their keys, which nobody here can open."""

from sqlalchemy import Connection, select

from app.core.compartment_wire import (
    Compartment,
    CompartmentKey,
    NewCompartmentKey,
    SealedHalf,
)
from app.core.confidential import DISCLOSURES
from app.core.problems import ProblemCode
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services.known_people import practitioner_keys, revoked_devices
from sync_server.tables import (
    COMPARTMENT_HALF,
    COMPARTMENT_KEY,
    COMPARTMENT_READER,
    PRACTITIONER,
)

NAMES = {DISCLOSURES: "Disclosures"}
"""The compartments that there are, by id."""


def listed(connection: Connection) -> tuple[Compartment, ...]:
    """Return the compartments that ever had a reader; the oldest key comes first."""
    readers = readers_of(connection)
    query = select(COMPARTMENT_KEY).order_by(
        COMPARTMENT_KEY.c.made_at, COMPARTMENT_KEY.c.key_id
    )
    rows, halves = connection.execute(query).all(), _halves(connection)
    found = []
    for compartment_id, name in NAMES.items():
        mine = [row for row in rows if row.compartment_id == compartment_id]
        named = tuple(sorted(readers.get(compartment_id, ())))
        keys = tuple(_key(row, halves.get(row.key_id, ())) for row in mine)
        if named or keys:
            found.append(
                Compartment(
                    compartment_id=compartment_id, name=name, readers=named, keys=keys
                )
            )
    return tuple(found)


def readers_of(connection: Connection) -> dict[str, set[str]]:
    """Return who may read each compartment; who left no longer may."""
    same = PRACTITIONER.c.practitioner_id == COMPARTMENT_READER.c.practitioner_id
    query = select(COMPARTMENT_READER).join(PRACTITIONER, same)
    found: dict[str, set[str]] = {}
    for row in connection.execute(query.where(PRACTITIONER.c.active)):
        found.setdefault(row.compartment_id, set()).add(row.practitioner_id)
    return found


def publish(context: Context, device_id: str, new: NewCompartmentKey) -> None:
    """Keep a key, and those halves of it that readers lack; what is known stays.

    A half for a revoked tablet, made before its maker heard of that, is dropped.
    Only the tablet of a reader has a key to publish: one of the readers must be able to
    open it on the device that asks. A half that its reader can't open, having another
    pair by now, is left out: the tablet seals it anew by its next setup. Raises
    not-found or forbidden.
    """
    key, database = new.key, context.database
    if new.compartment_id not in NAMES:
        raise ProblemError(ProblemCode.NOT_FOUND)
    with database.write() as connection:
        database.lock_log(connection)
        readers = readers_of(connection).get(new.compartment_id, set())
        halves = _openable(connection, key.halves, readers)
        there = _halves(connection).get(key.key_id, ())
        openers = (*halves, *(h for h in there if h.practitioner_id in readers))
        row = _known(connection, key.key_id)
        is_same = row is None or (
            (row.compartment_id, row.public_key) == (new.compartment_id, key.public_key)
        )
        if not is_same or device_id not in {half.device_id for half in openers}:
            raise ProblemError(ProblemCode.FORBIDDEN)
        if row is None:
            made = context.ports.wall()
            columns = (key.key_id, new.compartment_id, key.public_key, made, False)
            database.insert(connection, COMPARTMENT_KEY, [columns])
        taken = {(half.practitioner_id, half.device_id) for half in there}
        rows = {
            (half.practitioner_id, half.device_id): half.sealed
            for half in halves
            if (half.practitioner_id, half.device_id) not in taken
        }
        added = [(key.key_id, *whose, sealed) for whose, sealed in rows.items()]
        database.insert(connection, COMPARTMENT_HALF, added)


def _openable(
    connection: Connection, halves: tuple[SealedHalf, ...], readers: set[str]
) -> list[SealedHalf]:
    """Return those of readers, sealed to the pair that each has now, if they say.

    None of a revoked tablet's, which an older tablet may send.
    """
    gone = revoked_devices(connection)
    pairs = {
        (one.practitioner_id, one.device_id): one.public_key
        for one in practitioner_keys(connection)
    }
    return [
        half
        for half in halves
        if half.practitioner_id in readers
        and half.device_id not in gone
        and half.sealed_to in (b"", pairs.get((half.practitioner_id, half.device_id)))
    ]


def _known(connection: Connection, key_id: str) -> AnyRow:
    query = select(COMPARTMENT_KEY).where(COMPARTMENT_KEY.c.key_id == key_id)
    return connection.execute(query).first()


def _key(row: AnyRow, halves: tuple[SealedHalf, ...]) -> CompartmentKey:
    return CompartmentKey(
        key_id=row.key_id,
        public_key=row.public_key,
        halves=halves,
        retired=row.retired,
    )


def _halves(connection: Connection) -> dict[str, tuple[SealedHalf, ...]]:
    query = select(COMPARTMENT_HALF).order_by(
        COMPARTMENT_HALF.c.practitioner_id, COMPARTMENT_HALF.c.device_id
    )
    found: dict[str, tuple[SealedHalf, ...]] = {}
    for row in connection.execute(query):
        half = SealedHalf(
            practitioner_id=row.practitioner_id,
            device_id=row.device_id,
            sealed=row.sealed,
        )
        found[row.key_id] = (*found.get(row.key_id, ()), half)
    return found
