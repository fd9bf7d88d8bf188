"""Whether the server is up, and whether it can serve."""

from fastapi import APIRouter, Request, Response

from app.core.problems import ProblemCode
from app.core.wire import Health
from sync_server.auth import AnybodyDep, ContextDep
from sync_server.bodies import answer
from sync_server.migrations.run import is_current
from sync_server.problems import ProblemError, responses
from sync_server.services.setup import epoch_of

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    summary="Is the process up?",
    dependencies=[AnybodyDep],
    responses=responses(
        Health,
        "It answers.",
    ),
)
def health(http: Request) -> Response:
    """Answer without asking the database."""
    return answer(http, Health(status="ok", version=http.app.version))


@router.get(
    "/ready",
    summary="Can it serve?",
    dependencies=[AnybodyDep],
    responses=responses(
        Health,
        "The database answers.",
    ),
)
def ready(http: Request, context: ContextDep) -> Response:
    """Answer once the database does, and has this version's tables."""
    with context.database.read() as connection:
        if not is_current(connection):
            raise ProblemError(ProblemCode.SERVER_BUSY)
        epoch = epoch_of(connection)
    return answer(http, Health(status="ok", version=http.app.version, epoch=epoch))
