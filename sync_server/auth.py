"""Who asks: a device by its token, or a practitioner by a session of the console."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from app.core.problems import ProblemCode
from app.core.wire import PractitionerInfo, Role
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.problems import ProblemError
from sync_server.services import sign_in
from sync_server.tables import DEVICE
from sync_server.tokens import token_hash

_COORDINATES = frozenset({Role.COORDINATOR.value, Role.ADMINISTRATOR.value})
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


ContextDep = Annotated[Context, Depends(context_of)]


def calling_device(context: ContextDep, token: DeviceToken) -> Device:
    """Return the device that asks; raise ProblemError unless it is enrolled."""
    if token is None:
        raise ProblemError(ProblemCode.UNAUTHENTICATED)
    query = select(
        DEVICE.c.device_id, DEVICE.c.site_id, DEVICE.c.public_key, DEVICE.c.revoked_at
    ).where(DEVICE.c.token_hash == token_hash(token.credentials))
    with context.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise ProblemError(ProblemCode.UNKNOWN_DEVICE)
    if row.revoked_at is not None:
        raise ProblemError(ProblemCode.DEVICE_REVOKED)
    return Device(row.device_id, row.site_id, row.public_key)


def signed_in(context: ContextDep, token: SessionToken) -> PractitionerInfo:
    """Return who is signed in; raise ProblemError where nobody is."""
    if token is None:
        raise ProblemError(ProblemCode.UNAUTHENTICATED)
    with context.database.read() as connection:
        found = sign_in.practitioner_of(context, connection, token.credentials)
    if found is None:
        raise ProblemError(ProblemCode.UNAUTHENTICATED)
    return found


def coordinator(
    found: Annotated[PractitionerInfo, Depends(signed_in)],
) -> PractitionerInfo:
    """Return the coordinator who is signed in; raise forbidden for other roles."""
    if found.role not in _COORDINATES:
        raise ProblemError(ProblemCode.FORBIDDEN)
    return found


DeviceDep = Annotated[Device, Depends(calling_device)]
CoordinatorDep = Annotated[PractitionerInfo, Depends(coordinator)]


def address_of(request: Request) -> str:
    """Return from where a request came, to slow down whoever guesses."""
    return request.client.host if request.client else ""
