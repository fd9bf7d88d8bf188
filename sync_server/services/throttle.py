"""Throttling: after a few failures each further attempt waits, twice as long."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from app.core.problems import ProblemCode
from sync_server.context import Context
from sync_server.database import Database
from sync_server.problems import ProblemError
from sync_server.tables import ATTEMPT

MAX_WAIT_MS = 15 * 60 * 1000
FORGET_AFTER_MS = 24 * 60 * 60 * 1000
_FIRST_WAIT_MS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are free, for attempts of one kind."""

    purpose: str
    free: int


def wait_ms(failures: int, limit: Limit) -> int:
    """Return how long an attempt must wait after so many failures."""
    over = failures - limit.free
    return 0 if over < 0 else min(_FIRST_WAIT_MS << min(over, 20), MAX_WAIT_MS)


def attempt(context: Context, connection: Connection, limit: Limit, who: str) -> None:
    """Count an attempt before it is tried; raise too-many-attempts while it waits.

    Counted first, and one at a time, so that guesses sent at once don't slip through.
    """
    key, now = _key(context, limit, who), context.ports.wall()
    context.database.lock_attempts(connection, key)
    query = select(ATTEMPT.c.failures, ATTEMPT.c.last_at)
    row = connection.execute(query.where(ATTEMPT.c.key_hash == key)).first()
    failures = 0
    if row is not None and now - row.last_at < FORGET_AFTER_MS:
        failures = row.failures
        left = row.last_at + wait_ms(failures, limit) - now
        if 0 < left <= MAX_WAIT_MS:
            seconds = -(-left // 1000)
            raise ProblemError(ProblemCode.TOO_MANY_ATTEMPTS, wait_seconds=seconds)
    _store(context.database, connection, (key, failures + 1, now))


def succeeded(context: Context, connection: Connection, limit: Limit, who: str) -> None:
    """Forget the failures."""
    key = _key(context, limit, who)
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key_hash == key))


def _store(
    database: Database, connection: Connection, row: tuple[bytes, int, int]
) -> None:
    database.upsert(connection, ATTEMPT, [row])
    old = ATTEMPT.c.last_at < row[2] - FORGET_AFTER_MS
    connection.execute(delete(ATTEMPT).where(old))


def _key(context: Context, limit: Limit, who: str) -> bytes:
    return context.secrets.keyed_hash(limit.purpose, who.encode())
