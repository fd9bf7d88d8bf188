"""What a round costs that finds nothing new: requests, and milliseconds."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.sync.gateway import HttpGateway
from tests.benchmarks._measuring import timed
from tests.benchmarks._sync_places import Deployment, TabletFolder
from tests.benchmarks._sync_speed import engine_of

ROUNDS = 50


class CountingTransport(httpx.HTTPTransport):
    """The usual transport, which counts requests."""

    requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Count a request, and send it."""
        self.requests += 1
        return super().handle_request(request)


@dataclass(frozen=True, slots=True)
class Idle:
    """Of one round, the median; `asked` where a person asked for it."""

    requests: float
    milliseconds: float
    asked_requests: float
    asked_milliseconds: float


def measure(rounds: int = ROUNDS) -> Idle:
    """Sync a tablet that has nothing to send, with a server that has nothing new."""
    with tempfile.TemporaryDirectory() as name:
        deployment = Deployment(Path(name) / "server")
        site_id, nurse_id = deployment.make()
        with deployment.served() as url:
            tablet = TabletFolder(Path(name) / "tablet")
            tablet.enrol(url, deployment.code(site_id))
            with tablet.unlocked(nurse_id) as vault:
                transport = CountingTransport()
                token = vault.connection.token
                gateway = HttpGateway(url, token, transport)
                engine = engine_of(vault, gateway)
                engine.round()
                engine.round(asked=True)
                found: dict[bool, tuple[float, float]] = {}
                for asked in (False, True):
                    before = transport.requests
                    times = [
                        timed(lambda asked=asked: engine.round(asked=asked))  # type: ignore[misc]
                        for _ in range(rounds)
                    ]
                    requests = (transport.requests - before) / rounds
                    found[asked] = requests, statistics.median(times) * 1000
                gateway.close()
    return Idle(*found[False], *found[True])
