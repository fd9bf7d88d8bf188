"""What lies between a model device and a model server, and breaks."""

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from typing_extensions import TypeVar as DefaultTypeVar

from app.core.wire import (
    ChainStatus,
    Deployment,
    EnrolRequest,
    EnrolResponse,
    Health,
    Notice,
    PullResponse,
    PushRequest,
    PushResponse,
    Setup,
    SiteInfo,
)
from app.sync.channel import Traffic
from app.sync.failures import ConnectionCut, SyncFailure, Unreachable
from tests.sync.model_server import ModelServer

Answer = TypeVar("Answer")

SITE = SiteInfo(site_id="site", name="Harbour", zone="Europe/Athens")
SETUP = Setup(
    deployment=Deployment(
        deployment_id="deployment",
        name="Test",
        controller="Controller",
        contact="contact@example.org",
        retention_days=365,
    ),
    site=SITE,
    sites=(SITE,),
    practitioners=(),
    devices=(),
    notice=Notice(version="1"),
    plan={},
)


class Server(Protocol):
    """What a link asks of a server, model or real."""

    @property
    def epoch(self) -> str: ...

    def push(self, batch: PushRequest) -> PushResponse: ...

    def pull(self, cursor: str, limit: int) -> PullResponse: ...

    def chain(self, device_id: str) -> ChainStatus: ...


ServerT = DefaultTypeVar("ServerT", bound=Server, default=ModelServer)


class Weather(StrEnum):
    """What happens to one call."""

    FINE = "fine"
    NOT_SENT = "not-sent"
    ANSWER_LOST = "answer-lost"
    TWICE = "twice"


Forecast = Callable[[], Weather]


def always_fine() -> Weather:
    """No call is ever lost."""
    return Weather.FINE


class ModelLink(Generic[ServerT]):
    """A Gateway to a model server; `forecast` decides about each call."""

    def __init__(
        self, server: ServerT, device_id: str, forecast: Forecast = always_fine
    ) -> None:
        self.server = server
        self.device_id = device_id
        self.forecast = forecast
        self.failures: list[SyncFailure] = []
        """Failures that the next calls raise before they reach the server."""
        self.calls: list[str] = []
        self.pushes: list[PushRequest] = []

    @property
    def traffic(self) -> Traffic:
        return Traffic(len(self.calls), len(self.calls))

    def push(self, batch: PushRequest) -> PushResponse:
        self.pushes.append(batch)
        return self._call("push", lambda: self.server.push(batch))

    def pull(self, cursor: str, limit: int) -> PullResponse:
        return self._call("pull", lambda: self.server.pull(cursor, min(limit, 5)))

    def chain(self) -> ChainStatus:
        return self._call("chain", lambda: self.server.chain(self.device_id))

    def setup(self) -> Setup:
        return self._call("setup", lambda: SETUP)

    def health(self) -> Health:
        epoch = self.server.epoch
        answer = Health(status="ok", version="model", epoch=epoch)
        return self._call("health", lambda: answer)

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        return self._call(
            "enrol",
            lambda: EnrolResponse(
                token=f"token of {request.device_id}",
                epoch=self.server.epoch,
                card_secret=bytes(32),
                server_public_key=bytes(32),
                setup=SETUP,
            ),
        )

    def _call(self, name: str, ask: Callable[[], Answer]) -> Answer:
        self.calls.append(name)
        if self.failures:
            raise self.failures.pop(0)
        weather = self.forecast()
        if weather is Weather.NOT_SENT:
            raise Unreachable
        answer = ask()
        if weather is Weather.TWICE:
            answer = ask()
        if weather is Weather.ANSWER_LOST:
            raise ConnectionCut
        return answer
