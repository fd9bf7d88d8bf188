"""How long a site's tablets wait, and keep people: what its administrator says."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select, update

from sync_server.database import Database
from sync_server.tables import SITE


@dataclass(frozen=True, slots=True)
class LockTimes:
    """Seconds and days; None leaves what is said already."""

    idle_seconds: int | None = None
    """Without a touch."""
    cover_seconds: int | None = None
    """Out of the foreground."""
    keep_days: int | None = None
    """How long a tablet keeps who is in nobody's care; days."""

    def said(self) -> dict[str, int]:
        """Return what was said, by the names that a setup has for it."""
        return {name: value for name, value in asdict(self).items() if value}


def set_lock_times(database: Database, site_id: str, times: LockTimes) -> None:
    """Change what a site says.

    Tablets hear of it with their next setup, and obey from their next unlock on.
    """
    with database.write() as connection:
        of_site = SITE.c.site_id == site_id
        connection.execute(update(SITE).where(of_site).values(**times.said()))


def lock_times(connection: Connection, site_id: str) -> LockTimes:
    """Return what a site says."""
    query = select(SITE.c.idle_seconds, SITE.c.cover_seconds, SITE.c.keep_days)
    row = connection.execute(query.where(SITE.c.site_id == site_id)).first()
    return LockTimes() if row is None else LockTimes(*row)
