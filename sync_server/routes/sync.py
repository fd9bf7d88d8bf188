"""Push, pull, and where a device's chain stands."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.core.problems import ProblemCode as P
from app.core.wire import (
    MAX_BATCH_OPERATIONS,
    ChainStatus,
    Cursor,
    PullResponse,
    PushRequest,
    PushResponse,
)
from sync_server.auth import ContextDep, DeviceDep
from sync_server.bodies import answer
from sync_server.problems import ProblemError, responses
from sync_server.requests import body_of, documented
from sync_server.services import device_chain, feed
from sync_server.services.ingest import ingest

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
    device: DeviceDep,
    batch: Annotated[PushRequest, Depends(body_of(PushRequest))],
) -> Response:
    """Take a batch in, whole or not at all; repeating it is safe."""
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
    with context.database.read() as connection:
        page = feed.pull(context, connection, device.site_id, cursor, limit)
    return answer(http, page)


@router.get(
    "/chain",
    summary="Where the device's chain stands here",
    responses=responses(ChainStatus, "The last link held.", *_DEVICE_PROBLEMS),
)
def chain(http: Request, context: ContextDep, device: DeviceDep) -> Response:
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
