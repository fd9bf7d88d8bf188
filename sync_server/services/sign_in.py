"""Signing in to the console: throttled, hashed, for a while, revocable."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from app.core.console_wire import SignInRequest, SignInResponse
from app.core.problems import ProblemCode
from app.core.wire import PractitionerInfo
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.services import sessions, throttle
from sync_server.services.setup import practitioner_info
from sync_server.tables import PRACTITIONER, SESSION
from sync_server.tokens import text_of, token_hash

MIN_PASSPHRASE = 12
_OF_NAME_HERE = throttle.Limit("sign-in-name-address", free=5)
_OF_NAME = throttle.Limit("sign-in-name", free=50)
_TOKEN_BYTES = 32
_USED_EVERY_MS = 60_000

_hasher = PasswordHasher()
# Each takes 64 MiB and a core; more at once would only make all of them wait.
_turns = threading.BoundedSemaphore(2)


def name_key(name: str) -> str:
    """Return a name as it is compared: letter case and spacing don't matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def hash_passphrase(passphrase: str) -> str:
    """Return what is stored of a passphrase (Argon2id)."""
    return _hasher.hash(unicodedata.normalize("NFKC", passphrase))


def sign_in(context: Context, request: SignInRequest, address: str) -> SignInResponse:
    """Open a session; raise ProblemError, the same for a wrong name or passphrase."""
    name = name_key(request.name)
    if not name.isprintable():
        raise ProblemError(ProblemCode.MALFORMED)
    with context.database.write() as connection:
        throttle.attempt(context, connection, _OF_NAME_HERE, f"{name}\n{address}")
        throttle.attempt(context, connection, _OF_NAME, name)
        row = _practitioner(connection, name)
    stored = None if row is None else row.passphrase_hash
    if not _matches(stored, request.passphrase) or row is None:
        raise ProblemError(ProblemCode.SIGN_IN_WRONG)
    with context.database.write() as connection:
        throttle.succeeded(context, connection, _OF_NAME_HERE, f"{name}\n{address}")
        throttle.succeeded(context, connection, _OF_NAME, name)
        return _open(context, connection, row)


def _practitioner(connection: Connection, name: str) -> AnyRow:
    query = select(PRACTITIONER).where(PRACTITIONER.c.name_key == name)
    return connection.execute(query.where(PRACTITIONER.c.active)).first()


def _matches(stored: str | None, passphrase: str) -> bool:
    given = unicodedata.normalize("NFKC", passphrase)
    with _turns:
        if stored is None:
            # As long as a real one, so that time does not tell who is known.
            _hasher.hash(given)
            return False
        try:
            return _hasher.verify(stored, given)
        except VerificationError:
            return False


def _open(context: Context, connection: Connection, row: AnyRow) -> SignInResponse:
    now = context.ports.wall()
    token = text_of(context.ports.random_bytes(_TOKEN_BYTES))
    expires_at = now + context.settings.session_minutes * 60_000
    connection.execute(delete(SESSION).where(SESSION.c.expires_at < now))
    values = {
        "token_hash": token_hash(token),
        "practitioner_id": row.practitioner_id,
        "expires_at": expires_at,
        "session_id": context.ports.ids.new(),
        "opened_at": now,
        "used_at": now,
    }
    connection.execute(insert(SESSION).values(values))
    return SignInResponse(
        token=token, practitioner=practitioner_info(row), expires_at=expires_at
    )


def practitioner_of(context: Context, token: str) -> PractitionerInfo | None:
    """Return who a session belongs to, or None where it is over or was left alone.

    Asking uses it: the time of that is written once a minute.
    """
    hashed = token_hash(token)
    query = (
        select(PRACTITIONER, SESSION.c.used_at)
        .join(SESSION, SESSION.c.practitioner_id == PRACTITIONER.c.practitioner_id)
        .where(SESSION.c.token_hash == hashed)
        .where(sessions.is_open(context))
        .where(PRACTITIONER.c.active)
    )
    with context.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    now = context.ports.wall()
    if now - row.used_at >= _USED_EVERY_MS:
        of_session = SESSION.c.token_hash == hashed
        with context.database.write() as connection:
            connection.execute(update(SESSION).where(of_session).values(used_at=now))
    return practitioner_info(row)


def sign_out(context: Context, token: str) -> None:
    """End a session."""
    with context.database.write() as connection:
        gone = SESSION.c.token_hash == token_hash(token)
        connection.execute(delete(SESSION).where(gone))
