"""How often one may ask: bursts are free, floods wait, and nobody waits for others."""

import httpx
import pytest

from app.core.problems import ProblemCode
from sync_server.main import create_app
from sync_server.problems import ProblemError
from sync_server.rates import Rate, RateLimiter
from sync_server.settings import Settings
from tests.server.deployments import TestDeployment, served_app
from tests.support.operations import WritingDevice


class Clock:
    """Seconds, as a test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_and_then_it_goes_by_the_second() -> None:
    clock = Clock()
    limiter, rate = RateLimiter(clock), Rate(burst=3, per_second=0.5)
    for _ in range(3):
        limiter.take("device", "a", rate)
    with pytest.raises(ProblemError) as refused:
        limiter.take("device", "a", rate)
    assert refused.value.code is ProblemCode.TOO_MANY_REQUESTS
    assert refused.value.wait_seconds == 2
    limiter.take("device", "b", rate)
    limiter.take("address", "a", rate)
    clock.now = 2.0
    limiter.take("device", "a", rate)
    with pytest.raises(ProblemError):
        limiter.take("device", "a", rate)


def test_a_clock_that_goes_back_gives_nothing_away_and_takes_nothing() -> None:
    clock = Clock()
    limiter, rate = RateLimiter(clock), Rate(burst=1, per_second=1)
    clock.now = 100
    limiter.take("device", "a", rate)
    clock.now = 0
    with pytest.raises(ProblemError):
        limiter.take("device", "a", rate)
    clock.now = 1
    limiter.take("device", "a", rate)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


def test_a_device_that_asks_without_end_waits_and_another_does_not(
    on_sqlite: TestDeployment,
) -> None:
    tokens = [
        on_sqlite.enrol(WritingDevice(name, on_sqlite.author, on_sqlite.wall)).token
        for name in ("tablet-a", "tablet-b")
    ]
    slow = on_sqlite.settings.model_copy(update={"requests_per_second": 1})
    app = create_app(slow, on_sqlite.context.ports)
    app.state.rates = RateLimiter(Clock())
    first, second = ({"Authorization": f"Bearer {token}"} for token in tokens)
    with served_app(app) as http:
        answers = [http.get("/v1/chain", headers=first) for _ in range(21)]
        assert [one.status_code for one in answers[:-1]] == [200] * 20
        assert refusal(answers[-1]) == (429, "too-many-requests")
        assert answers[-1].json()["wait_seconds"] == 1
        assert answers[-1].headers["retry-after"] == "1"
        assert http.get("/v1/chain", headers=second).status_code == 200


def test_strangers_wait_by_address_and_a_known_device_there_does_not(
    on_sqlite: TestDeployment,
) -> None:
    tablet = WritingDevice("tablet-a", on_sqlite.author, on_sqlite.wall)
    known = {"Authorization": f"Bearer {on_sqlite.enrol(tablet).token}"}
    app = create_app(on_sqlite.settings, on_sqlite.context.ports)
    app.state.rates = RateLimiter(Clock())
    with served_app(app) as http:
        guesses = [
            http.get("/v1/chain", headers={"Authorization": f"Bearer guess-{n}"})
            for n in range(101)
        ]
        assert {one.status_code for one in guesses[:-1]} == {401}
        assert refusal(guesses[-1]) == (429, "too-many-requests")
        assert refusal(http.get("/v1/sessions")) == (429, "too-many-requests")
        assert http.get("/v1/chain", headers=known).status_code == 200


def test_a_rate_of_nothing_is_no_setting() -> None:
    with pytest.raises(ValueError, match="requests_per_second"):
        Settings(database_url="", requests_per_second=0)
