"""A coordinator's console: the same screens' kit, no vault; the server has all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.bootstrap.settings import known_language
from app.clinic.library import Library, read_library
from app.core.clock import system_wall_ms
from app.features.console import effects as console
from app.features.console.view import view as console_view
from app.features.devices import effects as devices
from app.features.devices.view import view as devices_view
from app.features.files import effects as files
from app.features.files.view import view as files_view
from app.features.languages import effects as languages
from app.features.languages.view import view as languages_view
from app.features.set_aside import effects as set_aside
from app.features.set_aside.view import view as set_aside_view
from app.features.signin import effects as signin
from app.features.signin.view import view as signin_view
from app.features.tablets import effects as tablets
from app.features.tablets.view import view as tablets_view
from app.i18n import formats
from app.sync.carrying import Carrying
from app.sync.console_session import ConsoleSession
from app.ui import routes as to
from app.ui.device import PageDevice
from app.ui.failures import Failures
from app.ui.frame import Frame
from app.ui.look import Look, first_look
from app.ui.navigator import Navigator, Place
from app.ui.record_words import RecordWords
from app.ui.screen import Kit, Screen, open_app
from app.ui.source import Source
from app.ui.status import Network, Status
from app.ui.work import Work

ZONE = "UTC"
"""A console shows many sites: one zone for all of them, and it says so."""


@dataclass(frozen=True, slots=True)
class ConsoleClient:
    """Which server this console speaks to, and in which language it begins."""

    server: str
    language: str


def open_console(page: ft.Page, client: ConsoleClient) -> None:
    """Begin a coordinator's session on a page."""
    session = ConsoleSession(client.server)
    look = Source(first_look(known_language(client.language), page.width))
    status = Source(Status(None, Network.NONE, None))
    kit = Kit(Navigator(to.ConsoleSignIn()), look, status, Failures())
    work = Work(asyncio.get_running_loop(), kit.failures)
    device = PageDevice(page, kit.failures)
    screens = _Screens(session, look, status, work, device, read_library())
    page.on_close = lambda _event: session.close()
    open_app(page, kit, screens.make)


@dataclass(frozen=True, slots=True)
class _Screens:
    """What every screen of one session is made from."""

    session: ConsoleSession
    look: Source[Look]
    status: Source[Status]
    work: Work
    device: PageDevice
    library: Library

    def make(self, place: Place) -> Screen:
        match place.route:
            case to.ConsolePatients():
                desk = console.Desk(self.session, system_wall_ms, self._left)
                people = console.loop(desk, self.work, place)
                return Screen(people, self._with_words(console_view))
            case to.ConsoleTablets() | to.ConsoleDevices():
                return self._tablets(place)
            case to.ConsoleSetAside():
                shelf = set_aside.Desk(self.session, self._left)
                aside = set_aside.loop(shelf, self.work, place)
                return Screen(aside, self._with_words(set_aside_view))
            case to.ConsoleFiles():
                carrying = Carrying(self.session)
                tray = files.Desk(carrying, self.device, system_wall_ms, self._left)
                return Screen(files.loop(tray, self.work, place), files_view)
            case to.Languages():
                return Screen(languages.loop(self.look), languages_view)
            case _:
                loop = signin.loop(self.session, self.work, place, self._entered)
                return Screen(loop, signin_view)

    def _tablets(self, place: Place) -> Screen:
        """Who works on tablets, or what tablets say of themselves."""
        if isinstance(place.route, to.ConsoleDevices):
            loop = devices.loop(self.session, system_wall_ms, self.work, place)
            return Screen(loop, devices_view)
        desk = tablets.Desk(self.session, self._left)
        return Screen(tablets.loop(desk, self.work, place), tablets_view)

    def _with_words(
        self, draw: Callable[[Any, Any, Look, RecordWords], Frame]
    ) -> Callable[[Any, Any, Look], Frame]:
        """Hand a view the words for records, as of the moment of drawing."""

        def view(model: Any, dispatch: Any, seen: Look) -> Frame:
            today = formats.local_day(system_wall_ms(), ZONE)
            words = RecordWords(seen.t, self.library, ZONE, today)
            return draw(model, dispatch, seen, words)

        return view

    def _entered(self, name: str) -> None:
        self.status.set(Status(name, Network.NONE, None, zone=ZONE))

    def _left(self) -> None:
        nobody = Status(None, Network.NONE, None)
        self.work.post(lambda: self.status.set(nobody))
