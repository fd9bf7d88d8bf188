"""A body that was damaged on its way is never read: as after a cut, it comes again."""

import httpx
import pytest
import zstandard

from app.core.body_digest import DIGEST_HEADER, body_digest, is_digest
from app.core.problems import ProblemCode
from app.core.wire import Health
from app.sync.channel import HttpChannel
from app.sync.failures import ConnectionCut, ProtocolMismatch, SyncFailure
from tests.sync.answers import BATCH, HEALTH, always, json_answer, problem, sound

URL = "http://server.example"
JSON = {"Content-Type": "application/json"}


def failure_from(response: httpx.Response) -> SyncFailure:
    channel = HttpChannel(URL, None, always(lambda: response))
    with pytest.raises(SyncFailure) as caught:
        channel.get("/ready", Health)
    return caught.value


def damaged(content: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """An answer whose digest is that of other bytes."""
    given = {**JSON, **headers, DIGEST_HEADER: body_digest(b"as it was sent")}
    stream = httpx.ByteStream(content)
    return httpx.Response(status, stream=stream, headers=given)


def test_an_answer_with_one_other_byte_is_a_cut_connection() -> None:
    changed = HEALTH.model_copy(update={"epoch": "epocx"})
    answer = damaged(changed.model_dump_json().encode())
    assert isinstance(failure_from(answer), ConnectionCut)


def test_the_digest_is_that_of_the_bytes_before_they_are_unpacked() -> None:
    packed = zstandard.ZstdCompressor().compress(HEALTH.model_dump_json().encode())
    encoding = {"Content-Encoding": "zstd"}
    whole = always(lambda: sound(packed, 200, {**JSON, **encoding}))
    assert HttpChannel(URL, None, whole).get("/ready", Health) == HEALTH
    assert isinstance(failure_from(damaged(packed, 200, **encoding)), ConnectionCut)


def test_a_refusal_that_was_damaged_is_no_refusal() -> None:
    raw = problem(ProblemCode.DEVICE_REVOKED, 403).read()
    answer = damaged(raw, 403, **{"Content-Type": "application/problem+json"})
    assert isinstance(failure_from(answer), ConnectionCut)


def test_an_answer_without_a_digest_is_none_of_our_server() -> None:
    answer = json_answer(HEALTH.model_dump_json())
    del answer.headers[DIGEST_HEADER]
    assert isinstance(failure_from(answer), ProtocolMismatch)


def test_what_a_server_found_damaged_is_sent_again() -> None:
    answer = problem(ProblemCode.BODY_DAMAGED)
    assert isinstance(failure_from(answer), ConnectionCut)


def test_what_is_sent_carries_the_digest_of_its_bytes() -> None:
    seen: list[bool] = []

    def answer(request: httpx.Request) -> httpx.Response:
        raw = request.read()
        seen.append(request.headers[DIGEST_HEADER] == body_digest(raw))
        return json_answer(HEALTH.model_dump_json())

    HttpChannel(URL, None, httpx.MockTransport(answer)).post("/push", Health, BATCH)
    assert seen == [True]


def test_another_algorithm_may_stand_beside_ours() -> None:
    # RFC 9530, appendix D: the digest of {"hello": "world"} and a line feed.
    body = b'{"hello": "world"}\n'
    ours = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    assert body_digest(body) == ours
    sha256 = bytes.fromhex(
        "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38"
    )
    assert is_digest(f"sha-512=:AAAA:, {ours}", sha256)
    assert not is_digest("sha-512=:AAAA:", sha256)
