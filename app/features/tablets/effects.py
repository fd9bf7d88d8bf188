"""Doing of Tablets: everything comes from the server, and goes to it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from app.core.console_wire import Access, GrantRequest
from app.core.people_wire import Grant
from app.features.tablets.state import (
    AccessLoaded,
    Allow,
    Allowed,
    Closed,
    Effect,
    Event,
    Failed,
    GoBack,
    LoadAccess,
    Model,
    Shown,
    SignOut,
    update,
)
from app.sync.console_session import ConsoleSession
from app.sync.failures import SyncFailure
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import ConsoleSignIn
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """A coordinator's session at the server."""

    session: ConsoleSession
    left: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Tablets:
    desk: Desk
    work: Work
    place: Place

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        session, failed = self.desk.session, by_code(Failed)
        match effect:
            case LoadAccess():
                self.work.run(session.access, dispatch, _loaded, failed)
            case Allow(kind, device_id, practitioner_id):
                wanted = GrantRequest(
                    kind=kind.value,
                    device_id=device_id,
                    practitioner_id=practitioner_id,
                )
                give = partial(session.give_grant, wanted)
                self.work.run(give, dispatch, _allowed, failed)
            case SignOut():
                self.work.run(self._sign_out, dispatch, _signed_out, failed)
                self.place.reset(ConsoleSignIn())
            case GoBack():
                self.place.back()
            case _:
                assert_never(effect)

    def _sign_out(self) -> None:
        self.desk.left()
        with suppress(SyncFailure):  # The token is gone here; the server ended its own.
            self.desk.session.sign_out()


def loop(desk: Desk, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    moments: Moments[Event] = Moments(shown=Shown())
    return Loop(Model(), update, _Tablets(desk, work, place).perform, moments)


def _loaded(access: Access) -> Event:
    return AccessLoaded(access)


def _allowed(_grant: Grant) -> Event:
    return Allowed()


def _signed_out(_none: None) -> Event:
    return Closed()
