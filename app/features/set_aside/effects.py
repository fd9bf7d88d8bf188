"""Doing of Set aside: everything comes from the server, and goes to it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from app.core.set_aside_wire import LeaveOutReason, SetAsideChange, Tried
from app.features.set_aside.state import (
    ChangeLeftOut,
    ChangeOpened,
    ChangesFound,
    Closed,
    Effect,
    Event,
    Failed,
    FindChanges,
    Leave,
    Model,
    OpenChange,
    Shown,
    SignOut,
    TriedAgain,
    Try,
    update,
)
from app.sync.console_session import ConsoleSession
from app.sync.failures import SyncFailure
from app.sync.set_aside import SetAsideDoor
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

    @property
    def door(self) -> SetAsideDoor:
        """What the server says of changes that were set aside."""
        return SetAsideDoor(self.session.channel)


@dataclass(frozen=True, slots=True)
class _SetAside:
    desk: Desk
    work: Work
    place: Place

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        door, failed = self.desk.door, by_code(Failed)
        match effect:
            case FindChanges(left_out):
                self.work.run(partial(_find, door, left_out), dispatch, _as_is, failed)
            case OpenChange(set_aside_id):
                read = partial(door.change, set_aside_id)
                self.work.run(read, dispatch, _opened, failed)
            case Try(ids):
                again = partial(door.try_again, ids)
                self.work.run(again, dispatch, _tried, failed)
            case Leave(set_aside_id, reason):
                leave = partial(_leave, door, set_aside_id, reason)
                self.work.run(leave, dispatch, _as_is, failed)
            case SignOut():
                self.work.run(self._sign_out, dispatch, _as_is, failed)
                self.place.reset(ConsoleSignIn())
            case _:
                assert_never(effect)

    def _sign_out(self) -> Event:
        self.desk.left()
        with suppress(SyncFailure):  # The token is gone here; the server ended its own.
            self.desk.session.sign_out()
        return Closed()


def loop(desk: Desk, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    moments: Moments[Event] = Moments(shown=Shown())
    return Loop(Model(), update, _SetAside(desk, work, place).perform, moments)


def _find(door: SetAsideDoor, left_out: bool) -> Event:  # noqa: FBT001 - by place
    return ChangesFound(door.listed(left_out=left_out), left_out)


def _leave(door: SetAsideDoor, set_aside_id: str, reason: LeaveOutReason) -> Event:
    door.leave_out(set_aside_id, reason)
    return ChangeLeftOut()


def _opened(change: SetAsideChange) -> Event:
    return ChangeOpened(change)


def _tried(tried: Tried) -> Event:
    return TriedAgain(tried)


def _as_is(event: Event) -> Event:
    return event
