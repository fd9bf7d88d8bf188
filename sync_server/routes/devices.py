"""Enrolment, and the setup that devices keep."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.core.compartment_wire import NewCompartmentKey
from app.core.devices_wire import DeviceStates
from app.core.identity_wire import NewIdentity
from app.core.problems import ProblemCode as P
from app.core.wire import EnrolRequest, EnrolResponse, Setup
from sync_server.auth import (
    AddressDep,
    AnybodyDep,
    ContextDep,
    CoordinatorDep,
    DeviceDep,
    RevokedDeviceDep,
    SitesDep,
)
from sync_server.bodies import answer
from sync_server.problems import responses
from sync_server.requests import body_of, documented
from sync_server.services import compartments, contacts, identity, look_up, revocation
from sync_server.services.enrolment import enrol as enrol_device
from sync_server.services.setup import setup_of

router = APIRouter(tags=["devices"])


@router.post(
    "/enrol",
    summary="Enrol a device with a one-time code",
    dependencies=[AnybodyDep],
    openapi_extra=documented(EnrolRequest),
    responses=responses(
        EnrolResponse,
        "What a device keeps.",
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.ENROLMENT_CODE_WRONG,
        P.ENROLMENT_CODE_USED,
        P.ENROLMENT_CODE_EXPIRED,
        P.TOO_MANY_ATTEMPTS,
        P.FORBIDDEN,
        P.DEVICE_REVOKED,
    ),
)
def enrol(
    http: Request,
    context: ContextDep,
    address: AddressDep,
    wanted: Annotated[EnrolRequest, Depends(body_of(EnrolRequest))],
) -> Response:
    """Enrol a device; asked again with the same code and key, answer the same."""
    return answer(http, enrol_device(context, wanted, address))


@router.post(
    "/identity",
    summary="Go on as another device: this one turned out to be a copy",
    openapi_extra=documented(NewIdentity),
    responses=responses(
        EnrolResponse,
        "What a device keeps.",
        P.UNAUTHENTICATED,
        P.UNKNOWN_DEVICE,
        P.DEVICE_REVOKED,
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.SIGNATURE_WRONG,
        P.TOO_MANY_ATTEMPTS,
        P.FORBIDDEN,
    ),
)
def new_identity(
    http: Request,
    context: ContextDep,
    device: DeviceDep,
    asked: Annotated[NewIdentity, Depends(body_of(NewIdentity))],
) -> Response:
    """Enrol a forked device as another one; asked again, answer the same."""
    return answer(http, identity.renew(context, device, asked))


@router.get(
    "/setup",
    summary="What a tablet must know to work offline",
    responses=responses(
        Setup,
        "Renewed at each sync.",
        P.UNAUTHENTICATED,
        P.UNKNOWN_DEVICE,
        P.DEVICE_REVOKED,
    ),
)
def setup(http: Request, context: ContextDep, device: DeviceDep) -> Response:
    """Return the deployment, sites, practitioners, devices, notice and plan."""
    with context.database.read() as connection:
        gone = look_up.ended(context, connection, device)
        return answer(http, setup_of(context, connection, device.site_id, gone))


@router.post(
    "/compartment-keys",
    summary="Publish a key of a closed section, or seal it to more readers",
    status_code=204,
    openapi_extra=documented(NewCompartmentKey),
    responses=responses(
        None,
        "Kept; sent again it adds nothing.",
        P.UNAUTHENTICATED,
        P.UNKNOWN_DEVICE,
        P.DEVICE_REVOKED,
        P.NOT_JSON,
        P.TOO_LARGE,
        P.UNSUPPORTED_ENCODING,
        P.NOT_FOUND,
        P.FORBIDDEN,
    ),
)
def publish_compartment_key(
    context: ContextDep,
    device: DeviceDep,
    new: Annotated[NewCompartmentKey, Depends(body_of(NewCompartmentKey))],
) -> Response:
    """Keep the halves that readers lack; what is known is never replaced."""
    compartments.publish(context, device.device_id, new)
    return Response(status_code=204)


@router.post(
    "/handed-over",
    summary="A revoked device has handed over what only it had",
    status_code=204,
    responses=responses(
        None,
        "Noted; the device removes what it holds.",
        P.UNAUTHENTICATED,
        P.UNKNOWN_DEVICE,
        P.FORBIDDEN,
    ),
)
def handed_over(context: ContextDep, device: RevokedDeviceDep) -> Response:
    """Note when a revoked device was done; repeating it is safe."""
    revocation.note_handed_over(context, device.device_id)
    return Response(status_code=204)


@router.get(
    "/devices",
    summary="Every device, and what it said of itself",
    responses=responses(DeviceStates, "By site.", P.UNAUTHENTICATED, P.FORBIDDEN),
)
def devices(
    http: Request, context: ContextDep, _who: CoordinatorDep, sites: SitesDep
) -> Response:
    """Return last contact, version, what is unsent there and how wrong its clock is."""
    with context.database.read() as connection:
        return answer(http, contacts.states(connection, sites))
