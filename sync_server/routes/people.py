"""Who may open tablets: proposals, keys, what recovers them, grants."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.core.console_wire import Access, GrantRequest
from app.core.people_wire import (
    Grant,
    Grants,
    Kept,
    PractitionerKeys,
    Proposals,
    ProposalsAnswer,
    RecoverySlot,
    UsedGrants,
)
from app.core.problems import ProblemCode as P
from sync_server.auth import ContextDep, CoordinatorDep, DeviceDep, SitesDep
from sync_server.bodies import answer
from sync_server.problems import responses
from sync_server.requests import body_of, documented
from sync_server.services import people, permissions, recovery

router = APIRouter(tags=["people"])
_DEVICE = (P.UNAUTHENTICATED, P.UNKNOWN_DEVICE, P.DEVICE_REVOKED)
_BODY = (P.NOT_JSON, P.TOO_LARGE, P.UNSUPPORTED_ENCODING)


@router.post(
    "/practitioners/proposals",
    summary="Name colleagues who were added on a tablet",
    openapi_extra=documented(Proposals),
    responses=responses(ProposalsAnswer, "An outcome for each.", *_DEVICE, *_BODY),
)
def propose(
    http: Request,
    context: ContextDep,
    _device: DeviceDep,
    given: Annotated[Proposals, Depends(body_of(Proposals))],
) -> Response:
    """Take proposals in, unconfirmed; repeating them is safe."""
    return answer(http, people.propose(context, given))


@router.post(
    "/practitioner-keys",
    summary="Say to which keys practitioners can be sealed to on this device",
    openapi_extra=documented(PractitionerKeys),
    responses=responses(Kept, "How many.", *_DEVICE, *_BODY, P.FORBIDDEN),
)
def practitioner_keys(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    given: Annotated[PractitionerKeys, Depends(body_of(PractitionerKeys))],
) -> Response:
    """Keep a device's public halves in place of the older ones."""
    return answer(http, people.keep_keys(context, device.device_id, given))


@router.post(
    "/recovery-slot",
    summary="Hand over the data key, sealed to the organisation's recovery key",
    openapi_extra=documented(RecoverySlot),
    responses=responses(Kept, "Kept.", *_DEVICE, *_BODY, P.FORBIDDEN),
)
def recovery_slot(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    given: Annotated[RecoverySlot, Depends(body_of(RecoverySlot))],
) -> Response:
    """Keep a device's recovery slot in place of the older one."""
    return answer(http, recovery.keep_slot(context, device.device_id, given))


@router.get(
    "/grants",
    summary="What a coordinator allowed on this device",
    responses=responses(Grants, "Neither used nor expired.", *_DEVICE),
)
def grants(http: Request, context: ContextDep, device: DeviceDep) -> Response:
    """Return the device's grants that still count."""
    return answer(http, recovery.grants_of(context, device.device_id))


@router.get(
    "/access",
    summary="Who works on which tablets, for coordinators",
    responses=responses(
        Access, "Tablets, people, what stands allowed.", P.UNAUTHENTICATED, P.FORBIDDEN
    ),
)
def access(
    http: Request, context: ContextDep, who: CoordinatorDep, sites: SitesDep
) -> Response:
    """Return sites, tablets and people; nothing about any patient."""
    return answer(http, permissions.access(context, who, sites))


@router.post(
    "/grants",
    summary="Allow somebody a new PIN or another try on a tablet, for coordinators",
    openapi_extra=documented(GrantRequest),
    responses=responses(
        Grant,
        "It counts once, for a day.",
        *_BODY,
        P.MALFORMED,
        P.UNAUTHENTICATED,
        P.FORBIDDEN,
        P.NOT_FOUND,
    ),
)
def give_grant(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    sites: SitesDep,
    given: Annotated[GrantRequest, Depends(body_of(GrantRequest))],
) -> Response:
    """Allow it; asking again while it stands changes nothing."""
    return answer(http, permissions.give(context, who, given, sites))


@router.post(
    "/grants/used",
    summary="Say which grants were used",
    openapi_extra=documented(UsedGrants),
    responses=responses(Kept, "How many are new.", *_DEVICE, *_BODY),
)
def used(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    given: Annotated[UsedGrants, Depends(body_of(UsedGrants))],
) -> Response:
    """Count grants as used; repeating it is safe."""
    return answer(http, recovery.mark_used(context, device.device_id, given))
