"""Files that carry records: from locked tablets, and answers back to them."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.core.answer import AnswerFile, TakenIn
from app.core.parcel import ParcelAnswer, ParcelUpload
from app.core.problems import ProblemCode as P
from app.core.wire import Outcome, PushResponse
from app.core.wire_base import Id
from sync_server.auth import ContextDep, CoordinatorDep, HandingOverDep, SitesDep
from sync_server.bodies import answer
from sync_server.problems import responses
from sync_server.requests import body_of, documented
from sync_server.services.answers import give_back
from sync_server.services.parcels import Taken, take_in

router = APIRouter(tags=["parcels"])
logger = logging.getLogger("tessera.parcels")
_PROBLEMS = (
    P.UNAUTHENTICATED,
    P.UNKNOWN_DEVICE,
    P.DEVICE_REVOKED,
    P.FORBIDDEN,
    P.NOT_JSON,
    P.TOO_LARGE,
    P.UNSUPPORTED_ENCODING,
    P.FILE_UNREADABLE,
    P.FILE_FOREIGN,
    P.FILE_FORGED,
    P.CHAIN_GAP,
    P.DEVICE_FORKED,
)


@router.post(
    "/parcels",
    summary="Send what a locked tablet sealed for this server",
    openapi_extra=documented(ParcelUpload),
    responses=responses(ParcelAnswer, "As of a push, for each batch.", *_PROBLEMS),
)
def send(
    http: Request,
    context: ContextDep,
    device: HandingOverDep,
    given: Annotated[ParcelUpload, Depends(body_of(ParcelUpload))],
) -> Response:
    """Take parts of the device's own parcel in; repeating it is safe."""
    taken = take_in(context, given.parcel, device.device_id)
    return answer(http, ParcelAnswer(answers=taken.answers))


@router.post(
    "/parcels/carried",
    summary="Hand over a file that was carried from a tablet",
    openapi_extra=documented(ParcelUpload),
    responses=responses(TakenIn, "How much of it.", *_PROBLEMS),
)
def hand_over(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    given: Annotated[ParcelUpload, Depends(body_of(ParcelUpload))],
) -> Response:
    """Take parts of any tablet's parcel in; repeating it is safe."""
    taken = take_in(context, given.parcel)
    extra = {"device": taken.device_id, "practitioner": who.practitioner_id}
    logger.info("carried", extra=extra)
    return answer(http, _counted(taken))


@router.get(
    "/parcels/answers/{device_id}",
    summary="What to carry back to a tablet, sealed to it",
    responses=responses(
        AnswerFile,
        "A file for this tablet alone.",
        P.UNAUTHENTICATED,
        P.FORBIDDEN,
        P.DEVICE_REVOKED,
        P.NOT_FOUND,
    ),
)
def answer_file(
    http: Request,
    context: ContextDep,
    who: CoordinatorDep,
    sites: SitesDep,
    device_id: Id,
) -> Response:
    """Return acknowledgements and the feed since the tablet's newest file."""
    made = give_back(context, device_id, sites)
    extra = {"device": device_id, "practitioner": who.practitioner_id}
    logger.info("given back", extra=extra)
    return answer(http, made)


def _counted(taken: Taken) -> TakenIn:
    return TakenIn(
        device_id=taken.device_id,
        device_name=taken.device_name,
        accepted=_count(taken.answers, Outcome.ACCEPTED),
        duplicates=_count(taken.answers, Outcome.DUPLICATE),
        set_aside=_count(taken.answers, Outcome.REJECTED),
    )


def _count(answers: tuple[PushResponse, ...], outcome: Outcome) -> int:
    return sum(one.outcome is outcome for each in answers for one in each.outcomes)
