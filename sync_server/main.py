"""The application: settings in, FastAPI out. Nothing happens at import.

Run it with `tessera serve`, or `uvicorn --factory sync_server.main:create_app`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.core import compartment_wire, console_wire, people_wire, wire
from app.core.version import VERSION
from sync_server import problems
from sync_server.context import Context, Ports
from sync_server.digests import AnswerDigests
from sync_server.opening import open_server
from sync_server.routes import console, devices, health, people, sync
from sync_server.services.patients import PatientIndex
from sync_server.settings import Settings

_BODIES: tuple[type[BaseModel], ...] = (
    wire.EnrolRequest,
    wire.PushRequest,
    compartment_wire.NewCompartmentKey,
    people_wire.Proposals,
    people_wire.PractitionerKeys,
    people_wire.RecoverySlot,
    people_wire.UsedGrants,
    console_wire.SignInRequest,
    console_wire.PatientSearch,
    wire.Problem,
)


def create_app(settings: Settings | None = None, ports: Ports | None = None) -> FastAPI:
    """Return the server; raise SettingsError where it must not start."""
    context, deployment = open_server(settings or Settings(), ports or Ports())
    app = bare_app()
    app.state.context = context
    app.state.deployment = deployment
    app.state.patients = PatientIndex()
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
    app.include_router(health.router)
    for router in (
        devices.router,
        sync.router,
        people.router,
        console.router,
    ):
        app.include_router(router, prefix=wire.API_PREFIX)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    # As many threads as connections: no thread waits for one.
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = context.settings.threads
    yield
    context.database.close()


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the bodies that are read from raw bytes."""
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
        app.openapi_schema = document
    return app.openapi_schema
