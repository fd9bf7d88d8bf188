"""Sessions of the console: which are open, which were left alone, ending them."""

from sqlalchemy import ColumnElement, delete, select

from app.core.devices_wire import ConsoleSessionInfo, ConsoleSessions
from sync_server.context import Context
from sync_server.tables import PRACTITIONER, SESSION
from sync_server.tokens import token_hash


def is_open(context: Context) -> ColumnElement[bool]:
    """Return which sessions are neither over nor left alone for too long."""
    now = context.ports.wall()
    idle_ms = context.settings.session_idle_minutes * 60_000
    return (SESSION.c.expires_at >= now) & (SESSION.c.used_at >= now - idle_ms)


def listed(context: Context, whose: str | None, token: str) -> ConsoleSessions:
    """Return somebody's open sessions, or everybody's; `token` marks the asker's."""
    query = (
        select(SESSION, PRACTITIONER.c.name)
        .join(PRACTITIONER, SESSION.c.practitioner_id == PRACTITIONER.c.practitioner_id)
        .where(is_open(context))
        .order_by(SESSION.c.used_at.desc(), SESSION.c.session_id)
    )
    if whose is not None:
        query = query.where(SESSION.c.practitioner_id == whose)
    mine = token_hash(token)
    with context.database.read() as connection:
        rows = connection.execute(query).all()
    return ConsoleSessions(
        sessions=tuple(
            ConsoleSessionInfo(
                session_id=row.session_id,
                practitioner_id=row.practitioner_id,
                name=row.name,
                opened_at=row.opened_at,
                used_at=row.used_at,
                expires_at=row.expires_at,
                is_mine=bytes(row.token_hash) == mine,
            )
            for row in rows
        )
    )


def end(context: Context, session_id: str, whose: str | None) -> bool:
    """End a session, of somebody or anybody; False where there is none such."""
    gone = SESSION.c.session_id == session_id
    if whose is not None:
        gone &= SESSION.c.practitioner_id == whose
    with context.database.write() as connection:
        return connection.execute(delete(SESSION).where(gone)).rowcount > 0
