"""One HTTP call: a wire model out, a wire model in, every mishap a SyncFailure."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from app.core.body_digest import DIGEST_HEADER, body_digest
from app.core.device_report import REPORT_HEADER, DeviceReport
from app.core.invitation import parted, pinned
from app.core.problems import ProblemCode
from app.core.wire import Problem
from app.sync.bodies import BodyEncoder, Coding
from app.sync.digested import DigestedStream
from app.sync.failures import (
    ConnectionCut,
    ProtocolMismatch,
    Refused,
    SyncFailure,
    Unreachable,
    WrongCertificate,
    failure_of,
)
from app.sync.pinning import WrongKeyError, pinned_context

Answer = TypeVar("Answer", bound=BaseModel)

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""No answer of /v1 is larger; a captive portal's download is not read to its end."""

_TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=30.0, pool=5.0)
# Shorter than a server's own (uvicorn: 5 s), so that we never write to a dead line.
_LIMITS = httpx.Limits(max_connections=4, keepalive_expiry=4.0)
_ACCEPT_ENCODING = "zstd, gzip"
_FIRST_ERROR = 400
_NO_CONTENT = 204
_OTHER_SERVER = (WrongKeyError, ssl.SSLCertVerificationError)
"""Another key than the pinned one, or a certificate for which nobody vouches."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes of bodies over the wire since the channel was opened, compressed."""

    sent: int = 0
    received: int = 0

    @property
    def total(self) -> int:
        """Both directions."""
        return self.sent + self.received


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    is_json: bool
    body: bytes


def server_address(typed: str) -> str:
    """Return a server's address as typed by a person, completed and checked.

    A pin behind it (app.core.invitation) stays, and then it must be https. Raises
    ProtocolMismatch if there can be no Tessera server behind it.
    """
    text, pin = parted(typed.strip())
    if "://" not in text:
        text = f"https://{text}"
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise ProtocolMismatch from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise ProtocolMismatch
    if pin and url.scheme != "https":
        raise ProtocolMismatch
    return pinned(str(url.copy_with(query=None, fragment=None)).rstrip("/"), pin)


class HttpChannel:
    """Talks to one server; threads may share it.

    Redirects are not followed: a captive portal answers with one. `token` is this
    device's, or that of a console session. Where the address carries a pin, only the
    holder of that key is talked to. `reporter` says what a device tells of itself.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        address, pin = parted(server_address(url))
        self._client = httpx.Client(
            base_url=address,
            verify=pinned_context(pin) if pin else True,
            timeout=_TIMEOUT,
            limits=_LIMITS,
            transport=transport,
            headers={"Accept": "application/json", "Accept-Encoding": _ACCEPT_ENCODING},
        )
        self.token = token
        self.reporter: Callable[[], DeviceReport] | None = None
        self._encoder = BodyEncoder()
        self._traffic = Traffic()
        self._counting = threading.Lock()

    @property
    def traffic(self) -> Traffic:
        """Bytes of bodies over the wire so far."""
        return self._traffic

    def get(
        self, path: str, answer: type[Answer], params: Mapping[str, str] | None = None
    ) -> Answer:
        """GET a path and return its answer; raise a SyncFailure."""
        return _read(answer, self._exchange(_Call("GET", path, params=params or {})))

    def post(self, path: str, answer: type[Answer], body: BaseModel) -> Answer:
        """POST a model and return the answer; raise a SyncFailure."""
        return _read(answer, self._posted(path, body))

    def hand_over(self, path: str, body: BaseModel) -> None:
        """POST a model that is answered with nothing; raise a SyncFailure."""
        if self._posted(path, body).status != _NO_CONTENT:
            raise ProtocolMismatch

    def tell(self, path: str) -> None:
        """POST nothing to a path that is answered with nothing; raise a SyncFailure."""
        if self._exchange(_Call("POST", path)).status != _NO_CONTENT:
            raise ProtocolMismatch

    def _posted(self, path: str, body: BaseModel) -> _Reply:
        call = _Call("POST", path, body.model_dump_json().encode())
        while True:
            coding = self._encoder.coding
            try:
                return self._exchange(call)
            except Refused as refusal:
                unreadable = refusal.code is ProblemCode.UNSUPPORTED_ENCODING
                if not unreadable or coding is Coding.IDENTITY:
                    raise
            self._encoder.refuse(coding)

    def delete(self, path: str) -> None:
        """DELETE what a path names; raise a SyncFailure."""
        if self._exchange(_Call("DELETE", path)).status != _NO_CONTENT:
            raise ProtocolMismatch

    def close(self) -> None:
        """Close every connection; the channel is not used afterwards."""
        self._client.close()

    def _headers(self, call: _Call, coding: Coding) -> dict[str, str]:
        headers = {}
        if call.body:
            headers["Content-Type"] = "application/json"
        if coding is not Coding.IDENTITY:
            headers["Content-Encoding"] = coding.value
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        # Not with what is pushed: that itself changes what it would say.
        if self.reporter is not None and call.method == "GET":
            headers[REPORT_HEADER] = self.reporter().to_header()
        return headers

    def _exchange(self, call: _Call) -> _Reply:
        content, coding = call.body, Coding.IDENTITY
        if content:
            content, coding = self._encoder.encode(content)
        request = self._client.build_request(
            call.method,
            call.path,
            content=content or None,
            params=call.params or None,
            headers=self._headers(call, coding),
        )
        try:
            reply = self._send(request, len(content))
        except httpx.HTTPError as error:
            raise _failure_of_transport(error) from None
        except RuntimeError as error:
            # The channel was closed meanwhile: a late round may still be sending.
            if not self._client.is_closed:
                raise
            raise ConnectionCut from error
        if reply.status >= _FIRST_ERROR:
            raise failure_of(reply.status, _problem(reply))
        return reply

    def _send(self, request: httpx.Request, sent: int) -> _Reply:
        if request.content:
            request.headers[DIGEST_HEADER] = body_digest(request.content)
        response = self._client.send(request, stream=True)
        digested = response.stream = DigestedStream(response.stream)
        try:
            self._encoder.learn(response.headers.get("Accept-Encoding"))
            body = _read_limited(response)
        finally:
            response.close()
            self._count(sent, response.num_bytes_downloaded)
        if response.is_redirect:
            raise ProtocolMismatch
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        is_json = kind in ("application/json", "application/problem+json")
        if is_json and body:
            digested.require(response.headers.get(DIGEST_HEADER))
        return _Reply(response.status_code, is_json, body)

    def _count(self, sent: int, received: int) -> None:
        with self._counting:
            now = self._traffic
            self._traffic = Traffic(now.sent + sent, now.received + received)


def _read_limited(response: httpx.Response) -> bytes:
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise ProtocolMismatch
    return bytes(body)


def _read(answer: type[Answer], reply: _Reply) -> Answer:
    if not reply.is_json:
        raise ProtocolMismatch
    try:
        return answer.model_validate_json(reply.body)
    except ValidationError as error:
        raise _failure_of_shape(error) from None


def _failure_of_shape(error: ValidationError) -> SyncFailure:
    """A JSON text that ends too early was cut; anything else is another protocol."""
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] == "json_invalid" and "EOF" in first["msg"]:
        return ConnectionCut()
    return ProtocolMismatch()


def _problem(reply: _Reply) -> Problem | None:
    if not reply.is_json:
        return None
    try:
        return Problem.model_validate_json(reply.body)
    except ValidationError:
        return None


def _failure_of_transport(error: httpx.HTTPError) -> SyncFailure:
    match error:
        case httpx.ConnectError() if _is_caused_by(error, _OTHER_SERVER):
            return WrongCertificate()
        case httpx.ConnectError() if _is_caused_by(error, (ssl.SSLError,)):
            return ProtocolMismatch()
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Unreachable()
        case httpx.ProxyError() | httpx.UnsupportedProtocol():
            return Unreachable()
        case _:
            return ConnectionCut()


def _is_caused_by(error: BaseException, kinds: tuple[type[BaseException], ...]) -> bool:
    """Tell whether a failure has a cause of a kind; TLS's lie deep."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, kinds):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
