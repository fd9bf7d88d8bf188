"""Doing of Devices: one question to the server."""

from collections.abc import Callable
from typing import assert_never

from app.core.clock import WallClock
from app.features.devices.state import (
    DevicesFound,
    Effect,
    Event,
    Failed,
    FindDevices,
    GoBack,
    Model,
    Shown,
    SignInAgain,
    update,
)
from app.sync.console_session import ConsoleSession
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import ConsoleSignIn
from app.ui.work import Work, by_code


def loop(
    session: ConsoleSession, wall: WallClock, work: Work, place: Place
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def find() -> Event:
        return DevicesFound(session.devices(), wall())

    def perform(effect: Effect, dispatch: Callable[[Event], None]) -> None:
        match effect:
            case FindDevices():
                work.run(find, dispatch, lambda event: event, by_code(Failed))
            case GoBack():
                place.back()
            case SignInAgain():
                place.reset(ConsoleSignIn())
            case _:
                assert_never(effect)

    return Loop(Model(), update, perform, Moments(shown=Shown()))
