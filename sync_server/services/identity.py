"""A new identity for a device that turned out to be a copy of another."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select

from app.core.chain import GENESIS
from app.core.identity_wire import NewIdentity, identity_bytes
from app.core.problems import ProblemCode
from app.core.wire import EnrolResponse
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.database import AnyRow, Database
from sync_server.people_tables import PRACTITIONER_KEY
from sync_server.problems import ProblemError
from sync_server.services import throttle
from sync_server.services.enrolment import answer_of
from sync_server.tables import COMPARTMENT_HALF, DEVICE
from sync_server.tokens import next_token, token_hash

NEW_IDENTITIES = throttle.Limit("identity", free=10)
"""A tablet that forks again and again has a fault; it waits, and keeps what it has."""
_MAX_NAME = 80


def renew(context: Context, device: Device, asked: NewIdentity) -> EnrolResponse:
    """Enrol a device as another one at its site; asked again, answer the same.

    It proves that it holds the old key beside its token, and the new one. The old
    identity stays, for the other copy may go on with it, and its chain is verified as
    before. Raises ProblemError.
    """
    signed = identity_bytes(device.device_id, asked.device_id, asked.public_key)
    _verify(device.public_key, asked.signature, signed)
    _verify(asked.public_key, asked.proof, signed)
    token = next_token(
        context.secrets, device.device_id, asked.device_id, asked.public_key
    )
    with context.database.write() as connection:
        throttle.attempt(context, connection, NEW_IDENTITIES, device.device_id)
    with context.database.write() as connection:
        context.database.lock_log(connection)  # of two at once one makes it
        _make(context, connection, device, asked, token_hash(token))
        return answer_of(context, connection, token, device.site_id)


def _verify(public_key: bytes, signature: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise ProblemError(ProblemCode.SIGNATURE_WRONG) from None


def _make(
    context: Context,
    connection: Connection,
    device: Device,
    asked: NewIdentity,
    hashed: bytes,
) -> None:
    before = _row(connection, device.device_id)
    known = _row(connection, asked.device_id)
    if known is not None:
        same = (known.public_key, known.previous_device_id)
        if same != (asked.public_key, device.device_id):
            raise ProblemError(ProblemCode.FORBIDDEN)
        if known.revoked_at is not None:
            raise ProblemError(ProblemCode.DEVICE_REVOKED)
        return
    if before is None or before.revoked_at is not None:  # since it was let in
        raise ProblemError(ProblemCode.DEVICE_REVOKED)
    values = {
        "device_id": asked.device_id,
        "name": _free_name(connection, before.name),
        "site_id": before.site_id,
        "public_key": asked.public_key,
        "token_hash": hashed,
        "version": asked.version,
        "enrolled_at": context.ports.wall(),
        "revoked_at": None,
        "acknowledged": 0,
        "head_digest": GENESIS,
        "previous_device_id": device.device_id,
    }
    connection.execute(insert(DEVICE).values(values))
    _keep_reading(context.database, connection, device.device_id, asked.device_id)


def _row(connection: Connection, device_id: str) -> AnyRow | None:
    query = select(DEVICE).where(DEVICE.c.device_id == device_id)
    return connection.execute(query).first()


def _free_name(connection: Connection, name: str) -> str:
    """Return a name that nobody has: an administrator must tell copies apart."""
    taken = set(connection.scalars(select(DEVICE.c.name)))
    number = 2
    while (numbered := f"{name[: _MAX_NAME - 6]} ({number})") in taken:
        number += 1
    return numbered


def _keep_reading(
    database: Database, connection: Connection, before: str, device_id: str
) -> None:
    """Let its readers go on reading: their pairs on this tablet are the same."""
    pairs = select(PRACTITIONER_KEY).where(PRACTITIONER_KEY.c.device_id == before)
    rows = connection.execute(pairs).all()
    keys = [(device_id, row.practitioner_id, row.public_key) for row in rows]
    database.insert(connection, PRACTITIONER_KEY, keys)
    halves = select(COMPARTMENT_HALF).where(COMPARTMENT_HALF.c.device_id == before)
    found = connection.execute(halves).all()
    same = [(row.key_id, row.practitioner_id, device_id, row.sealed) for row in found]
    database.insert(connection, COMPARTMENT_HALF, same)
