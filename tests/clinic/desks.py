"""A desk of a test: a real vault, one practitioner, a plan without forms."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.clinic.desk import Desk
from app.clinic.library import Library
from app.core.change import Authorship, Change, build
from app.core.clock import HybridClock
from app.core.merge import Document, new_document
from app.core.questionnaire import load_plan
from app.core.summary import Station
from app.core.wire import Notice, Setup
from app.storage import Vault
from app.ui.failures import Failures
from app.ui.look import first_look
from app.ui.navigator import Navigator, Place
from app.ui.routes import Home, Route
from app.ui.screen import Kit, Screen, open_app
from app.ui.source import Source
from app.ui.status import Status
from app.ui.widgets.steady import TapGuard
from app.ui.work import Work
from tests.storage.tablets import SETUP, Tablet
from tests.support.connection import Client, connected
from tests.support.operations import SequentialIds, SettableWall

NO_FORMS = {
    "plan": "none",
    "version": "1",
    "source": "a test",
    "review": "none",
    "forms": [],
}
NOTICE = Notice(version="2", services=("Red Cross",))


@dataclass
class Table:
    """A desk and what a test moves about it."""

    desk: Desk
    tablet: Tablet

    @property
    def vault(self) -> Vault:
        """The desk's vault."""
        return self.desk.vault


@contextmanager
def a_table(
    folder: Path, notice: Notice = NOTICE, station: Station = Station.REGISTRATION
) -> Iterator[Table]:
    """An unlocked tablet until the block ends; opened again, it is the same one."""
    tablet = Tablet(folder)
    vault_file, vault = tablet.unlocked()
    setup: Setup = SETUP.model_copy(update={"notice": notice})
    desk = Desk(
        vault=vault,
        ids=vault.ids,
        wall=tablet.wall,
        library=Library(load_plan(NO_FORMS), ()),
        setup=setup,
        practitioner=setup.practitioners[0],
        read_station=lambda: station,
        wake_sync=lambda: None,
    )
    try:
        yield Table(desk, tablet)
    finally:
        vault.close()
        vault_file.close()


def a_place(route: Route) -> Place:
    """A place above home, on top."""
    navigator = Navigator(Home())
    navigator.go(route)
    return Place(navigator, navigator.top)


def some_work() -> Work:
    """Threads for the running event loop."""
    return Work(asyncio.get_running_loop(), Failures())


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what a thread brings back; raise TimeoutError if it does not."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.002)


class Folder:
    """Documents as a tablet would have them after some changes."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self._clock = HybridClock("device-a", SettableWall())
        self._ids = SequentialIds("folded")

    def add(self, change: Change, practitioner: str = "practitioner-ana") -> None:
        """Fold a change, written by somebody who sees all that was written before."""
        author = Authorship(practitioner, "site-port")
        built = build(change, author, self._clock, self._ids, self.documents.get)
        for operation, _encoded in built:
            record_id = operation.header.record_id
            known = self.documents.get(record_id) or new_document(operation)
            self.documents[record_id] = known.apply(operation)

    def of(self, patient_id: str) -> tuple[Document, ...]:
        """Return a patient's documents."""
        found = self.documents.values()
        return tuple(d for d in found if d.patient_id == patient_id)


@asynccontextmanager
async def on_screen(
    route: Route, make: Callable[[Place, Work], Screen], tag: str = "en"
) -> AsyncIterator[Client]:
    """A session at a place, drawn in process; other places are blank."""
    async with connected() as client:
        failures = Failures()
        kit = Kit(
            navigator=Navigator(route),
            look=Source(first_look(tag, client.page.width)),
            status=Source(Status("Ana")),
            failures=failures,
            taps=TapGuard(0),
        )
        work = Work(asyncio.get_running_loop(), failures)
        open_app(client.page, kit, lambda place: make(place, work))
        await client.settle()
        yield client
        assert failures.value is None
