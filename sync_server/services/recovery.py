"""Recovery slots of tablets, and the grants that let somebody in again."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, insert, select, update

from app.core.people_wire import (
    Grant,
    GrantKind,
    Grants,
    Kept,
    RecoverySlot,
    UsedGrants,
    grant_purpose,
    recovery_purpose,
)
from app.core.problems import ProblemCode
from sync_server.boxes import BoxError, open_box, seal_to
from sync_server.context import Context
from sync_server.database import AnyRow, Database
from sync_server.people_tables import GRANT, RECOVERY_SLOT
from sync_server.problems import ProblemError
from sync_server.services import audit
from sync_server.services.administration import AdministrationError
from sync_server.services.known_people import recovery_public
from sync_server.services.operator_audit import OPERATOR
from sync_server.services.sign_in import name_key
from sync_server.tables import DEPLOYMENT, DEVICE, PRACTITIONER

KEY_BYTES = 32


def public_of(private: bytes) -> bytes:
    """Return the public half of an X25519 pair, 32 bytes raw."""
    key = X25519PrivateKey.from_private_bytes(private)
    return key.public_key().public_bytes_raw()


def use_key(database: Database, public_key: bytes) -> None:
    """Tell tablets from now on to which key they seal their recovery slots."""
    with database.write() as connection:
        connection.execute(update(DEPLOYMENT).values(recovery_public=public_key))


def key_of(context: Context, device: str) -> bytes:
    """Return the recovery key to which a tablet sealed its slot, by its name or id.

    Raises AdministrationError where there is no such tablet, or it sent no slot.
    """
    with context.database.read() as connection:
        slot = _slot(connection, device_id_of(connection, device))
    return bytes(slot.recovery_public)


def keep_slot(context: Context, device_id: str, given: RecoverySlot) -> Kept:
    """Keep a device's slot; raise ProblemError where it is sealed to another key."""
    if len(given.box_public) != KEY_BYTES:
        raise ProblemError(ProblemCode.MALFORMED)
    with context.database.write() as connection:
        if given.recovery_public != recovery_public(connection):
            raise ProblemError(ProblemCode.FORBIDDEN)
        row = (device_id, given.recovery_public, given.sealed, given.box_public)
        context.database.upsert(connection, RECOVERY_SLOT, [row])
    return Kept(count=1)


def grants_of(context: Context, device_id: str) -> Grants:
    """Return a device's grants that are neither used nor expired."""
    now = context.ports.wall()
    query = (
        select(GRANT)
        .where(GRANT.c.device_id == device_id, GRANT.c.used_at.is_(None))
        .where(GRANT.c.expires_at > now)
        .order_by(GRANT.c.expires_at, GRANT.c.grant_id)
    )
    with context.database.read() as connection:
        found = tuple(
            Grant(
                grant_id=row.grant_id,
                kind=row.kind,
                device_id=row.device_id,
                practitioner_id=row.practitioner_id,
                expires_at=row.expires_at,
                sealed=row.sealed,
            )
            for row in connection.execute(query)
        )
    return Grants(grants=found, server_ms=now)


def mark_used(context: Context, device_id: str, given: UsedGrants) -> Kept:
    """Count a device's grants as used; what they carried is dropped."""
    of_device = GRANT.c.device_id == device_id
    fresh = (
        of_device & GRANT.c.grant_id.in_(given.grant_ids) & GRANT.c.used_at.is_(None)
    )
    with context.database.write() as connection:
        values = {"used_at": context.ports.wall(), "sealed": b""}
        done = connection.execute(update(GRANT).where(fresh).values(**values))
    return Kept(count=done.rowcount)


def grant_plain(
    context: Context, kind: GrantKind, device: str, name: str, valid_ms: int
) -> Grant:
    """Allow something that needs no key; raise AdministrationError."""
    with context.database.write() as connection:
        context.database.lock_log(connection)
        grant = _grant(context, connection, (kind, device, name), valid_ms)
        connection.execute(insert(GRANT).values(**_row(grant)))
        audit.granted(context, connection, OPERATOR, grant)
    return grant


def grant_recovery(
    context: Context, private: bytes, device: str, name: str, valid_ms: int
) -> Grant:
    """Open a device's recovery slot and seal its data key for one practitioner there.

    Raises AdministrationError where there is no slot, or the sheets are another key's.
    """
    what = (GrantKind.RECOVER, device, name)
    with context.database.write() as connection:
        context.database.lock_log(connection)
        grant = _grant(context, connection, what, valid_ms)
        slot = _slot(connection, grant.device_id)
        if slot.recovery_public != public_of(private):
            raise AdministrationError(
                "These sheets don't give this tablet's recovery key. Type each line in "
                "its place."
            )
        try:
            purpose = recovery_purpose(grant.device_id)
            data_key = open_box(private, slot.sealed, purpose)
        except BoxError:
            raise AdministrationError(
                "What this tablet sent to recover it can't be opened. Nothing changed."
            ) from None
        purpose = grant_purpose(grant.grant_id, grant.device_id, grant.practitioner_id)
        sealed = seal_to(slot.box_public, data_key, purpose)
        connection.execute(insert(GRANT).values(**_row(grant) | {"sealed": sealed}))
        audit.granted(context, connection, OPERATOR, grant)
    return grant


def _grant(
    context: Context,
    connection: Connection,
    what: tuple[GrantKind, str, str],
    valid_ms: int,
) -> Grant:
    kind, device, name = what
    device_id = device_id_of(connection, device)
    of_name = PRACTITIONER.c.name_key == name_key(name)
    people = select(PRACTITIONER.c.practitioner_id).where(of_name)
    practitioner_id = connection.scalar(people.where(PRACTITIONER.c.active))
    if practitioner_id is None:
        raise AdministrationError(f"There is no practitioner called {name!r}.")
    return Grant(
        grant_id=context.ports.ids.new(),
        kind=kind.value,
        device_id=device_id,
        practitioner_id=practitioner_id,
        expires_at=context.ports.wall() + valid_ms,
    )


def device_id_of(connection: Connection, device: str) -> str:
    """Return a device's id by its name or id; raise AdministrationError."""
    wanted = (DEVICE.c.device_id == device) | (DEVICE.c.name == device)
    devices = select(DEVICE.c.device_id).where(wanted, DEVICE.c.revoked_at.is_(None))
    device_ids = list(connection.scalars(devices))
    if len(device_ids) != 1:
        said = "more than one tablet" if device_ids else "no tablet"
        raise AdministrationError(
            f"There is {said} {device!r}. See: tessera device list"
        )
    return str(device_ids[0])


def _slot(connection: Connection, device_id: str) -> AnyRow:
    of_device = RECOVERY_SLOT.c.device_id == device_id
    slot = connection.execute(select(RECOVERY_SLOT).where(of_device)).first()
    if slot is None:
        raise AdministrationError(
            "This tablet has not sent what recovers it. Run: tessera recovery use, "
            "then let somebody unlock it and send."
        )
    return slot


def _row(grant: Grant) -> dict[str, object]:
    return grant.model_dump() | {"used_at": None}
