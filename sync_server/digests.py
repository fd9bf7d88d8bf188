"""Content-Digest on every answer, so that a client sees what was damaged on its way."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.body_digest import DIGEST_HEADER, body_digest


class AnswerDigests:
    """Holds an answer back until its body is there; answers are small and whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if start is None or message.get("more_body", False):
                return
            if body:
                headers = MutableHeaders(scope=start)
                headers[DIGEST_HEADER] = body_digest(body)
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, hold)
