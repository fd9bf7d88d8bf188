"""The coordinator's console: patients at all sites, or at those one is bound to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.core.console_wire import (
    PatientList,
    PatientRecord,
    PatientSearch,
)
from app.core.problems import ProblemCode as P
from app.core.wire_base import Id
from sync_server.auth import ContextDep, CoordinatorDep, SitesDep
from sync_server.bodies import answer
from sync_server.problems import responses
from sync_server.requests import body_of, documented
from sync_server.services import audit, patients, seeing, set_aside
from sync_server.services.erasure_rights import may_erase

router = APIRouter(tags=["console"])
_BODY_PROBLEMS = (P.NOT_JSON, P.TOO_LARGE, P.UNSUPPORTED_ENCODING)


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
    sites: SitesDep,
    wanted: Annotated[PatientSearch, Depends(body_of(PatientSearch))],
) -> Response:
    """Return patients whose names, card or phone begin with each of the words."""
    index: patients.PatientIndex = http.app.state.patients
    with context.database.read() as connection:
        found = index.search(connection, wanted, sites)
        changes = {"set_aside": set_aside.waiting(connection, sites)}
    found = found.model_copy(update=changes)
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
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    sites: SitesDep,
    patient_id: Id,
) -> Response:
    """Return what the role may see of a patient, and each operation that made it.

    That somebody read it is durable before it is answered.
    """
    with context.database.read() as connection:
        record = patients.record_of(connection, patient_id, sites)
        changes = {"may_erase": may_erase(connection, who)}
    audit.read_by(context, who.practitioner_id, patient_id)
    record = record.model_copy(update=changes)
    return answer(http, seeing.record_for(who.role, record))
