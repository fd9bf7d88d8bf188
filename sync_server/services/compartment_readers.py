"""Who may read confidential notes: allowed and withdrawn by name."""

from sqlalchemy import Connection, delete, insert, select

from app.core.confidential import DISCLOSURES
from sync_server.database import Database
from sync_server.services.administration import AdministrationError
from sync_server.services.compartment_halves import of_practitioner, take_away
from sync_server.services.operator_audit import Operator
from sync_server.services.sign_in import name_key
from sync_server.tables import COMPARTMENT_READER, PRACTITIONER


def allow(database: Database, name: str, by: Operator | None = None) -> None:
    """Let somebody read; a tablet of who may already then seals the keys to them."""
    with database.write() as connection:
        database.lock_log(connection)
        practitioner_id = _id_of(connection, name)
        if not _may_read(connection, practitioner_id):
            row = {"compartment_id": DISCLOSURES, "practitioner_id": practitioner_id}
            connection.execute(insert(COMPARTMENT_READER).values(row))
            if by is not None:
                by.gave(connection, "confidential-notes", practitioner_id)


def withdraw(database: Database, name: str, by: Operator | None = None) -> None:
    """Let somebody read no longer: the keys that they had are retired.

    What they could read they may have read. Raises AdministrationError.
    """
    with database.write() as connection:
        database.lock_log(connection)
        practitioner_id = _id_of(connection, name)
        if not _may_read(connection, practitioner_id):
            raise AdministrationError(f"{name!r} does not read confidential notes.")
        reader = COMPARTMENT_READER.c.practitioner_id == practitioner_id
        connection.execute(delete(COMPARTMENT_READER).where(reader))
        take_away(connection, of_practitioner(practitioner_id))
        if by is not None:
            by.withdrew(connection, "confidential-notes", practitioner_id)


def _may_read(connection: Connection, practitioner_id: str) -> bool:
    reader = COMPARTMENT_READER.c.practitioner_id == practitioner_id
    found = connection.execute(select(COMPARTMENT_READER).where(reader)).first()
    return found is not None


def _id_of(connection: Connection, name: str) -> str:
    of_name = PRACTITIONER.c.name_key == name_key(name)
    query = select(PRACTITIONER.c.practitioner_id).where(of_name)
    found = connection.scalar(query.where(PRACTITIONER.c.active))
    if found is None:
        raise AdministrationError(f"There is no practitioner called {name!r}.")
    return str(found)
