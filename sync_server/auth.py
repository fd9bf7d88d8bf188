"""Who asks: a device by its token, or a practitioner by a session of the console.

Each dependency that lets somebody in says whom (`access.lets_in`), and counts the
request (`rates`).
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from app.core.device_report import REPORT_HEADER
from app.core.problems import ProblemCode
from app.core.wire import PractitionerInfo, Role
from sync_server.access import ROLES, Caller, lets_in
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.database import AnyRow
from sync_server.problems import ProblemError
from sync_server.rates import Rate, RateLimiter
from sync_server.services import contacts, sign_in
from sync_server.services.site_scope import Sites, sites_of
from sync_server.tables import DEVICE
from sync_server.tokens import token_hash

COORDINATES = (Role.COORDINATOR.value, Role.ADMINISTRATOR.value)
_PUBLIC = Rate(burst=200, per_second=20)
_STRANGERS = Rate(burst=100, per_second=5)
_BURST_SECONDS = 20
_device_token = HTTPBearer(
    scheme_name="device", description="What /v1/enrol gave.", auto_error=False
)
_session_token = HTTPBearer(
    scheme_name="session", description="What /v1/sessions gave.", auto_error=False
)
DeviceToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_device_token)]
SessionToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_session_token)]


async def context_of(request: Request) -> Context:
    """Return what the application works with; on the loop, since it never waits."""
    context: Context = request.app.state.context
    return context


async def limiter_of(request: Request) -> RateLimiter:
    """Return what counts requests."""
    limiter: RateLimiter = request.app.state.rates
    return limiter


async def address_of(request: Request) -> str:
    """Return from where a request came; behind a proxy, what that proxy says."""
    return request.client.host if request.client else ""


ContextDep = Annotated[Context, Depends(context_of)]
LimiterDep = Annotated[RateLimiter, Depends(limiter_of)]
AddressDep = Annotated[str, Depends(address_of)]


@lets_in(Caller.ANYBODY)
async def anybody(limiter: LimiterDep, address: AddressDep) -> None:
    """Let anybody in, not too often from one address."""
    limiter.take("address", address, _PUBLIC)


@dataclass(frozen=True, slots=True)
class Door:
    """Refuses whom nobody knows: with a wait where too many come from an address.

    Whoever is known comes in all the same: many tablets share one address.
    """

    limiter: RateLimiter
    address: str

    def refusal(self, code: ProblemCode) -> ProblemError:
        """Count a stranger and return the refusal."""
        self.limiter.take("stranger", self.address, _STRANGERS)
        return ProblemError(code)


async def door_of(limiter: LimiterDep, address: AddressDep) -> Door:
    """Return the door of the address that asks."""
    return Door(limiter, address)


DoorDep = Annotated[Door, Depends(door_of)]


def _known_device(
    request: Request,
    context: ContextDep,
    token: DeviceToken,
    door: DoorDep,
) -> AnyRow:
    """Return the row of the device that asks, revoked or not; raise ProblemError."""
    if token is None:
        raise door.refusal(ProblemCode.UNAUTHENTICATED)
    query = select(
        DEVICE.c.device_id, DEVICE.c.site_id, DEVICE.c.public_key, DEVICE.c.revoked_at
    ).where(DEVICE.c.token_hash == token_hash(token.credentials))
    with context.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise door.refusal(ProblemCode.UNKNOWN_DEVICE)
    door.limiter.take("device", row.device_id, _rate(context))
    told = request.headers.get(REPORT_HEADER, "")
    noted: contacts.Contacts = request.app.state.contacts
    noted.heard(context, row.device_id, told)
    return row


def _rate(context: Context) -> Rate:
    per_second = context.settings.requests_per_second
    return Rate(per_second * _BURST_SECONDS, per_second)


KnownDevice = Annotated[AnyRow, Depends(_known_device)]


@lets_in(Caller.DEVICE)
async def calling_device(row: KnownDevice) -> Device:
    """Return the device that asks; raise ProblemError unless it is enrolled."""
    if row.revoked_at is not None:
        raise ProblemError(ProblemCode.DEVICE_REVOKED)
    return Device(row.device_id, row.site_id, row.public_key)


@lets_in(Caller.DEVICE, Caller.REVOKED_DEVICE)
async def handing_over(row: KnownDevice) -> Device:
    """Return the device that asks, also a revoked one: what only it has must come."""
    return Device(row.device_id, row.site_id, row.public_key)


@lets_in(Caller.REVOKED_DEVICE)
async def revoked_device(row: KnownDevice) -> Device:
    """Return the revoked device that asks; raise forbidden for one that is not."""
    if row.revoked_at is None:
        raise ProblemError(ProblemCode.FORBIDDEN)
    return Device(row.device_id, row.site_id, row.public_key)


@lets_in(*ROLES)
def signed_in(
    context: ContextDep,
    token: SessionToken,
    door: DoorDep,
) -> PractitionerInfo:
    """Return who is signed in; raise ProblemError where nobody is."""
    if token is None:
        raise door.refusal(ProblemCode.UNAUTHENTICATED)
    found = sign_in.practitioner_of(context, token.credentials)
    if found is None:
        raise door.refusal(ProblemCode.UNAUTHENTICATED)
    door.limiter.take("practitioner", found.practitioner_id, _rate(context))
    return found


SignedInDep = Annotated[PractitionerInfo, Depends(signed_in)]


@lets_in(*COORDINATES)
async def coordinator(found: SignedInDep) -> PractitionerInfo:
    """Return the coordinator who is signed in; raise forbidden for other roles."""
    if found.role not in COORDINATES:
        raise ProblemError(ProblemCode.FORBIDDEN)
    return found


@lets_in(Role.ADMINISTRATOR.value)
async def administrator(found: SignedInDep) -> PractitionerInfo:
    """Return the administrator who is signed in; raise forbidden for other roles."""
    if found.role != Role.ADMINISTRATOR.value:
        raise ProblemError(ProblemCode.FORBIDDEN)
    return found


def reading_sites(context: ContextDep, who: SignedInDep) -> Sites:
    """Return at which sites who is signed in reads."""
    with context.database.read() as connection:
        return sites_of(connection, who.practitioner_id)


SitesDep = Annotated[Sites, Depends(reading_sites)]
"""Beside the dependency that lets somebody in: where they read."""
DeviceDep = Annotated[Device, Depends(calling_device)]
HandingOverDep = Annotated[Device, Depends(handing_over)]
RevokedDeviceDep = Annotated[Device, Depends(revoked_device)]
CoordinatorDep = Annotated[PractitionerInfo, Depends(coordinator)]
AdministratorDep = Annotated[PractitionerInfo, Depends(administrator)]
AnybodyDep = Depends(anybody)
"""For endpoints that anybody may call: `dependencies=[AnybodyDep]`."""
