"""Who may write: proposed on a tablet, confirmed or revoked by an administrator."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select, update

from app.core.people_wire import (
    Kept,
    PractitionerKeys,
    Proposal,
    ProposalOutcome,
    Proposals,
    ProposalsAnswer,
)
from app.core.problems import ProblemCode
from app.core.roles import may_add
from app.core.wire import Role
from sync_server.context import Context
from sync_server.database import AnyRow, Database
from sync_server.people_tables import PRACTITIONER_KEY
from sync_server.problems import ProblemError
from sync_server.services.compartment_halves import (
    forget,
    of_practitioner,
    on_device,
    take_away,
)
from sync_server.services.operator_audit import Operator
from sync_server.services.sign_in import name_key
from sync_server.tables import PRACTITIONER, SESSION

_KEY_BYTES = 32


def propose(context: Context, given: Proposals) -> ProposalsAnswer:
    """Take in whom colleagues added on a tablet, unconfirmed; repeating it is safe."""
    database = context.database
    with database.write() as connection:
        database.lock_log(connection)  # two tablets may propose one name at once
        outcomes = tuple(_take(connection, one) for one in given.proposals)
    return ProposalsAnswer(outcomes=outcomes)


def _take(connection: Connection, proposal: Proposal) -> ProposalOutcome:
    found = _row(connection, proposal.practitioner_id)
    reason = None if found is not None else _reason(connection, proposal)
    if found is None and reason is None:
        name = _free_name(connection, " ".join(proposal.name.split()))
        row = {
            "practitioner_id": proposal.practitioner_id,
            "name": name,
            "name_key": name_key(name),
            "role": proposal.role,
            "passphrase_hash": None,
            "active": True,
            "confirmed": False,
            "proposed_by": proposal.proposed_by,
            "revoked_at": None,
        }
        connection.execute(insert(PRACTITIONER).values(row))
    return ProposalOutcome(practitioner_id=proposal.practitioner_id, reason=reason)


def _reason(connection: Connection, proposal: Proposal) -> ProblemCode | None:
    """Say why nobody may be added so: what the tablet asks too, asked again."""
    texts = (proposal.practitioner_id, proposal.name)
    if not all(text.isprintable() and text.strip() for text in texts):
        return ProblemCode.MALFORMED
    by = _row(connection, proposal.proposed_by)
    if by is None:
        return ProblemCode.UNKNOWN_PRACTITIONER
    if not by.active:
        return ProblemCode.PRACTITIONER_REVOKED
    if not by.confirmed:
        return ProblemCode.FORBIDDEN
    is_role = proposal.role in set(Role)
    if not is_role or not may_add(by.role, proposal.role):
        return ProblemCode.ROLE_TOO_HIGH
    return None


def _row(connection: Connection, practitioner_id: str) -> AnyRow | None:
    of_id = PRACTITIONER.c.practitioner_id == practitioner_id
    return connection.execute(select(PRACTITIONER).where(of_id)).first()


def _free_name(connection: Connection, name: str) -> str:
    """Return the name, numbered where another has it: both go on writing."""
    taken = set(connection.scalars(select(PRACTITIONER.c.name_key)))
    free, number = name, 1
    while name_key(free) in taken:
        number += 1
        free = f"{name} {number}"
    return free


def keep_keys(context: Context, device_id: str, given: PractitionerKeys) -> Kept:
    """Keep the public halves of a device, in place of those that it sent before.

    Raises ProblemError for another device's, or for what is no key.
    """
    for one in given.keys:
        if one.device_id != device_id:
            raise ProblemError(ProblemCode.FORBIDDEN)
        if len(one.public_key) != _KEY_BYTES:
            raise ProblemError(ProblemCode.MALFORMED)
    database = context.database
    with database.write() as connection:
        database.lock_log(connection)  # a request sent twice, or somebody who seals
        known = set(connection.scalars(select(PRACTITIONER.c.practitioner_id)))
        _forget_older_pairs(connection, device_id, given)
        of_device = PRACTITIONER_KEY.c.device_id == device_id
        connection.execute(delete(PRACTITIONER_KEY).where(of_device))
        rows = {k.practitioner_id: k.model_dump() for k in given.keys}
        kept = [row for one, row in rows.items() if one in known]
        if kept:
            connection.execute(insert(PRACTITIONER_KEY), kept)
    return Kept(count=len(kept))


def _forget_older_pairs(
    connection: Connection, device_id: str, given: PractitionerKeys
) -> None:
    """What was sealed to a pair that is gone is sealed anew, by who can."""
    fresh = {(one.practitioner_id, one.public_key) for one in given.keys}
    of_device = PRACTITIONER_KEY.c.device_id == device_id
    for row in connection.execute(select(PRACTITIONER_KEY).where(of_device)).all():
        if (row.practitioner_id, row.public_key) not in fresh:
            theirs = of_practitioner(row.practitioner_id) & on_device(device_id)
            forget(connection, theirs)


def all_practitioners(connection: Connection) -> Iterable[AnyRow]:
    """Return everybody, by name."""
    return connection.execute(select(PRACTITIONER).order_by(PRACTITIONER.c.name))


def confirm(database: Database, name: str, by: Operator | None = None) -> bool:
    """Confirm who was proposed; False where there is nobody of that name."""
    with database.write() as connection:
        database.lock_log(connection)
        practitioner_id = _change(connection, name, {"confirmed": True})
        if practitioner_id is not None and by is not None:
            by.gave(connection, "confirmed", practitioner_id)
    return practitioner_id is not None


def revoke(
    database: Database, name: str, now_ms: int, by: Operator | None = None
) -> bool:
    """Let somebody write no more from now on, nor sign in; False where nobody is so.

    Done again it does not move the time.
    """
    with database.write() as connection:
        database.lock_log(connection)  # no tablet seals a key to them meanwhile
        practitioner_id = _change(connection, name, {"active": False})
        if practitioner_id is None:
            return False
        of_id = PRACTITIONER.c.practitioner_id == practitioner_id
        first = update(PRACTITIONER).where(of_id, PRACTITIONER.c.revoked_at.is_(None))
        connection.execute(first.values(revoked_at=now_ms))
        own = SESSION.c.practitioner_id == practitioner_id
        connection.execute(delete(SESSION).where(own))
        take_away(connection, of_practitioner(practitioner_id))
        if by is not None:
            by.withdrew(connection, "work", practitioner_id)
    return True


def reinstate(database: Database, name: str, by: Operator | None = None) -> bool:
    """Undo a revocation: what was set aside is taken in when it is sent again."""
    values = {"active": True, "revoked_at": None}
    with database.write() as connection:
        database.lock_log(connection)
        practitioner_id = _change(connection, name, values)
        if practitioner_id is not None and by is not None:
            by.gave(connection, "work", practitioner_id)
    return practitioner_id is not None


def _change(
    connection: Connection, name: str, values: Mapping[str, object]
) -> str | None:
    of_name = PRACTITIONER.c.name_key == name_key(name)
    query = select(PRACTITIONER.c.practitioner_id).where(of_name)
    found: str | None = connection.scalar(query)
    connection.execute(update(PRACTITIONER).where(of_name).values(**values))
    return found
