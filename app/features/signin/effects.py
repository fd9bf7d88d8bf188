"""Doing of Sign in: the server checks; the session's token stays in this process."""

from collections.abc import Callable
from typing import assert_never

from app.features.signin.state import (
    Effect,
    Event,
    Model,
    OpenLanguages,
    OpenPatients,
    SignedIn,
    SignIn,
    SignInFailed,
    update,
)
from app.sync.console_session import ConsoleSession
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import ConsolePatients, Languages
from app.ui.work import Work, by_code

Entered = Callable[[str], None]
"""Is told the name of who signed in."""


def loop(
    session: ConsoleSession, work: Work, place: Place, entered: Entered
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, dispatch: Callable[[Event], None]) -> None:
        match effect:
            case SignIn(name, passphrase):
                work.run(
                    lambda: session.sign_in(name, passphrase).practitioner.name,
                    dispatch,
                    signed_in,
                    by_code(SignInFailed),
                )
            case OpenPatients():
                place.reset(ConsolePatients())
            case OpenLanguages():
                place.go(Languages())
            case _:
                assert_never(effect)

    def signed_in(name: str) -> Event:
        entered(name)
        return SignedIn()

    return Loop(Model(), update, perform)
