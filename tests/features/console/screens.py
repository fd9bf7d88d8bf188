"""A console drawn in process."""

from datetime import date
from typing import Any

from app.clinic.library import read_library
from app.features.console.state import Effect, Event, Model
from app.features.console.view import view
from app.ui.failures import Failures
from app.ui.frame import Frame
from app.ui.look import first_look
from app.ui.loop import Loop
from app.ui.navigator import Navigator
from app.ui.record_words import RecordWords
from app.ui.screen import Kit, Screen, open_app
from app.ui.source import Source
from app.ui.status import Status
from tests.support.connection import Client


def show(
    client: Client,
    loop: Loop[Model, Event, Effect],
    width: float,
    navigator: Navigator,
) -> None:
    """Draw a console on a page of this width."""
    library = read_library()

    def drawn(model: Model, dispatch: Any, look: Any) -> Frame:
        words = RecordWords(look.t, library, "UTC", date(2026, 3, 1))
        return view(model, dispatch, look, words)

    look = Source(first_look("en", width))
    kit = Kit(navigator, look, Source(Status()), Failures())
    open_app(client.page, kit, lambda _place: Screen(loop, drawn))
