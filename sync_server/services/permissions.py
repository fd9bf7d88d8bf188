"""What coordinators allow on tablets from the console: a new PIN, or another try."""

from sqlalchemy import Connection, insert, select

from app.core.console_wire import Access, GrantRequest, PersonAccess, TabletAccess
from app.core.people_wire import Grant, GrantKind
from app.core.problems import ProblemCode
from app.core.roles import may_add
from app.core.wire import PractitionerInfo
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.people_tables import GRANT
from sync_server.problems import ProblemError
from sync_server.services import audit
from sync_server.services.setup import practitioners, sites
from sync_server.services.site_scope import EVERYWHERE, Sites
from sync_server.tables import DEVICE, PRACTITIONER

DAY_MS = 24 * 60 * 60 * 1000
"""How long one counts, by the server's clock."""
_KINDS = frozenset({GrantKind.SET_PIN.value, GrantKind.REOPEN.value})


def access(context: Context, who: PractitionerInfo, at: Sites = EVERYWHERE) -> Access:
    """Return the tablets of these sites, who works on them, and what stands allowed."""
    now = context.ports.wall()
    with context.database.read() as connection:
        standing = list(_standing(connection, now))
        tablets = select(DEVICE).where(DEVICE.c.revoked_at.is_(None))
        return Access(
            sites=tuple(s for s in sites(connection) if at.allow((s.site_id,))),
            tablets=tuple(
                TabletAccess(
                    device_id=row.device_id,
                    name=row.name,
                    site_id=row.site_id,
                    grants=tuple(g for g in standing if g.device_id == row.device_id),
                )
                for row in connection.execute(
                    tablets.order_by(DEVICE.c.name, DEVICE.c.device_id)
                )
                if at.allow((row.site_id,))
            ),
            people=tuple(
                PersonAccess(
                    practitioner_id=one.practitioner_id,
                    name=one.name,
                    role=one.role,
                    confirmed=one.confirmed,
                    may_allow=may_add(who.role, one.role),
                )
                for one in practitioners(connection, active=True)
            ),
            server_ms=now,
        )


def give(
    context: Context,
    who: PractitionerInfo,
    wanted: GrantRequest,
    at: Sites = EVERYWHERE,
) -> Grant:
    """Allow it for a day; what stands allowed already is returned as it is.

    Of somebody whose role is above that of who asks, `forbidden`: with a new PIN of
    theirs on a tablet one would be them. A tablet of another site is `not-found`.
    Raises ProblemError.
    """
    if wanted.kind not in _KINDS:
        raise ProblemError(ProblemCode.MALFORMED)
    now, database = context.ports.wall(), context.database
    with database.write() as connection:
        database.lock_log(connection)  # The audit's chain; and two presses at once.
        if not may_add(who.role, _role(connection, wanted, at)):
            raise ProblemError(ProblemCode.FORBIDDEN)
        for known in _standing(connection, now):
            if _is_for(known, wanted):
                return known
        grant = Grant(
            grant_id=context.ports.ids.new(),
            kind=wanted.kind,
            device_id=wanted.device_id,
            practitioner_id=wanted.practitioner_id,
            expires_at=now + DAY_MS,
        )
        row = grant.model_dump() | {"used_at": None}
        connection.execute(insert(GRANT).values(**row))
        audit.granted(context, connection, who.practitioner_id, grant)
    return grant


def _role(connection: Connection, wanted: GrantRequest, at: Sites) -> str:
    """Return the role of whom it is for; `not-found` where they or the tablet left."""
    device = select(DEVICE.c.site_id).where(DEVICE.c.device_id == wanted.device_id)
    site_id = connection.scalar(device.where(DEVICE.c.revoked_at.is_(None)))
    of_id = PRACTITIONER.c.practitioner_id == wanted.practitioner_id
    query = select(PRACTITIONER.c.role).where(of_id, PRACTITIONER.c.active)
    role = connection.scalar(query)
    if site_id is None or not at.allow((site_id,)) or role is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return str(role)


def _standing(connection: Connection, now: int) -> list[Grant]:
    """Return what is neither used nor ended; what carries a key is told as that."""
    query = (
        select(GRANT)
        .where(GRANT.c.used_at.is_(None), GRANT.c.expires_at > now)
        .order_by(GRANT.c.expires_at, GRANT.c.grant_id)
    )
    return [_grant(row) for row in connection.execute(query)]


def _grant(row: AnyRow) -> Grant:
    """Return a grant without what it carries: that is for the tablet alone."""
    return Grant(
        grant_id=row.grant_id,
        kind=row.kind,
        device_id=row.device_id,
        practitioner_id=row.practitioner_id,
        expires_at=row.expires_at,
    )


def _is_for(known: Grant, wanted: GrantRequest) -> bool:
    return (known.kind, known.device_id, known.practitioner_id) == (
        wanted.kind,
        wanted.device_id,
        wanted.practitioner_id,
    )
