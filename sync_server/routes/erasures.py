"""Erasing a person at the console, and telling tablets who was erased."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.core.erasure_wire import Erased, ErasedPage, EraseRequest
from app.core.problems import ProblemCode as P
from app.core.wire import Cursor
from app.core.wire_base import Id
from sync_server.auth import ContextDep, CoordinatorDep, DeviceDep
from sync_server.bodies import answer
from sync_server.problems import ProblemError, responses
from sync_server.requests import body_of, documented
from sync_server.services import erasure
from sync_server.services.administration import AdministrationError
from sync_server.services.erasure_check import require_code
from sync_server.services.erasure_rights import may_erase

router = APIRouter()


@router.get(
    "/erasures",
    tags=["sync"],
    summary="Who was erased",
    responses=responses(
        ErasedPage,
        "Ids of people, oldest first.",
        P.UNAUTHENTICATED,
        P.UNKNOWN_DEVICE,
        P.DEVICE_REVOKED,
    ),
)
def erasures(
    http: Request,
    context: ContextDep,
    _device: DeviceDep,
    after: Annotated[Cursor, Query()] = "",
) -> Response:
    """Return who was erased after a mark: a tablet erases them too, whatever its scope.

    A tablet may hold somebody whom its server never saw there: ids say nothing else.
    """
    with context.database.read() as connection:
        return answer(http, erasure.page_after(connection, after))


@router.post(
    "/patients/{patient_id}/erase",
    tags=["console"],
    summary="Erase a person's data",
    openapi_extra=documented(EraseRequest),
    responses=responses(
        Erased,
        "What went.",
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.UNAUTHENTICATED,
        P.FORBIDDEN,
        P.NOT_FOUND,
        P.CARD_CODE_WRONG,
    ),
)
def erase(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    patient_id: Id,
    wanted: Annotated[EraseRequest, Depends(body_of(EraseRequest))],
) -> Response:
    """Erase a person for good; repeating it is safe."""
    with context.database.read() as connection:
        if not may_erase(connection, who):
            raise ProblemError(P.FORBIDDEN)
        require_code(context, connection, patient_id, wanted.code)
    asked = erasure.Erasing(patient_id, wanted.reason.value, who.practitioner_id)
    try:
        return answer(http, erasure.erase(context, asked))
    except AdministrationError:
        raise ProblemError(P.NOT_FOUND) from None
