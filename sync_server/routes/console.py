"""The coordinator's console: sessions, and patients at all sites."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.core.console_wire import (
    PatientList,
    PatientRecord,
    PatientSearch,
    SignInRequest,
    SignInResponse,
)
from app.core.problems import ProblemCode as P
from app.core.wire_base import Id
from sync_server import auth
from sync_server.auth import ContextDep, CoordinatorDep, SessionToken
from sync_server.bodies import answer
from sync_server.problems import responses
from sync_server.requests import body_of, documented
from sync_server.services import audit, patients, seeing, sign_in
from sync_server.services.erasure_rights import may_erase

router = APIRouter(tags=["console"])
_BODY_PROBLEMS = (P.NOT_JSON, P.TOO_LARGE, P.UNSUPPORTED_ENCODING)


@router.post(
    "/sessions",
    summary="Sign in",
    openapi_extra=documented(SignInRequest),
    responses=responses(
        SignInResponse,
        "A session.",
        *_BODY_PROBLEMS,
        P.SIGN_IN_WRONG,
        P.TOO_MANY_ATTEMPTS,
    ),
)
def open_session(
    http: Request,
    context: ContextDep,
    wanted: Annotated[SignInRequest, Depends(body_of(SignInRequest))],
) -> Response:
    """Open a session of the console."""
    return answer(http, sign_in.sign_in(context, wanted, auth.address_of(http)))


@router.delete(
    "/sessions",
    summary="Sign out",
    status_code=204,
    dependencies=[Depends(auth.signed_in)],
    responses=responses(None, "", P.UNAUTHENTICATED),
)
def close_session(context: ContextDep, token: SessionToken) -> Response:
    """End the session that asks."""
    if token is not None:
        sign_in.sign_out(context, token.credentials)
    return Response(status_code=204)


@router.post(
    "/patients/search",
    summary="Search patients at all sites",
    openapi_extra=documented(PatientSearch),
    responses=responses(
        PatientList,
        "Newest change first.",
        *_BODY_PROBLEMS,
        P.UNAUTHENTICATED,
        P.FORBIDDEN,
    ),
)
def search(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    wanted: Annotated[PatientSearch, Depends(body_of(PatientSearch))],
) -> Response:
    """Return patients whose names, card or phone begin with each of the words."""
    index: patients.PatientIndex = http.app.state.patients
    with context.database.read() as connection:
        found = index.search(connection, wanted)
    return answer(http, seeing.list_for(who.role, found))


@router.get(
    "/patients/{patient_id}",
    summary="One merged record",
    responses=responses(
        PatientRecord,
        "With its history.",
        P.UNAUTHENTICATED,
        P.FORBIDDEN,
        P.NOT_FOUND,
        P.ERASED,
    ),
)
def patient(
    http: Request, context: ContextDep, who: CoordinatorDep, patient_id: Id
) -> Response:
    """Return what the role may see of a patient, and each operation that made it.

    That somebody read it is durable before it is answered.
    """
    with context.database.read() as connection:
        record = patients.record_of(connection, patient_id)
        changes = {"may_erase": may_erase(connection, who)}
    audit.read_by(context, who.practitioner_id, patient_id)
    record = record.model_copy(update=changes)
    return answer(http, seeing.record_for(who.role, record))
