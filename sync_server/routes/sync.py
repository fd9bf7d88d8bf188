"""Push, pull, and where a device's chain stands."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.core.page_wire import DocumentPage
from app.core.problems import ProblemCode as P
from app.core.scope_wire import LookUp, UnitChecks, WantedPatients, WholePatients
from app.core.wire import (
    MAX_BATCH_OPERATIONS,
    ChainStatus,
    Cursor,
    PullResponse,
    PushRequest,
    PushResponse,
)
from sync_server.auth import ContextDep, DeviceDep, HandingOverDep
from sync_server.bodies import answer
from sync_server.problems import ProblemError, responses
from sync_server.requests import body_of, documented
from sync_server.services import checks, device_chain, feed, pages
from sync_server.services.ingest import ingest
from sync_server.services.look_up import look_up
from sync_server.services.scope import Scope

logger = logging.getLogger("tessera.sync")
router = APIRouter(tags=["sync"])
_DEVICE_PROBLEMS = (P.UNAUTHENTICATED, P.UNKNOWN_DEVICE, P.DEVICE_REVOKED)


@router.post(
    "/push",
    summary="Send a batch of operations",
    openapi_extra=documented(PushRequest),
    responses=responses(
        PushResponse,
        "An outcome for each operation.",
        *_DEVICE_PROBLEMS,
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.FORBIDDEN,
        P.SIGNATURE_WRONG,
        P.CHAIN_GAP,
        P.DEVICE_FORKED,
    ),
)
def push(
    http: Request,
    context: ContextDep,
    device: HandingOverDep,
    batch: Annotated[PushRequest, Depends(body_of(PushRequest))],
) -> Response:
    """Take a batch in, whole or not at all; repeating it is safe.

    A revoked device's too: what it wrote after the revocation is set aside.
    """
    if batch.device_id != device.device_id:
        raise ProblemError(P.FORBIDDEN)
    return answer(http, ingest(context, device.public_key, batch))


@router.get(
    "/pull",
    summary="Read what other devices wrote",
    responses=responses(
        PullResponse,
        "A page of the feed.",
        *_DEVICE_PROBLEMS,
        P.CURSOR_WRONG,
        P.EPOCH_CHANGED,
    ),
)
def pull(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    cursor: Annotated[Cursor, Query()] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_BATCH_OPERATIONS)] = MAX_BATCH_OPERATIONS,
) -> Response:
    """Return the next page of the device's scope after a cursor."""
    with context.database.snapshot() as connection:
        holder = Scope(device.site_id, device.device_id)
        page = feed.pull(context, connection, holder, cursor, limit)
    return answer(http, page)


@router.get(
    "/documents",
    summary="Read whole records: a first sync",
    responses=responses(
        DocumentPage,
        "A page of documents; after the last one the feed goes on.",
        *_DEVICE_PROBLEMS,
        P.CURSOR_WRONG,
        P.EPOCH_CHANGED,
    ),
)
def documents(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    cursor: Annotated[Cursor, Query()] = "",
    limit: Annotated[int, Query(ge=1, le=pages.PAGE_PATIENTS)] = pages.PAGE_PATIENTS,
) -> Response:
    """Return the next page of the records in the device's scope, who-is-who first."""
    with context.database.read() as connection:
        page = pages.page(context, connection, device, cursor, limit)
    return answer(http, page)


@router.post(
    "/documents",
    summary="Read patients whole who came into the device's scope",
    openapi_extra=documented(WantedPatients),
    responses=responses(
        WholePatients,
        "Every document of those whom the device holds.",
        *_DEVICE_PROBLEMS,
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
    ),
)
def whole_patients(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    wanted: Annotated[WantedPatients, Depends(body_of(WantedPatients))],
) -> Response:
    """Return patients whole; of who is in no scope of the device nothing is said."""
    with context.database.read() as connection:
        found = pages.whole(context, connection, device, wanted.patient_ids)
    return answer(http, found)


@router.post(
    "/look-ups",
    summary="Look a person up whom the device does not hold, for a reason",
    openapi_extra=documented(LookUp),
    responses=responses(
        WholePatients,
        "All of that patient; it is in the audit.",
        *_DEVICE_PROBLEMS,
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.NOT_FOUND,
        P.FORBIDDEN,
        P.TOO_MANY_ATTEMPTS,
    ),
)
def look_up_patient(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    asked: Annotated[LookUp, Depends(body_of(LookUp))],
) -> Response:
    """Let the device hold a patient, write down who asked and why, answer all."""
    return answer(http, look_up(context, device, asked))


@router.get(
    "/checks",
    summary="What each patient in the device's scope counts",
    responses=responses(UnitChecks, "Checksums by patient.", *_DEVICE_PROBLEMS),
)
def checks_of_patients(
    http: Request, context: ContextDep, device: DeviceDep
) -> Response:
    """Return checksums by patient, for a device that holds something otherwise."""
    logger.warning("differs", extra={"device": device.device_id})
    holder = Scope(device.site_id, device.device_id)
    with context.database.snapshot() as connection:
        found = checks.each_of(connection, holder)
    return answer(http, found)


@router.get(
    "/chain",
    summary="Where the device's chain stands here",
    responses=responses(ChainStatus, "The last link held.", *_DEVICE_PROBLEMS),
)
def chain(http: Request, context: ContextDep, device: HandingOverDep) -> Response:
    """Return the number and digest of the last link that the server holds."""
    with context.database.read() as connection:
        head = device_chain.chain_head(connection, device.device_id)
        refused = device_chain.set_aside(connection, device.device_id)
    status = ChainStatus(
        device_id=head.device_id,
        acknowledged=head.number,
        digest=head.digest.hex(),
        set_aside=refused,
    )
    return answer(http, status)
