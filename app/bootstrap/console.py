"""A coordinator's console: the same screens' kit, no vault; the server has all."""

import asyncio
from dataclasses import dataclass

import flet as ft

from app.bootstrap.settings import known_language
from app.clinic.library import read_library
from app.core.clock import system_wall_ms
from app.features.console import effects as console
from app.features.console.state import Model
from app.features.console.view import view as console_view
from app.features.files import effects as files
from app.features.files.view import view as files_view
from app.features.languages import effects as languages
from app.features.languages.view import view as languages_view
from app.features.signin import effects as signin
from app.features.signin.view import view as signin_view
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
    library = read_library()
    look = Source(first_look(known_language(client.language), page.width))
    status = Source(Status(None, Network.NONE, None))
    kit = Kit(Navigator(to.ConsoleSignIn()), look, status, Failures())
    work = Work(asyncio.get_running_loop(), kit.failures)
    device = PageDevice(page, kit.failures)

    def entered(name: str) -> None:
        status.set(Status(name, Network.NONE, None, zone=ZONE))

    def left() -> None:
        work.post(lambda: status.set(Status(None, Network.NONE, None)))

    def view(model: Model, dispatch: console.Dispatch, seen: Look) -> Frame:
        today = formats.local_day(system_wall_ms(), ZONE)
        words = RecordWords(seen.t, library, ZONE, today)
        return console_view(model, dispatch, seen, words)

    def make(place: Place) -> Screen:
        match place.route:
            case to.ConsolePatients():
                desk = console.Desk(session, system_wall_ms, left)
                return Screen(console.loop(desk, work, place), view)
            case to.ConsoleFiles():
                tray = files.Desk(Carrying(session), device, system_wall_ms, left)
                return Screen(files.loop(tray, work, place), files_view)
            case to.Languages():
                return Screen(languages.loop(look), languages_view)
            case _:
                loop = signin.loop(session, work, place, entered)
                return Screen(loop, signin_view)

    page.on_close = lambda _event: session.close()
    open_app(page, kit, make)
