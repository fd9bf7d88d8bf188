"""Enrolment: a one-time code makes a device; asked again, it gives the same answer."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select, update

from app.core.chain import GENESIS
from app.core.ids import CardCodeError, parse_card_code
from app.core.problems import ProblemCode
from app.core.wire import EnrolRequest, EnrolResponse
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import erasure, throttle
from sync_server.services.setup import epoch_of, setup_of
from sync_server.tables import DEVICE, DEVICE_CODE
from sync_server.tokens import code_hash, device_token, token_hash

WRONG_CODES = throttle.Limit("enrol", free=5)


def new_code(context: Context, site_id: str, name: str, valid_ms: int) -> str:
    """Return a fresh one-time code for a device of a site, without hyphens."""
    code = context.ports.ids.card_code()
    row = {
        "code_hash": code_hash(context.secrets, code),
        "site_id": site_id,
        "name": name,
        "expires_at": context.ports.wall() + valid_ms,
        "used_by": None,
    }
    with context.database.write() as connection:
        connection.execute(insert(DEVICE_CODE).values(row))
    return code


def enrol(context: Context, request: EnrolRequest, address: str) -> EnrolResponse:
    """Enrol a device, or repeat the answer to the one that has this code already.

    Raises ProblemError; a mistyped code costs nothing, a wrong one counts.
    """
    try:
        code = parse_card_code(request.code)
    except CardCodeError:
        raise ProblemError(ProblemCode.ENROLMENT_CODE_WRONG) from None
    _check_key(request.public_key)
    key = request.public_key
    token = device_token(context.secrets, code, request.device_id, key)
    with context.database.write() as connection:
        throttle.attempt(context, connection, WRONG_CODES, address)
    with context.database.write() as connection:
        row = _code_row(context, connection, code)
        site_id = _enrol(context, connection, row, request, token)
        throttle.succeeded(context, connection, WRONG_CODES, address)
        return answer_of(context, connection, token, site_id)


def answer_of(
    context: Context, connection: Connection, token: str, site_id: str
) -> EnrolResponse:
    """Return what an enrolled device of a site keeps."""
    return EnrolResponse(
        token=token,
        epoch=epoch_of(connection),
        card_secret=context.secrets.card_secret,
        server_public_key=context.secrets.public_key,
        setup=setup_of(context, connection, site_id),
        erased=erasure.everybody(connection),
    )


def _check_key(public_key: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key)
    except ValueError:
        raise ProblemError(ProblemCode.MALFORMED) from None


def _code_row(context: Context, connection: Connection, code: str) -> AnyRow:
    hashed = code_hash(context.secrets, code)
    query = select(DEVICE_CODE).where(DEVICE_CODE.c.code_hash == hashed)
    if not context.database.is_sqlite:
        query = query.with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise ProblemError(ProblemCode.ENROLMENT_CODE_WRONG)
    if row.expires_at < context.ports.wall():
        raise ProblemError(ProblemCode.ENROLMENT_CODE_EXPIRED)
    return row


def _enrol(
    context: Context,
    connection: Connection,
    row: AnyRow,
    request: EnrolRequest,
    token: str,
) -> str:
    """Make the code this device's, and return its site."""
    query = select(DEVICE).where(DEVICE.c.device_id == request.device_id)
    device = connection.execute(query).first()
    if row.used_by not in (None, request.device_id):
        raise ProblemError(ProblemCode.ENROLMENT_CODE_USED)
    if device is None:
        values = _device(context, row, request) | {"token_hash": token_hash(token)}
        connection.execute(insert(DEVICE).values(values))
    elif device.public_key != request.public_key:
        raise ProblemError(ProblemCode.FORBIDDEN)
    elif device.revoked_at is not None:
        raise ProblemError(ProblemCode.DEVICE_REVOKED)
    elif row.used_by is None:
        values = {"token_hash": token_hash(token), "site_id": row.site_id}
        again = update(DEVICE).where(DEVICE.c.device_id == request.device_id)
        connection.execute(again.values(values))
    used = update(DEVICE_CODE).where(DEVICE_CODE.c.code_hash == row.code_hash)
    connection.execute(used.values(used_by=request.device_id))
    return str(row.site_id)


def _device(context: Context, row: AnyRow, request: EnrolRequest) -> dict[str, object]:
    return {
        "device_id": request.device_id,
        "name": request.name.strip() or row.name,
        "site_id": row.site_id,
        "public_key": request.public_key,
        "version": request.version,
        "enrolled_at": context.ports.wall(),
        "revoked_at": None,
        "acknowledged": 0,
        "head_digest": GENESIS,
        "handed_over_at": None,
        "previous_device_id": None,
    }
