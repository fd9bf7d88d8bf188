"""A call of /v1: what goes out, and every way in which an answer may go wrong."""

import gzip
import json
import ssl
from collections.abc import Callable

import httpx
import pytest
import zstandard

from app.core.console_wire import PatientSearch
from app.core.problems import ProblemCode
from app.core.wire import Health
from app.sync.channel import MAX_ANSWER_BYTES, HttpChannel, server_address
from app.sync.failures import (
    ConnectionCut,
    ProtocolMismatch,
    Refused,
    ServerFault,
    SyncFailure,
    Unauthenticated,
    Unreachable,
    WrongCertificate,
)
from tests.sync.answers import (
    HEALTH,
    always,
    json_answer,
    plain_body,
    problem,
    sound,
)

URL = "http://server.example"
LONG = PatientSearch(text="x" * 100, site_id="y" * 600)


def health(transport: httpx.BaseTransport, token: str | None = None) -> Health:
    """Ask for the server's health over a transport."""
    return HttpChannel(URL, token, transport).get("/health", Health)


def failure_from(answer: Callable[[], httpx.Response]) -> SyncFailure:
    """The failure that an answer is turned into."""
    with pytest.raises(SyncFailure) as caught:
        health(always(answer))
    return caught.value


def failure_of(error: Exception) -> SyncFailure:
    """The failure that an error of the transport is turned into."""

    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(SyncFailure) as caught:
        health(httpx.MockTransport(fail))
    return caught.value


def test_an_answer_is_read_into_its_model() -> None:
    transport = always(lambda: json_answer(HEALTH.model_dump_json()))
    assert health(transport) == HEALTH


def test_the_token_is_sent_and_nothing_is_sent_without_one() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Authorization"))
        return json_answer(HEALTH.model_dump_json())

    health(httpx.MockTransport(answer), "secret")
    health(httpx.MockTransport(answer))
    assert seen == ["Bearer secret", None]


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_compressed_answers_are_read(coding: str) -> None:
    raw = HEALTH.model_dump_json().encode()
    packed = {
        "zstd": zstandard.ZstdCompressor().compress(raw),
        "gzip": gzip.compress(raw),
    }[coding]

    def answer(request: httpx.Request) -> httpx.Response:
        assert coding in request.headers["Accept-Encoding"]
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        return sound(packed, 200, headers)

    assert health(httpx.MockTransport(answer)) == HEALTH


def test_a_compressed_answer_that_is_cut_is_a_cut_connection() -> None:
    packed = zstandard.ZstdCompressor().compress(HEALTH.model_dump_json().encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "zstd"}
    failure = failure_from(
        lambda: httpx.Response(200, content=packed[:-5], headers=headers)
    )
    assert isinstance(failure, ConnectionCut)


def codings_sent(answers: list[httpx.Response]) -> list[str | None]:
    """The codings of the bodies that a channel sends while it gets these answers."""
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert json.loads(plain_body(request))["text"] == LONG.text
        seen.append(request.headers.get("Content-Encoding"))
        return answers.pop(0)

    channel = HttpChannel(URL, None, httpx.MockTransport(answer))
    while answers:
        channel.post("/patients/search", Health, LONG)
    return seen


def ok(**headers: str) -> httpx.Response:
    response = json_answer(HEALTH.model_dump_json())
    response.headers.update(headers)
    return response


def unreadable() -> httpx.Response:
    return problem(ProblemCode.UNSUPPORTED_ENCODING, 415)


def test_a_body_is_sent_as_zstd() -> None:
    assert codings_sent([ok(), ok()]) == ["zstd", "zstd"]


def test_a_server_that_takes_only_gzip_gets_gzip() -> None:
    assert codings_sent([ok(**{"Accept-Encoding": "gzip"}), ok()]) == ["zstd", "gzip"]
    refuses_zstd = ok(**{"Accept-Encoding": "zstd;q=0, gzip"})
    assert codings_sent([refuses_zstd, ok()]) == ["zstd", "gzip"]


def test_a_body_that_cannot_be_read_is_sent_again_in_a_simpler_coding() -> None:
    assert codings_sent([unreadable(), ok(), ok()]) == ["zstd", "gzip", "gzip"]
    both = [unreadable(), unreadable(), ok(), ok()]
    assert codings_sent(both) == ["zstd", "gzip", None, None]


def test_a_server_that_reads_no_coding_at_all_is_a_refusal() -> None:
    with pytest.raises(Refused) as caught:
        codings_sent([unreadable(), unreadable(), unreadable()])
    assert caught.value.code is ProblemCode.UNSUPPORTED_ENCODING


def test_a_small_body_goes_as_it_is() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "Content-Encoding" not in request.headers
        return ok()

    channel = HttpChannel(URL, None, httpx.MockTransport(answer))
    assert channel.post("/patients/search", Health, PatientSearch()) == HEALTH


def test_bytes_are_counted_as_they_go_over_the_wire() -> None:
    sizes = []

    def answer(request: httpx.Request) -> httpx.Response:
        sizes.append(len(request.read()))
        body = HEALTH.model_dump_json().encode()
        return sound(body, 200, {"Content-Type": "application/json"})

    channel = HttpChannel(URL, None, httpx.MockTransport(answer))
    channel.post("/patients/search", Health, LONG)
    assert channel.traffic.sent == sizes[0] < len(LONG.model_dump_json())
    assert channel.traffic.received == len(HEALTH.model_dump_json())
    assert channel.traffic.total == channel.traffic.sent + channel.traffic.received


# What may answer in a server's place.


def test_a_captive_portal_is_not_a_tessera_server() -> None:
    page = "<html><body>Welcome to the free WLAN</body></html>"
    failure = failure_from(lambda: httpx.Response(200, html=page))
    assert isinstance(failure, ProtocolMismatch)


def test_a_portal_that_redirects_is_not_followed() -> None:
    headers = {"Location": "http://portal.example/login"}
    failure = failure_from(lambda: httpx.Response(302, headers=headers))
    assert isinstance(failure, ProtocolMismatch)


@pytest.mark.parametrize("status", [400, 404, 407, 451])
def test_an_error_page_of_something_else_is_not_a_refusal(status: int) -> None:
    failure = failure_from(lambda: httpx.Response(status, html="<h1>No</h1>"))
    assert isinstance(failure, ProtocolMismatch)


@pytest.mark.parametrize("body", ["[]", '{"status":"ok"}', "7", "not json", "\x00"])
def test_json_of_something_else_is_not_an_answer(body: str) -> None:
    assert isinstance(failure_from(lambda: json_answer(body)), ProtocolMismatch)


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    def answer() -> httpx.Response:
        part = b" " * (1024 * 1024)
        parts = (part for _ in range(2 * MAX_ANSWER_BYTES // len(part)))
        headers = {"Content-Type": "application/json"}
        return httpx.Response(200, content=parts, headers=headers)

    assert isinstance(failure_from(answer), ProtocolMismatch)


def test_json_that_ends_too_early_is_a_cut_connection() -> None:
    body = HEALTH.model_dump_json()[:-10]
    assert isinstance(failure_from(lambda: json_answer(body)), ConnectionCut)


# What the server says.


def test_a_problem_is_a_refusal_with_its_reason_and_details() -> None:
    failure = failure_from(lambda: problem(ProblemCode.CHAIN_GAP, 409, expected=7))
    assert isinstance(failure, Refused)
    assert failure.code is ProblemCode.CHAIN_GAP
    assert failure.details.expected == 7
    assert failure.details.status == 409


@pytest.mark.parametrize("prefix", ["", "urn:tessera:problem:", "https://t.example/"])
def test_a_type_may_be_an_address(prefix: str) -> None:
    failure = failure_from(lambda: problem(prefix + "chain-gap", 409))
    assert failure.code is ProblemCode.CHAIN_GAP


def test_a_reason_that_only_a_newer_server_knows_is_a_refusal() -> None:
    failure = failure_from(lambda: problem("reason-of-2031", 409))
    assert isinstance(failure, Refused)
    assert failure.code is ProblemCode.UNEXPECTED


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ProblemCode.UNAUTHENTICATED, 401),
        (ProblemCode.UNKNOWN_DEVICE, 401),
        (ProblemCode.DEVICE_REVOKED, 403),
    ],
)
def test_an_unknown_or_revoked_device_is_told_apart(
    code: ProblemCode, status: int
) -> None:
    failure = failure_from(lambda: problem(code, status))
    assert isinstance(failure, Unauthenticated)
    assert failure.code is code


def test_a_fault_of_the_server_is_one_whatever_its_body_is() -> None:
    for answer in (
        lambda: problem(ProblemCode.SERVER_FAULT, 500),
        lambda: httpx.Response(502, html="<h1>Bad gateway</h1>"),
        lambda: problem("reason-of-2031", 500),
    ):
        failure = failure_from(answer)
        assert isinstance(failure, ServerFault)
        assert failure.code is ProblemCode.SERVER_FAULT


def test_a_busy_server_says_how_long_to_wait() -> None:
    busy = ProblemCode.SERVER_BUSY
    failure = failure_from(lambda: problem(busy, 503, wait_seconds=5))
    assert isinstance(failure, ServerFault)
    assert failure.code is busy
    assert failure.details.wait_seconds == 5


# The transport.


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("busy"),
        httpx.ProxyError("proxy"),
    ],
)
def test_nobody_there_is_unreachable(error: httpx.HTTPError) -> None:
    assert isinstance(failure_of(error), Unreachable)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
        httpx.WriteError("pipe"),
        httpx.WriteTimeout("slow"),
        httpx.RemoteProtocolError("peer closed connection"),
    ],
)
def test_a_talk_that_breaks_off_is_a_cut_connection(error: httpx.HTTPError) -> None:
    assert isinstance(failure_of(error), ConnectionCut)


def test_a_certificate_of_somebody_else_is_not_our_server() -> None:
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("certificate verify failed")
    assert isinstance(failure_of(error), WrongCertificate)
    error.__cause__ = ssl.SSLError("wrong version number")
    assert isinstance(failure_of(error), ProtocolMismatch)


def test_a_failure_says_nothing_but_its_code() -> None:
    failure = failure_of(httpx.ConnectError("http://10.0.0.7 refused"))
    assert str(failure) == "unreachable"
    assert failure.__cause__ is None


# Addresses.


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://tessera.example", "https://tessera.example"),
        (" https://tessera.example/ ", "https://tessera.example"),
        ("tessera.example", "https://tessera.example"),
        ("http://192.168.1.7:8000", "http://192.168.1.7:8000"),
        ("https://t.example/clinic/?a=1#b", "https://t.example/clinic"),
    ],
)
def test_an_address_is_completed(typed: str, address: str) -> None:
    assert server_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "ftp://t.example", "https://", "http://a:b:c", "https://u:p@t.example"],
)
def test_what_cannot_be_an_address_is_refused(typed: str) -> None:
    with pytest.raises(ProtocolMismatch):
        server_address(typed)


def test_a_round_that_is_late_when_the_channel_is_closed_is_cut_off() -> None:
    transport = always(lambda: json_answer(HEALTH.model_dump_json()))
    channel = HttpChannel(URL, None, transport)
    channel.close()
    with pytest.raises(ConnectionCut):
        channel.get("/health", Health)
