"""Who may erase a person: administrators, and coordinators who are allowed by name."""

from sqlalchemy import Connection, delete, insert, select

from app.core.wire import PractitionerInfo, Role
from sync_server.database import AnyRow, Database
from sync_server.erasure_tables import ERASURE_RIGHT
from sync_server.services.administration import AdministrationError
from sync_server.services.operator_audit import Operator
from sync_server.services.sign_in import name_key
from sync_server.tables import PRACTITIONER


def may_erase(connection: Connection, who: PractitionerInfo) -> bool:
    """Tell whether somebody may erase people's data."""
    if who.role == Role.ADMINISTRATOR:
        return True
    own = ERASURE_RIGHT.c.practitioner_id == who.practitioner_id
    has_right = connection.execute(select(ERASURE_RIGHT).where(own)).first() is not None
    return has_right and who.role == Role.COORDINATOR


def allow(database: Database, name: str, by: Operator | None = None) -> None:
    """Let a coordinator erase; raise AdministrationError for anybody else."""
    with database.write() as connection:
        database.lock_log(connection)
        row = _called(connection, name)
        if row.role != Role.COORDINATOR:
            raise AdministrationError(
                "Administrators may erase without being allowed, coordinators once "
                f"they are; {name!r} is neither."
                if row.role != Role.ADMINISTRATOR
                else f"{name!r} is an administrator and may erase already."
            )
        own = ERASURE_RIGHT.c.practitioner_id == row.practitioner_id
        connection.execute(delete(ERASURE_RIGHT).where(own))
        values = {"practitioner_id": row.practitioner_id}
        connection.execute(insert(ERASURE_RIGHT).values(values))
        if by is not None:
            by.gave(connection, "erase", row.practitioner_id)


def withdraw(database: Database, name: str, by: Operator | None = None) -> None:
    """Let a coordinator erase no more."""
    with database.write() as connection:
        database.lock_log(connection)
        row = _called(connection, name)
        own = ERASURE_RIGHT.c.practitioner_id == row.practitioner_id
        connection.execute(delete(ERASURE_RIGHT).where(own))
        if by is not None:
            by.withdrew(connection, "erase", row.practitioner_id)


def _called(connection: Connection, name: str) -> AnyRow:
    query = select(PRACTITIONER).where(PRACTITIONER.c.name_key == name_key(name))
    row = connection.execute(query).first()
    if row is None:
        raise AdministrationError(f"There is no practitioner called {name!r}.")
    return row
