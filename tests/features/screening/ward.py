"""A tablet with one person in a visit, and the three screens of a visit on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from app.clinic.desk import Desk
from app.clinic.library import Library, read_library
from app.clinic.registration import Registration, register
from app.core.birth import Birth, BirthSource, birth_of_age
from app.core.merge import Document
from app.core.projections import ResponseView, responses
from app.core.summary import Station
from app.core.values import NameStatus, PersonName, Sex
from app.features.result import effects as result
from app.features.result.view import view as result_view
from app.features.screening import effects as screening
from app.features.screening.view import view as screening_view
from app.features.visit import effects as visit
from app.features.visit.view import view as visit_view
from app.storage import Vault
from app.ui import routes as to
from app.ui.failures import Failures
from app.ui.frame import Frame
from app.ui.look import Look, first_look
from app.ui.loop import Loop, Next
from app.ui.navigator import Navigator, Place
from app.ui.screen import Kit, Screen, open_app
from app.ui.source import Source
from app.ui.status import Status
from app.ui.widgets.steady import TapGuard
from app.ui.work import Work
from tests.storage.tablets import Tablet
from tests.support.connection import Client, NotOnScreen, connected

TODAY = date(2026, 9, 21)
ADULT = birth_of_age(34, BirthSource.SAID, TODAY)
CHILD = birth_of_age(9, BirthSource.SAID, TODAY)
LIBRARY = read_library()
TB, VITALS, PHQ9 = (form.canonical for form in LIBRARY.forms)


@dataclass
class Ward:
    """A desk, and one person's visit at it."""

    desk: Desk
    patient_id: str
    encounter_id: str
    woken: list[str] = field(default_factory=list)

    @property
    def plan(self) -> to.Plan:
        """The route of the visit."""
        return to.Plan(self.patient_id, self.encounter_id)

    def screening(self, canonical: str, response_id: str | None = None) -> to.Screening:
        """The route of a screening."""
        return to.Screening(self.patient_id, self.encounter_id, canonical, response_id)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The person's records."""
        return self.desk.vault.documents(self.patient_id)

    @property
    def response(self) -> ResponseView:
        """The one response."""
        (found,) = responses(self.documents)
        return found

    def by(self, practitioner_id: str) -> "Ward":
        """The same tablet in a colleague's hands."""
        vault = self.desk.vault
        found = [
            p
            for p in self.desk.setup.practitioners
            if p.practitioner_id == practitioner_id
        ]
        vault.practitioner_id = practitioner_id
        return replace(self, desk=replace(self.desk, practitioner=found[0]))


def desk_of(tablet: Tablet, vault: Vault, library: Library = LIBRARY) -> Desk:
    """What an unlocked session's screens get."""
    setup = vault.setup
    mine = [
        p for p in setup.practitioners if p.practitioner_id == vault.practitioner_id
    ]
    return Desk(
        vault=vault,
        ids=vault.ids,
        wall=tablet.wall,
        library=library,
        setup=setup,
        practitioner=mine[0],
        read_station=lambda: Station.TRIAGE,
        wake_sync=lambda: None,
    )


@contextmanager
def ward(
    folder: Path,
    birth: Birth | None = ADULT,
    language: str = "ar",
    library: Library = LIBRARY,
) -> Iterator[Ward]:
    """Open a tablet with one person in a visit."""
    tablet = Tablet(folder)
    vault_file, vault = tablet.unlocked()
    registration = Registration(
        sex=Sex.FEMALE,
        birth=birth,
        language=language,
        name=PersonName(NameStatus.SAID, "أمينة", "Amina"),
    )
    made = register(registration, vault.patient_id_of_card, tablet.ids, tablet.wall())
    vault.commit(made.change)
    try:
        desk = desk_of(tablet, vault, library)
        yield Ward(desk, made.patient_id, made.encounter_id)
    finally:
        vault.close()
        vault_file.close()


@dataclass
class Session:
    """A session on a page: the client, and where one is."""

    client: Client
    kit: Kit
    work: Work
    loops: list[Loop[Any, Any, Any]] = field(default_factory=list)
    seen: int = 0

    @property
    def model(self) -> Any:
        """What the newest of the three screens shows."""
        return self.loops[-1].model

    async def settled(self) -> None:
        """Wait for what was begun, and for what it brings to the screen."""
        await self._still()
        top = self.kit.navigator.top.number
        if top != self.seen:
            self.seen = top
            await self.client.until(partial(self.client.shows, f"screen{top}"))
            await asyncio.sleep(0.02)
            await self._still()

    async def _still(self) -> None:
        for _ in range(3):
            await self.work.settled()
            await self.client.settle()

    async def tap(self, *keys: str) -> None:
        """Tap one after the other, each when the screen is still."""
        for key in keys:
            await self._when_there(key, partial(self.client.tap, key))

    async def type(self, key: str, text: str) -> None:
        """Type into a field."""
        await self._when_there(key, partial(self.client.enter, key, text))

    async def _when_there(self, key: str, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except NotOnScreen:
            await self.client.until(partial(self.client.shows, key))
            await do()
        await self.settled()

    @property
    def route(self) -> to.Route:
        """Where one is."""
        return self.kit.navigator.top.route

    def says(self, text: str) -> bool:
        """Whether a text stands on the screen."""
        return any(text in each for each in self.client.texts())


@asynccontextmanager
async def session(
    desk: Desk, start: to.Route, language: str = "en", width: float = 800.0
) -> AsyncIterator[Session]:
    """Show a route on a page, with the three screens behind it."""
    async with connected({"width": width, "height": 1280.0}) as client:
        failures = Failures()
        look: Source[Look] = Source(first_look(language, width))
        kit = Kit(Navigator(to.Home()), look, Source(Status()), failures, TapGuard(0))
        work = Work(asyncio.get_running_loop(), failures)
        kit.navigator.go(start)
        found = Session(client, kit, work)

        def made(place: Place) -> Screen:
            screen = make(desk, work, look, place)
            found.loops.append(screen.loop)
            return screen

        open_app(client.page, kit, made)
        await client.settle()
        await found.settled()
        yield found
        kit.navigator.reset(to.Unlock())
        await client.settle()
        await found.settled()
        assert failures.value is None, failures.value


def make(desk: Desk, work: Work, look: Source[Look], place: Place) -> Screen:
    """The three screens, and nothing where they lead elsewhere."""
    match place.route:
        case to.Plan(patient_id, encounter_id):
            loop = visit.loop(desk, work, place, patient_id, encounter_id)
            return Screen(loop, visit_view)
        case to.Screening():
            return Screen(
                screening.loop(desk, work, place, look, place.route), screening_view
            )
        case to.Result():
            return Screen(result.loop(desk, work, place, place.route), result_view)
        case _:
            return elsewhere()


def _stays(model: int, _event: object) -> Next[int, object]:
    return Next(model)


def elsewhere() -> Screen:
    """A place that is none of the three."""
    return Screen(
        Loop(0, _stays, lambda _effect, _dispatch: None),
        lambda _model, _dispatch, _look: Frame("", []),
    )
