"""The service over real HTTP: encodings, limits, problems, who may ask."""

import gzip
import json
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import zstandard

from app.core.change import RecordKey
from app.core.wire import ChainStatus, PullResponse, PushResponse, Setup
from tests.server.deployments import TestDeployment, enrol_request
from tests.support.operations import WritingDevice

ANNA = RecordKey("Patient", "anna", "anna")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def database_url() -> str:
    """Before HTTP either database is the same; what is stored is tested on both."""
    return ""


@pytest.fixture
def tablet(deployment: TestDeployment) -> WritingDevice:
    return WritingDevice("tablet-a", deployment.author, deployment.wall)


@pytest.fixture
def token(deployment: TestDeployment, tablet: WritingDevice) -> str:
    return deployment.enrol(tablet).token


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **JSON}


def body(tablet: WritingDevice, note: str = "short") -> bytes:
    tablet.write((ANNA, {"note": note}))
    return tablet.batch().model_dump_json().encode()


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert set(found) <= {"type", "title", "status", "wait_seconds", "expected"}
    return answer.status_code, found["type"]


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_a_batch_may_come_in_any_encoding(
    http: httpx.Client,
    headers: dict[str, str],
    tablet: WritingDevice,
    encoding: str,
) -> None:
    plain = body(tablet)
    encode: dict[str, Callable[[bytes], bytes]] = {
        "identity": bytes,
        "gzip": gzip.compress,
        "zstd": zstandard.ZstdCompressor().compress,
    }
    sent = headers | {"Content-Encoding": encoding}
    answer = http.post("/v1/push", content=encode[encoding](plain), headers=sent)
    response = PushResponse.model_validate_json(answer.content)
    assert [one.outcome.value for one in response.outcomes] == ["accepted"]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("zstd, gzip", "zstd"),
        ("gzip", "gzip"),
        ("gzip, zstd;q=0", "gzip"),
        ("identity", None),
        ("br", None),
    ],
)
def test_a_page_comes_in_the_best_encoding_that_is_known(
    http: httpx.Client,
    headers: dict[str, str],
    tablet: WritingDevice,
    *,
    accepted: str,
    expected: str | None,
) -> None:
    http.post("/v1/push", content=body(tablet, "long " * 400), headers=headers)
    with http.stream(
        "GET", "/v1/pull", headers=headers | {"Accept-Encoding": accepted}
    ) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == expected
    decode: dict[str | None, Callable[[bytes], bytes]] = {
        None: bytes,
        "gzip": gzip.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
    }
    plain = decode[expected](raw)
    assert len(PullResponse.model_validate_json(plain).items) == 1


def streamed(plain: bytes) -> bytes:
    """Return a zstd frame that does not say how large it is."""
    compressor = zstandard.ZstdCompressor().compressobj()
    return compressor.compress(plain) + compressor.flush()


def wide_window(plain: bytes) -> bytes:
    """Return a zstd frame that asks for 128 MB of memory."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return compressor.compress(plain) + compressor.flush()


BOMB = b" " * (17 * 1024 * 1024)


@pytest.mark.parametrize(
    ("encoding", "sent", "expected"),
    [
        ("identity", b"no json", (400, "not-json")),
        ("identity", b"", (400, "not-json")),
        ("identity", b'{"device_id": "tablet-a"', (400, "not-json")),
        ("identity", b"[]", (422, "malformed")),
        ("identity", b'{"device_id": 7}', (422, "malformed")),
        ("identity", b"\xff\xfe", (400, "not-json")),
        ("identity", BOMB, (413, "too-large")),
        ("gzip", b"no gzip", (422, "malformed")),
        ("gzip", gzip.compress(b"{}" * 500)[:-9], (422, "malformed")),
        ("gzip", gzip.compress(BOMB), (413, "too-large")),
        ("zstd", b"no zstd", (422, "malformed")),
        ("zstd", zstandard.compress(b"{}" * 500)[:-3], (422, "malformed")),
        ("zstd", zstandard.compress(BOMB), (413, "too-large")),
        ("zstd", streamed(BOMB), (413, "too-large")),
        ("zstd", streamed(b"{}" * 500)[:-3], (400, "not-json")),
        ("zstd", wide_window(BOMB), (422, "malformed")),
        ("br", b"{}", (415, "unsupported-encoding")),
    ],
)
def test_a_bad_body_is_a_problem_and_changes_nothing(
    http: httpx.Client,
    headers: dict[str, str],
    *,
    encoding: str,
    sent: bytes,
    expected: tuple[int, str],
) -> None:
    answer = http.post(
        "/v1/push", content=sent, headers=headers | {"Content-Encoding": encoding}
    )
    assert problem(answer) == expected
    chain = ChainStatus.model_validate(http.get("/v1/chain", headers=headers).json())
    assert chain.acknowledged == 0


def test_a_problem_never_repeats_what_was_sent(
    http: httpx.Client, headers: dict[str, str]
) -> None:
    sent = json.dumps({"device_id": 7, "name": "Amina"})
    answer = http.post("/v1/push", content=sent, headers=headers)
    assert "Amina" not in answer.text
    assert "device_id" not in answer.text


def test_a_connection_cut_in_the_middle_changes_nothing(
    http: httpx.Client, headers: dict[str, str], tablet: WritingDevice
) -> None:
    whole = body(tablet)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += ["Host: server", f"Content-Length: {len(whole)}"]
    start = "POST /v1/push HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    url = http.base_url
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(start.encode() + whole[: len(whole) // 2])
    answer = http.post("/v1/push", content=whole, headers=headers)
    response = PushResponse.model_validate_json(answer.content)
    assert [one.outcome.value for one in response.outcomes] == ["accepted"]


@pytest.mark.parametrize("path", ["/v1/pull", "/v1/chain", "/v1/setup"])
def test_only_enrolled_devices_may_ask(http: httpx.Client, path: str) -> None:
    assert problem(http.get(path)) == (401, "unauthenticated")
    wrong = {"Authorization": "Bearer nobody"}
    assert problem(http.get(path, headers=wrong)) == (401, "unknown-device")


def test_a_device_pushes_its_own_chain_alone(
    http: httpx.Client, headers: dict[str, str], deployment: TestDeployment
) -> None:
    other = deployment.device("tablet-b")
    answer = http.post("/v1/push", content=body(other), headers=headers)
    assert problem(answer) == (403, "forbidden")


def test_a_gap_says_which_number_the_server_has(
    http: httpx.Client, headers: dict[str, str], tablet: WritingDevice
) -> None:
    body(tablet)
    answer = http.post("/v1/push", content=body(tablet), headers=headers)
    assert problem(answer) == (409, "chain-gap")
    assert answer.json()["expected"] == 0


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/nothing", (404, "not-found")),
        ("DELETE", "/v1/push", (405, "method-not-allowed")),
        ("GET", "/v1/pull?limit=0", (422, "malformed")),
        ("GET", "/v1/pull?limit=many", (422, "malformed")),
        ("GET", "/v1/pull?cursor=x", (400, "cursor-wrong")),
        ("GET", "/v1/pull?cursor=other.1.x", (409, "epoch-changed")),
    ],
)
def test_other_wrong_requests_are_problems_too(
    http: httpx.Client,
    headers: dict[str, str],
    *,
    method: str,
    path: str,
    expected: tuple[int, str],
) -> None:
    assert problem(http.request(method, path, headers=headers)) == expected


def test_a_device_enrols_and_reads_its_setup(
    http: httpx.Client, deployment: TestDeployment, tablet: WritingDevice
) -> None:
    request = enrol_request(tablet, deployment.code()).model_dump_json()
    answer = http.post("/v1/enrol", content=request, headers=JSON)
    token = answer.json()["token"]
    found = http.get("/v1/setup", headers={"Authorization": f"Bearer {token}"})
    setup = Setup.model_validate_json(found.content)
    assert setup.site.site_id == deployment.site_id
    assert [one.name for one in setup.practitioners] == ["Clara", "Nadia"]
    assert setup.deployment.controller == "Test controller"


def test_health_and_readiness(http: httpx.Client, deployment: TestDeployment) -> None:
    assert http.get("/health").json()["status"] == "ok"
    found = http.get("/ready").json()
    assert (found["status"], found["epoch"]) == ("ok", deployment.epoch)


def test_every_endpoint_documents_its_problems(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, endpoint in methods.items():
            problems = [
                answer["content"]["application/problem+json"]["schema"]["$ref"]
                for status, answer in endpoint["responses"].items()
                if int(status) >= 400
            ]
            assert problems, (method, path)
            body = endpoint.get("requestBody", {}).get("content", {})
            for content in body.values():
                assert content["schema"]["$ref"].rpartition("/")[2] in schemas
