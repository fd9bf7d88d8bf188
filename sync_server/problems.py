"""RFC 9457 problems: stable codes and statuses, without sentences or input."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DatabaseError, DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.problems import ProblemCode
from app.core.wire import Problem
from sync_server.database import is_disk_full

MEDIA_TYPE = "application/problem+json"
STATUS: dict[ProblemCode, HTTPStatus] = {
    ProblemCode.MALFORMED: HTTPStatus(422),
    ProblemCode.NOT_JSON: HTTPStatus.BAD_REQUEST,
    ProblemCode.BODY_DAMAGED: HTTPStatus.BAD_REQUEST,
    ProblemCode.TOO_LARGE: HTTPStatus(413),
    ProblemCode.UNSUPPORTED_ENCODING: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ProblemCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ProblemCode.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    ProblemCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ProblemCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    ProblemCode.TOO_MANY_ATTEMPTS: HTTPStatus.TOO_MANY_REQUESTS,
    ProblemCode.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    ProblemCode.SERVER_FAULT: HTTPStatus.INTERNAL_SERVER_ERROR,
    ProblemCode.SERVER_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    ProblemCode.ENROLMENT_CODE_WRONG: HTTPStatus.FORBIDDEN,
    ProblemCode.ENROLMENT_CODE_USED: HTTPStatus.CONFLICT,
    ProblemCode.ENROLMENT_CODE_EXPIRED: HTTPStatus.GONE,
    ProblemCode.SIGN_IN_WRONG: HTTPStatus.FORBIDDEN,
    ProblemCode.UNKNOWN_DEVICE: HTTPStatus.UNAUTHORIZED,
    ProblemCode.DEVICE_REVOKED: HTTPStatus.FORBIDDEN,
    ProblemCode.SIGNATURE_WRONG: HTTPStatus.FORBIDDEN,
    ProblemCode.CHAIN_GAP: HTTPStatus.CONFLICT,
    ProblemCode.DEVICE_FORKED: HTTPStatus.CONFLICT,
    ProblemCode.EPOCH_CHANGED: HTTPStatus.CONFLICT,
    ProblemCode.CURSOR_WRONG: HTTPStatus.BAD_REQUEST,
    ProblemCode.ERASED: HTTPStatus.GONE,
    ProblemCode.CARD_CODE_WRONG: HTTPStatus.CONFLICT,
    ProblemCode.FILE_UNREADABLE: HTTPStatus(422),
    ProblemCode.FILE_FOREIGN: HTTPStatus(422),
    ProblemCode.FILE_FORGED: HTTPStatus.FORBIDDEN,
}
_CODE_OF_STATUS = {
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
}
_RETRY_SECONDS = 2

logger = logging.getLogger("tessera.server")


class ProblemError(Exception):
    """A request that is answered with a problem."""

    def __init__(
        self,
        code: ProblemCode,
        *,
        wait_seconds: int | None = None,
        expected: int | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.wait_seconds = wait_seconds
        self.expected = expected


def response_of(problem: ProblemError) -> Response:
    """Return the answer that says what went wrong."""
    status = STATUS[problem.code]
    body = Problem(
        type=problem.code.value,
        title=problem.code.value.replace("-", " ").capitalize(),
        status=status.value,
        wait_seconds=problem.wait_seconds,
        expected=problem.expected,
    )
    headers = {"Cache-Control": "no-store"}
    if problem.wait_seconds is not None:
        headers["Retry-After"] = str(problem.wait_seconds)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    raw = body.model_dump_json(exclude_none=True)
    return Response(raw, status.value, headers, MEDIA_TYPE)


def responses(
    model: type[BaseModel] | None, description: str, *codes: ProblemCode
) -> dict[int | str, dict[str, Any]]:
    """Return an endpoint's documentation: its answer, and each problem by status."""
    always = (
        ProblemCode.MALFORMED,
        ProblemCode.TOO_MANY_REQUESTS,
        ProblemCode.SERVER_FAULT,
        ProblemCode.SERVER_BUSY,
    )
    found: dict[int | str, dict[str, Any]] = {}
    if model is not None:
        found[200] = {"model": model, "description": description}
    names: dict[int, list[str]] = {}
    for code in (*codes, *always):
        names.setdefault(STATUS[code].value, []).append(code.value)
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, texts in names.items():
        found[status] = {
            "description": "Problem: " + ", ".join(texts),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
    return found


def _of_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for it alone
    return response_of(error)


def _of_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    is_json = all(e.get("type") != "json_invalid" for e in error.errors())
    code = ProblemCode.MALFORMED if is_json else ProblemCode.NOT_JSON
    return response_of(ProblemError(code))


def _of_http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = _CODE_OF_STATUS.get(status, ProblemCode.MALFORMED)
    return response_of(ProblemError(code))


def _of_busy(_request: Request, error: Exception) -> Response:
    full = isinstance(error, OperationalError) and is_disk_full(error)
    event = "the disk is full: make room" if full else "database"
    logger.warning(event, extra={"fault": type(error).__name__})
    return response_of(
        ProblemError(ProblemCode.SERVER_BUSY, wait_seconds=_RETRY_SECONDS)
    )


def _of_database(_request: Request, error: Exception) -> Response:
    if type(error) is not DatabaseError:  # a fault of ours
        raise error
    logger.critical("the database is damaged: stop, keep it, put a backup in its place")
    return response_of(ProblemError(ProblemCode.SERVER_FAULT))


def _of_data(_request: Request, error: Exception) -> Response:
    """Answer what a database can't hold: PostgreSQL takes no NUL in a text."""
    logger.warning("unstorable", extra={"fault": type(error).__name__})
    return response_of(ProblemError(ProblemCode.MALFORMED))


def _of_disconnect(_request: Request, _error: Exception) -> Response:
    # Nobody reads this: the connection was cut in the middle of the body.
    return response_of(ProblemError(ProblemCode.MALFORMED))


class FaultBarrier:
    """Answers an unexpected error with a problem; logs where it rose, never what.

    Messages of exceptions may quote what somebody wrote, so only the type of an
    error and its innermost place reach the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 - the last barrier
            logger.error("fault", extra=place_of(error))  # noqa: TRY400 - see above
            if scope["type"] == "http" and not started:
                response = response_of(ProblemError(ProblemCode.SERVER_FAULT))
                await response(scope, receive, send)


def place_of(error: BaseException) -> dict[str, str]:
    """Return an error's type and the innermost place, without its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    place = f"{code.co_qualname}:{trace.tb_lineno}" if code and trace else "?"
    return {"fault": type(error).__name__, "place": place}


def install(app: FastAPI) -> None:
    """Make an application answer everything that goes wrong with a problem."""
    app.add_exception_handler(ProblemError, _of_problem)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(OperationalError, _of_busy)
    app.add_exception_handler(DataError, _of_data)
    app.add_exception_handler(DatabaseError, _of_database)
    app.add_exception_handler(ClientDisconnect, _of_disconnect)
    app.add_middleware(FaultBarrier)
