"""The network of the simulation: one link a tablet, and what it does to a call."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from app.core.erasure_wire import ErasedPage
from app.core.identity_wire import NewIdentity
from app.core.operation import decode_header
from app.core.page_wire import DocumentPage
from app.core.scope_wire import UnitChecks, WholePatients
from app.core.wire import (
    ChainStatus,
    EnrolRequest,
    EnrolResponse,
    FeedItem,
    Health,
    PullResponse,
    PushRequest,
    PushResponse,
    Setup,
)
from app.sync.channel import Traffic
from app.sync.failures import ConnectionCut, SyncFailure, Unreachable
from tests.convergence.builds import building
from tests.convergence.faults import Crashed, Fault

Answer = TypeVar("Answer")
Counted = Callable[[Fault], None]

_WEATHER: dict[Fault | None, int] = {
    None: 58,
    Fault.REQUEST_LOST: 6,
    Fault.BODY_CUT: 6,
    Fault.ANSWER_LOST: 7,
    Fault.DUPLICATED: 6,
    Fault.SERVER_CRASHED: 3,
}
_OF_PUSH: dict[Fault | None, int] = {
    Fault.DELAYED: 5,
    Fault.ANSWER_IN_PART: 3,
    Fault.ANSWER_SHUFFLED: 5,
}
_OF_PULL: dict[Fault | None, int] = {Fault.PAGE_SHORT: 12}


class SimulatedServer(Protocol):
    """What a link asks of a server, and the world does to it."""

    schema: int

    @property
    def epoch(self) -> str: ...

    def push(self, batch: PushRequest) -> PushResponse: ...

    def pull_as(self, device_id: str, cursor: str, limit: int) -> PullResponse: ...

    def renew(self, device_id: str, asked: NewIdentity) -> EnrolResponse: ...

    def documents_page(
        self, device_id: str, cursor: str, limit: int
    ) -> DocumentPage: ...

    def whole(self, device_id: str, patients: Sequence[str]) -> WholePatients: ...

    def erasures(self, after: str) -> ErasedPage: ...

    def checks(self, device_id: str) -> UnitChecks: ...

    def chain(self, device_id: str) -> ChainStatus: ...

    def setup(self, device_id: str) -> Setup: ...

    def pull_plug_at(self, statement: int) -> None:
        """Let the power go at one of the next statements of a push."""

    def plug_in(self) -> None:
        """Let it stay on."""

    def restart(self) -> None: ...


class Network:
    """Delayed pushes of everybody; `rng` is that of the event under way."""

    def __init__(self) -> None:
        self.rng = random.Random(0)
        self.is_fine = False
        self.late: list[PushRequest] = []
        self.fired: Counter[Fault] = Counter()

    def weather(self, others: Mapping[Fault | None, int]) -> Fault | None:
        """What happens to one call."""
        if self.is_fine:
            return None
        weights: dict[Fault | None, int] = {**_WEATHER, **others}
        found: Fault | None = self.rng.choices([*weights], [*weights.values()])[0]
        return found

    def count(self, fault: Fault) -> None:
        """Note that a fault fired."""
        self.fired[fault] += 1


class Link:
    """A Gateway to the world's server."""

    def __init__(
        self, server: SimulatedServer, network: Network, device_id: Callable[[], str]
    ) -> None:
        self.server = server
        self._network = network
        self._device_id = device_id
        self._ended: dict[str, str] = {}
        """With which change the page before a cursor ended."""

    @property
    def device_id(self) -> str:
        """Who asks."""
        return self._device_id()

    @property
    def traffic(self) -> Traffic:
        return Traffic()

    def ask(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the server for something, in the weather of the day."""
        return self._call(ask, self._network.weather({}))

    def count(self, fault: Fault) -> None:
        """Note that a fault fired."""
        self._network.count(fault)

    def push(self, batch: PushRequest) -> PushResponse:
        fault = self._network.weather(_OF_PUSH)
        if fault is Fault.DELAYED:
            self._network.late.append(batch)
            raise self._failed(fault, ConnectionCut())
        answer = self._call(lambda: self.server.push(batch), fault)
        if fault is Fault.ANSWER_SHUFFLED and len(answer.outcomes) > 1:
            self._network.count(fault)
            return self._shuffled(answer)
        if fault is Fault.ANSWER_IN_PART:
            self._network.count(fault)
            return answer.model_copy(update={"outcomes": answer.outcomes[:-1]})
        return answer

    def pull(self, cursor: str, limit: int) -> PullResponse:
        fault = self._network.weather(_OF_PULL)
        if fault is Fault.PAGE_SHORT:
            limit = self._network.rng.randrange(1, 4)
            self._network.count(fault)
        page = self._call(
            lambda: self.server.pull_as(self.device_id, cursor, limit), fault
        )
        if page.items:
            assert self._ended.get(cursor) != _change(page.items[0]), (
                "a page splits a change"
            )
            self._ended[page.cursor] = _change(page.items[-1])
        return page

    def chain(self) -> ChainStatus:
        fault = self._network.weather({})
        return self._call(lambda: self.server.chain(self.device_id), fault)

    def setup(self) -> Setup:
        return self.ask(lambda: self.server.setup(self.device_id))

    def health(self) -> Health:
        return Health(status="ok", version="simulated", epoch=self.server.epoch)

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        raise NotImplementedError(request.device_id)

    def _call(self, ask: Callable[[], Answer], fault: Fault | None) -> Answer:
        count = self._network.count
        if fault is Fault.REQUEST_LOST:
            raise self._failed(fault, Unreachable())
        if fault is Fault.BODY_CUT and self._network.rng.random() < 0.5:
            raise self._failed(fault, ConnectionCut())
        if fault is Fault.SERVER_CRASHED:
            self.server.pull_plug_at(self._network.rng.randrange(1, 12))
        with building(self.server.schema):
            try:
                answer = ask()
            except Crashed:
                self.server.restart()
                raise self._failed(Fault.SERVER_CRASHED, ConnectionCut()) from None
            finally:
                self.server.plug_in()
            if fault is Fault.DUPLICATED:
                count(fault)
                answer = ask()
        if fault in (Fault.ANSWER_LOST, Fault.BODY_CUT):
            raise self._failed(fault, ConnectionCut())
        return answer

    def _failed(self, fault: Fault, failure: SyncFailure) -> SyncFailure:
        self._network.count(fault)
        return failure

    def _shuffled(self, answer: PushResponse) -> PushResponse:
        outcomes = [*answer.outcomes]
        self._network.rng.shuffle(outcomes)
        return answer.model_copy(update={"outcomes": tuple(outcomes)})


def _change(item: FeedItem) -> str:
    return decode_header(item.operation.header.encode())[0].change.change_id
