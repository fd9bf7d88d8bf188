"""The application: settings in, FastAPI out. Nothing happens at import.

Run it with `tessera serve`, or `uvicorn --factory sync_server.main:create_app`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from sqlalchemy.exc import SQLAlchemyError

from app.core import (
    compartment_wire,
    console_wire,
    erasure_wire,
    identity_wire,
    parcel,
    people_wire,
    scope_wire,
    set_aside_wire,
    wire,
)
from app.core.version import VERSION
from sync_server import access, problems
from sync_server.context import Context, Ports
from sync_server.digests import AnswerDigests
from sync_server.opening import open_server
from sync_server.rates import RateLimiter
from sync_server.routes import (
    console,
    devices,
    erasures,
    health,
    parcels,
    people,
    sessions,
    set_aside,
    sync,
)
from sync_server.services import look_up
from sync_server.services.contacts import Contacts
from sync_server.services.patients import PatientIndex
from sync_server.settings import Settings

_FORGET_SECONDS = 30.0
_LOOK_UPS_SECONDS = 3600.0
logger = logging.getLogger("tessera.server")
_BODIES: tuple[type[BaseModel], ...] = (
    wire.EnrolRequest,
    wire.PushRequest,
    parcel.ParcelUpload,
    compartment_wire.NewCompartmentKey,
    identity_wire.NewIdentity,
    scope_wire.WantedPatients,
    scope_wire.LookUp,
    people_wire.Proposals,
    people_wire.PractitionerKeys,
    people_wire.RecoverySlot,
    people_wire.UsedGrants,
    console_wire.SignInRequest,
    console_wire.PatientSearch,
    console_wire.GrantRequest,
    erasure_wire.EraseRequest,
    set_aside_wire.TryAgain,
    set_aside_wire.LeaveOut,
    wire.Problem,
)
_ROUTERS = (
    (health.router, ""),
    (devices.router, wire.API_PREFIX),
    (sync.router, wire.API_PREFIX),
    (parcels.router, wire.API_PREFIX),
    (people.router, wire.API_PREFIX),
    (sessions.router, wire.API_PREFIX),
    (console.router, wire.API_PREFIX),
    (erasures.router, wire.API_PREFIX),
    (set_aside.router, wire.API_PREFIX),
)


def create_app(settings: Settings | None = None, ports: Ports | None = None) -> FastAPI:
    """Return the server; raise SettingsError where it must not start."""
    context, deployment = open_server(settings or Settings(), ports or Ports())
    app = bare_app()
    app.state.context = context
    app.state.deployment = deployment
    app.state.patients = PatientIndex()
    app.state.rates = RateLimiter()
    app.state.contacts = Contacts()
    return app


def bare_app() -> FastAPI:
    """Return the routes and what documents them, without a database."""
    app = FastAPI(
        title="Tessera",
        version=VERSION,
        summary="Sync server: devices push and pull operations, coordinators read.",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    problems.install(app)
    app.add_middleware(AnswerDigests)
    callers: dict[tuple[str, str], list[str]] = {}
    for router, prefix in _ROUTERS:
        app.include_router(router, prefix=prefix)
        for method, path, route in access.endpoints(router, prefix):
            callers[path, method] = sorted(access.callers_of(route))
    app.openapi = lambda: _openapi(app, callers)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    # As many threads as connections: no thread waits for one.
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = context.settings.threads
    forgetting = asyncio.create_task(_forget_erased(context, app.state.patients))
    ending = asyncio.create_task(_end_look_ups(context))
    yield
    forgetting.cancel()
    ending.cancel()
    context.database.close()


async def _forget_erased(context: Context, patients: PatientIndex) -> None:
    """Let go of the keys of whom another process erased, though nobody searches."""

    def forget() -> None:
        with context.database.read() as connection:
            patients.forget_erased(connection)

    while True:
        await asyncio.sleep(_FORGET_SECONDS)
        try:
            await anyio.to_thread.run_sync(forget)
        except SQLAlchemyError as error:  # It is tried again; no request hangs on it.
            logger.warning("unforgotten", extra={"kind": type(error).__name__})


async def _end_look_ups(context: Context) -> None:
    """Let whom somebody looked up long ago leave the tablets' scopes, each hour."""
    while True:
        try:
            await anyio.to_thread.run_sync(look_up.end_old, context)
        except SQLAlchemyError as error:  # It is tried again, as above.
            logger.warning("unended", extra={"kind": type(error).__name__})
        await asyncio.sleep(_LOOK_UPS_SECONDS)


def _openapi(
    app: FastAPI, callers: Mapping[tuple[str, str], list[str]]
) -> dict[str, Any]:
    """Return the OpenAPI document, with the bodies that are read from raw bytes.

    `x-callers` says of each operation who may call it.
    """
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
        )
        _, bodies = models_json_schema(
            [(model, "validation") for model in _BODIES],
            ref_template="#/components/schemas/{model}",
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in bodies["$defs"].items():
            schemas.setdefault(name, schema)
        for (path, method), who in callers.items():
            document["paths"][path][method]["x-callers"] = who
        app.openapi_schema = document
    return app.openapi_schema
