"""Changes that were set aside: coordinators read them, and decide."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.core.problems import ProblemCode as P
from app.core.set_aside_wire import (
    LeaveOut,
    SetAsideChange,
    SetAsideList,
    Tried,
    TryAgain,
)
from app.core.wire_base import Id
from sync_server.auth import ContextDep, CoordinatorDep, SitesDep
from sync_server.bodies import answer
from sync_server.problems import responses
from sync_server.requests import body_of, documented
from sync_server.services import audit, set_aside
from sync_server.services import set_aside_decisions as decisions

router = APIRouter(tags=["console"])
_BODY_PROBLEMS = (P.NOT_JSON, P.TOO_LARGE, P.UNSUPPORTED_ENCODING)
_REFUSALS = (P.UNAUTHENTICATED, P.FORBIDDEN)
_LIMIT = 50


@router.get(
    "/set-aside",
    summary="Changes that were set aside, for coordinators",
    responses=responses(SetAsideList, "Oldest first.", *_REFUSALS),
)
def listed(
    http: Request,
    context: ContextDep,
    _who: CoordinatorDep,
    sites: SitesDep,
    *,
    left_out: Annotated[bool, Query()] = False,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Return changes that wait for a decision, or those that were left out."""
    with context.database.read() as connection:
        between = (offset, _LIMIT)
        found = set_aside.page(connection, sites, between, left_out=left_out)
    return answer(http, found)


@router.get(
    "/set-aside/{set_aside_id}",
    summary="One of them, with what was written",
    responses=responses(
        SetAsideChange, "As far as the role sees it.", *_REFUSALS, P.NOT_FOUND
    ),
)
def one(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    sites: SitesDep,
    set_aside_id: Id,
) -> Response:
    """Return what the role may see of a change; that it was read is durable before."""
    with context.database.read() as connection:
        found = set_aside.read(connection, who.role, sites, set_aside_id)
    if found.documents:
        audit.read_by(context, who.practitioner_id, found.entry.patient_id)
    return answer(http, found)


@router.post(
    "/set-aside/try-again",
    summary="Offer changes that were set aside once more",
    openapi_extra=documented(TryAgain),
    responses=responses(
        Tried, "What became of each.", *_BODY_PROBLEMS, *_REFUSALS, P.NOT_FOUND
    ),
)
def try_again(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    sites: SitesDep,
    wanted: Annotated[TryAgain, Depends(body_of(TryAgain))],
) -> Response:
    """Judge them anew, as if a tablet had sent them; repeating it is safe."""
    return answer(http, decisions.try_again(context, who, wanted, sites))


@router.post(
    "/set-aside/leave-out",
    summary="Leave a change out; it stays on record",
    openapi_extra=documented(LeaveOut),
    responses=responses(
        SetAsideChange,
        "The change as it stands now.",
        *_BODY_PROBLEMS,
        *_REFUSALS,
        P.NOT_FOUND,
    ),
)
def leave_out(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    sites: SitesDep,
    wanted: Annotated[LeaveOut, Depends(body_of(LeaveOut))],
) -> Response:
    """Decide that it gives no value; repeating it is safe."""
    decisions.leave_out(context, who, wanted, sites)
    with context.database.read() as connection:
        found = set_aside.read(connection, who.role, sites, wanted.set_aside_id)
    return answer(http, SetAsideChange(entry=found.entry))
