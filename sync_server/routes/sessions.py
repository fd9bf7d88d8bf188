"""Sessions of the console: signing in and out, seeing and ending them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.core.console_wire import SignInRequest, SignInResponse
from app.core.devices_wire import ConsoleSessions
from app.core.problems import ProblemCode as P
from app.core.wire import Role
from app.core.wire_base import Id
from sync_server.auth import (
    AddressDep,
    AnybodyDep,
    ContextDep,
    SessionToken,
    SignedInDep,
)
from sync_server.bodies import answer
from sync_server.problems import ProblemError, responses
from sync_server.requests import body_of, documented
from sync_server.services import sessions, sign_in

router = APIRouter(tags=["sessions"])


@router.post(
    "/sessions",
    summary="Sign in",
    dependencies=[AnybodyDep],
    openapi_extra=documented(SignInRequest),
    responses=responses(
        SignInResponse,
        "A session.",
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.SIGN_IN_WRONG,
        P.TOO_MANY_ATTEMPTS,
    ),
)
def open_session(
    http: Request,
    context: ContextDep,
    address: AddressDep,
    wanted: Annotated[SignInRequest, Depends(body_of(SignInRequest))],
) -> Response:
    """Open a session of the console."""
    return answer(http, sign_in.sign_in(context, wanted, address))


@router.delete(
    "/sessions",
    summary="Sign out",
    status_code=204,
    responses=responses(None, "", P.UNAUTHENTICATED),
)
def close_session(
    context: ContextDep, _who: SignedInDep, token: SessionToken
) -> Response:
    """End the session that asks."""
    if token is not None:
        sign_in.sign_out(context, token.credentials)
    return Response(status_code=204)


@router.get(
    "/sessions",
    summary="Which sessions are open",
    responses=responses(ConsoleSessions, "One's own; all.", P.UNAUTHENTICATED),
)
def open_sessions(
    http: Request, context: ContextDep, who: SignedInDep, token: SessionToken
) -> Response:
    """Return one's own sessions; an administrator sees everybody's."""
    mine = token.credentials if token is not None else ""
    whose = None if _sees_all(who.role) else who.practitioner_id
    return answer(http, sessions.listed(context, whose, mine))


@router.delete(
    "/sessions/{session_id}",
    summary="End a session",
    status_code=204,
    responses=responses(None, "", P.UNAUTHENTICATED, P.NOT_FOUND),
)
def end_session(context: ContextDep, who: SignedInDep, session_id: Id) -> Response:
    """End one's own session, or as an administrator anybody's."""
    whose = None if _sees_all(who.role) else who.practitioner_id
    if not sessions.end(context, session_id, whose):
        raise ProblemError(P.NOT_FOUND)
    return Response(status_code=204)


def _sees_all(role: str) -> bool:
    return role == Role.ADMINISTRATOR.value
