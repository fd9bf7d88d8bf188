"""Every answer carries the digest of its body; a damaged request is not taken in."""

import httpx
import pytest

from app.core.body_digest import DIGEST_HEADER, body_digest
from app.core.wire import ChainStatus
from tests.server.deployments import TestDeployment

JSON = {"Content-Type": "application/json"}


def wire_digest(http: httpx.Client, path: str, **headers: str) -> tuple[str, str]:
    """The digest that an answer names, and that of its bytes as they came."""
    with http.stream("GET", path, headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert raw
    return answer.headers[DIGEST_HEADER], body_digest(raw)


@pytest.mark.parametrize("path", ["/ready", "/v1/pull", "/v1/nothing-here"])
def test_answers_and_problems_carry_their_digest(http: httpx.Client, path: str) -> None:
    named, found = wire_digest(http, path)
    assert named == found


def test_the_digest_is_that_of_the_compressed_bytes(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    token = deployment.enrol(deployment.device("tablet")).token
    named, found = wire_digest(
        http,
        "/v1/setup",
        **{"Authorization": f"Bearer {token}", "Accept-Encoding": "zstd"},
    )
    assert named == found


def test_a_batch_with_one_other_byte_is_not_taken_in(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    device = deployment.device("tablet")
    headers = {"Authorization": f"Bearer {deployment.enrol(device).token}", **JSON}
    batch = device.batch_of([]).model_dump_json().encode()
    sent = {**headers, DIGEST_HEADER: body_digest(batch)}
    answer = http.post("/v1/push", content=batch[:-1] + b" ", headers=sent)
    assert (answer.status_code, answer.json()["type"]) == (400, "body-damaged")
    chain = http.get("/v1/chain", headers=headers)
    assert ChainStatus.model_validate_json(chain.content).acknowledged == 0


def test_a_request_that_names_no_digest_is_read(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    device = deployment.device("tablet")
    headers = {"Authorization": f"Bearer {deployment.enrol(device).token}", **JSON}
    answer = http.post("/v1/push", content=b"{}", headers=headers)
    assert answer.json()["type"] == "malformed"
