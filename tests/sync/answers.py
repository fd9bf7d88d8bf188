"""Answers that a server, or something in its place, may give."""

import gzip
import json
from collections.abc import Callable

import httpx
import zstandard

from app.core.body_digest import DIGEST_HEADER, body_digest
from app.core.problems import ProblemCode
from app.core.wire import EnrolRequest, Health, PushRequest

HEALTH = Health(status="ok", version="0.1.0", epoch="epoch")
ENROL = EnrolRequest(
    code="7H3K",
    device_id="device",
    public_key=bytes(32),
    name="Tablet",
    version="0.1.0",
)
BATCH = PushRequest(
    device_id="device", first=1, previous="0" * 64, operations=(), signature=bytes(64)
)

Handler = Callable[[httpx.Request], httpx.Response]


def json_answer(body: str, status: int = 200) -> httpx.Response:
    """An answer of /v1."""
    return sound(body.encode(), status, {"Content-Type": "application/json"})


def sound(content: bytes, status: int, headers: dict[str, str]) -> httpx.Response:
    """An answer that carries the digest of its body, read as from a line."""
    digest = {DIGEST_HEADER: body_digest(content)}
    stream = httpx.ByteStream(content)
    return httpx.Response(status, stream=stream, headers={**headers, **digest})


def problem(
    code: ProblemCode | str, status: int = 400, **details: int
) -> httpx.Response:
    """An RFC 9457 problem."""
    body = {"type": str(code), "title": "Problem", "status": status, **details}
    headers = {"Content-Type": "application/problem+json"}
    return sound(json.dumps(body).encode(), status, headers)


def always(response: Callable[[], httpx.Response]) -> httpx.MockTransport:
    """A transport on which each request gets a fresh copy of one answer."""
    return httpx.MockTransport(lambda _request: response())


def plain_body(request: httpx.Request) -> bytes:
    """A request's body without its coding."""
    raw = request.read()
    match request.headers.get("Content-Encoding"):
        case "zstd":
            return zstandard.ZstdDecompressor().decompress(raw)
        case "gzip":
            return gzip.decompress(raw)
        case _:
            return raw
