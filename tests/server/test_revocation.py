"""A revoked device: what it wrote before is taken, what it wrote after is set aside."""

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushResponse
from sync_server.services import administration, contacts
from sync_server.tables import SET_ASIDE
from tests.server.deployments import TestDeployment, served
from tests.support.operations import WritingDevice

ANNA = RecordKey("Patient", "anna", "anna")
HOUR_MS = 60 * 60 * 1000


@pytest.fixture
def http(deployment: TestDeployment) -> Iterator[httpx.Client]:
    with served(deployment) as client:
        yield client


@pytest.fixture
def tablet(deployment: TestDeployment) -> WritingDevice:
    return WritingDevice("tablet-a", deployment.author, deployment.wall)


def revoke(deployment: TestDeployment) -> None:
    context = deployment.context
    administration.revoke_device(context.ports, context.database, "tablet-a")


def push(http: httpx.Client, tablet: WritingDevice, token: str) -> PushResponse:
    headers = {"Authorization": f"Bearer {token}"}
    raw = tablet.batch().model_dump_json().encode()
    answer = http.post("/v1/push", content=raw, headers=headers)
    return PushResponse.model_validate_json(answer.content)


def test_what_was_written_before_is_taken_and_what_came_after_is_kept_aside(
    http: httpx.Client, deployment: TestDeployment, tablet: WritingDevice
) -> None:
    token = deployment.enrol(tablet).token
    tablet.write((ANNA, {"note": "before"}))
    deployment.wall.advance(HOUR_MS)
    revoke(deployment)
    deployment.wall.advance(HOUR_MS)
    tablet.write((ANNA, {"note": "after"}))
    answer = push(http, tablet, token)
    assert [(o.outcome, o.reason) for o in answer.outcomes] == [
        (Outcome.ACCEPTED, None),
        (Outcome.REJECTED, ProblemCode.DEVICE_REVOKED),
    ]
    # Both are acknowledged: nothing is only there any more.
    assert answer.acknowledged == len(answer.outcomes)
    with deployment.context.database.read() as connection:
        kept = connection.execute(select(SET_ASIDE)).all()
    assert [(row.reason, row.device_id) for row in kept] == [
        ("device-revoked", "tablet-a")
    ]
    assert b"after" in kept[0].content


def test_it_reads_nothing_any_more_and_says_that_it_is_done(
    http: httpx.Client, deployment: TestDeployment, tablet: WritingDevice
) -> None:
    headers = {"Authorization": f"Bearer {deployment.enrol(tablet).token}"}
    assert http.post("/v1/handed-over", headers=headers).json()["type"] == "forbidden"
    revoke(deployment)
    for path in ("/v1/pull", "/v1/setup", "/v1/grants"):
        assert http.get(path, headers=headers).json()["type"] == "device-revoked"
    assert http.get("/v1/chain", headers=headers).status_code == 200
    deployment.wall.advance(1000)
    assert http.post("/v1/handed-over", headers=headers).status_code == 204
    first = handed_over_at(deployment)
    deployment.wall.advance(1000)
    assert http.post("/v1/handed-over", headers=headers).status_code == 204
    assert handed_over_at(deployment) == first is not None


def handed_over_at(deployment: TestDeployment) -> int | None:
    with deployment.context.database.read() as connection:
        (device,) = contacts.states(connection).devices
    return device.handed_over_at


def test_revoked_twice_the_first_time_counts(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    deployment.enrol(tablet)
    revoke(deployment)
    deployment.wall.advance(HOUR_MS)
    tablet.write((ANNA, {"note": "after the first"}))
    revoke(deployment)
    (outcome,) = deployment.push(tablet).outcomes
    assert outcome.reason is ProblemCode.DEVICE_REVOKED
