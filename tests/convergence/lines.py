"""What a round does beside push and pull, over the links of the simulation.

The steps are the product's; what they ask the server goes through a link's weather.
"""

import random
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from pydantic import BaseModel

from app.core.erasure_wire import ErasedPage
from app.core.identity_wire import NewIdentity
from app.core.page_wire import DocumentPage
from app.core.scope_wire import UnitChecks, WantedPatients, WholePatients
from app.core.wire import API_PREFIX, PullResponse
from app.storage.vault import Vault
from app.sync.channel import HttpChannel
from app.sync.documents import DocumentSync
from app.sync.erasures import ErasureSync
from app.sync.identity import IdentitySync
from app.sync.steps import Steps
from tests.convergence.faults import Fault
from tests.convergence.links import Link
from tests.convergence.model_tablet import ModelTablet, SimulatedTablet

Answer = TypeVar("Answer", bound=BaseModel)
_FEW_PATIENTS = 3


class Line:
    """A channel to the world's server, as far as the steps of a round need one."""

    def __init__(self, link: Link, rng: Callable[[], random.Random]) -> None:
        self.token = ""
        self._link = link
        self._rng = rng

    def get(
        self, path: str, answer: type[Answer], params: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for pages of documents, who was erased, or checksums."""
        server, given = self._link.server, params or {}
        asks: dict[str, Callable[[], BaseModel]] = {
            f"{API_PREFIX}/documents": lambda: server.documents_page(
                self._device_id, given["cursor"], self._rng().randrange(1, 4)
            ),
            f"{API_PREFIX}/erasures": lambda: server.erasures(given["after"]),
            f"{API_PREFIX}/checks": lambda: server.checks(self._device_id),
        }
        assert answer in (DocumentPage, ErasedPage, UnitChecks)
        return cast("Answer", self._link.ask(asks[path]))

    def post(self, path: str, answer: type[Answer], body: BaseModel) -> Answer:
        """Ask for whole patients, or for a new identity."""
        server = self._link.server
        if isinstance(body, WantedPatients):
            assert (path, answer) == (f"{API_PREFIX}/documents", WholePatients)
            wanted = body.patient_ids[: self._rng().randrange(1, _FEW_PATIENTS)]
            found = self._link.ask(lambda: server.whole(self._device_id, wanted))
            for _patient in found.answered:
                self._link.count(Fault.CAME_IN)
            return cast("Answer", found)
        assert isinstance(body, NewIdentity)
        assert path == f"{API_PREFIX}/identity"
        given = self._link.ask(lambda: server.renew(self._device_id, body))
        self._link.count(Fault.OTHER_IDENTITY)
        return cast("Answer", given)

    @property
    def _device_id(self) -> str:
        return self._link.device_id


class ModelRenewal:
    """A new identity for a model tablet, as IdentitySync gives one to a vault."""

    def __init__(self, link: Link, tablet: ModelTablet) -> None:
        self._link = link
        self._tablet = tablet

    def before_round(self) -> bool:
        """Nobody types codes here."""
        return False

    def after_fork(self) -> None:
        """Go on as another device."""
        asked, before = self._tablet.ask_for_identity(), self._tablet.device_id
        self._link.ask(lambda: self._link.server.renew(before, asked))
        self._tablet.take_identity()
        self._link.count(Fault.OTHER_IDENTITY)


def steps_of(
    tablet: SimulatedTablet, link: Link, rng: Callable[[], random.Random]
) -> Steps:
    """What the rounds of a tablet do beside push and pull."""
    if isinstance(tablet, ModelTablet):
        return Steps(ModelRenewal(link, tablet))
    assert isinstance(tablet.vault, Vault)
    channel = cast("HttpChannel", Line(link, rng))
    return Steps(
        IdentitySync(channel, tablet.vault),
        DocumentSync(channel, tablet.vault),
        ErasureSync(channel, tablet.vault),
    )


def take_in_again(tablet: SimulatedTablet, steps: Steps, page: PullResponse) -> None:
    """Take in a page of the feed as a round does."""
    if steps.erasures is not None:
        steps.erasures.before(page)
    tablet.vault.apply_feed(page)
