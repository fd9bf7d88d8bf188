"""Sessions of the console: they end when left alone, and can be seen and ended."""

from collections.abc import Iterator

import httpx
import pytest

from app.core.devices_wire import ConsoleSessions
from tests.server import callers as everybody
from tests.server.callers import Callers
from tests.server.deployments import TestDeployment, served

MINUTE_MS = 60_000


@pytest.fixture
def http(deployment: TestDeployment) -> Iterator[httpx.Client]:
    with served(deployment) as client:
        yield client


@pytest.fixture
def callers(deployment: TestDeployment) -> Callers:
    return everybody.callers_of(deployment)


def seen(http: httpx.Client, headers: dict[str, str]) -> ConsoleSessions:
    answer = http.get("/v1/sessions", headers=headers)
    return ConsoleSessions.model_validate_json(answer.content)


def test_a_session_that_is_used_lasts_and_one_left_alone_ends(
    http: httpx.Client, callers: Callers, deployment: TestDeployment
) -> None:
    headers = callers.headers("coordinator")
    for _ in range(4):
        deployment.wall.advance(20 * MINUTE_MS)
        assert http.get("/v1/sessions", headers=headers).status_code == 200
    deployment.wall.advance(31 * MINUTE_MS)
    answer = http.get("/v1/sessions", headers=headers)
    assert answer.json()["type"] == "unauthenticated"


def test_one_that_is_used_all_the_time_ends_after_half_a_day_all_the_same(
    http: httpx.Client, callers: Callers, deployment: TestDeployment
) -> None:
    headers = callers.headers("coordinator")
    for _ in range(36):
        deployment.wall.advance(20 * MINUTE_MS)
        assert http.get("/v1/sessions", headers=headers).status_code == 200
    deployment.wall.advance(MINUTE_MS)
    assert http.get("/v1/sessions", headers=headers).status_code == 401


def test_one_sees_and_ends_one_s_own_sessions_alone(
    http: httpx.Client, callers: Callers
) -> None:
    here, there = callers.headers("coordinator"), callers.headers("coordinator")
    other = callers.headers("nurse")
    mine = seen(http, here).sessions
    assert [one.name for one in mine] == ["Clara", "Clara"]
    assert [one.is_mine for one in mine].count(True) == 1
    (elsewhere,) = (one.session_id for one in mine if not one.is_mine)
    (nurses,) = (one.session_id for one in seen(http, other).sessions)
    answer = http.delete(f"/v1/sessions/{nurses}", headers=here)
    assert answer.json()["type"] == "not-found"
    assert http.delete(f"/v1/sessions/{elsewhere}", headers=here).status_code == 204
    assert http.get("/v1/sessions", headers=there).status_code == 401
    assert http.get("/v1/sessions", headers=other).status_code == 200


def test_an_administrator_sees_and_ends_everybody_s(
    http: httpx.Client, callers: Callers
) -> None:
    nurse, administrator = callers.headers("nurse"), callers.headers("administrator")
    found = {one.name: one.session_id for one in seen(http, administrator).sessions}
    assert set(found) == {"Nadia", "One administrator"}
    url = f"/v1/sessions/{found['Nadia']}"
    assert http.delete(url, headers=administrator).status_code == 204
    assert http.get("/v1/sessions", headers=nurse).status_code == 401
