"""At which sites a practitioner reads: at all of them, or where they are bound to."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from sync_server.database import Database
from sync_server.services.administration import AdministrationError, site_id_of
from sync_server.services.operator_audit import Operator
from sync_server.services.sign_in import name_key
from sync_server.tables import PRACTITIONER, PRACTITIONER_SITE


@dataclass(frozen=True, slots=True)
class Sites:
    """Site ids, or None for all of them."""

    ids: frozenset[str] | None = None

    def allow(self, site_ids: Iterable[str]) -> bool:
        """Tell whether one of these sites, or any where all are allowed, is read."""
        return self.ids is None or not self.ids.isdisjoint(site_ids)


EVERYWHERE = Sites()


def sites_of(connection: Connection, practitioner_id: str) -> Sites:
    """Return where somebody reads; who is bound to no site reads everywhere."""
    of_id = PRACTITIONER_SITE.c.practitioner_id == practitioner_id
    found = connection.scalars(select(PRACTITIONER_SITE.c.site_id).where(of_id))
    return Sites(frozenset(found) or None)


def bind(
    database: Database, name: str, sites: Iterable[str], by: Operator | None = None
) -> None:
    """Bind somebody to sites, by name or id, instead of those before; none is all.

    Raises AdministrationError where there is no such practitioner or site.
    """
    with database.write() as connection:
        database.lock_log(connection)
        query = select(PRACTITIONER.c.practitioner_id)
        of_name = PRACTITIONER.c.name_key == name_key(name)
        practitioner_id = connection.scalar(query.where(of_name))
        if practitioner_id is None:
            raise AdministrationError(f"There is no practitioner called {name!r}.")
        rows = [
            {"practitioner_id": practitioner_id, "site_id": site_id}
            for site_id in {site_id_of(connection, site) for site in sites}
        ]
        own = PRACTITIONER_SITE.c.practitioner_id == practitioner_id
        connection.execute(delete(PRACTITIONER_SITE).where(own))
        if rows:
            connection.execute(insert(PRACTITIONER_SITE), rows)
        if by is not None:
            where = " ".join(sorted(row["site_id"] for row in rows)) or "everywhere"
            by.gave(connection, f"reads: {where}", practitioner_id)
