"""The revision of documents: it never goes back, whoever was erased."""

from sqlalchemy import Connection, func, select

from sync_server.erasure_tables import ERASURE
from sync_server.tables import DOCUMENT


def newest_revision(connection: Connection) -> int:
    """Return the newest revision that documents or erasures ever had."""
    columns = (DOCUMENT.c.revision, ERASURE.c.revision)
    return max(connection.scalar(select(func.max(c))) or 0 for c in columns)
