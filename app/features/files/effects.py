"""Doing of Files: the server takes in and gives back; nothing is kept here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import assert_never

from app.core.answer import AnswerFile, TakenIn
from app.core.clock import WallClock
from app.core.parcel import Parcel, ParcelError, read_parcel
from app.core.problems import ProblemCode
from app.features.files.naming import answer_name
from app.features.files.state import (
    Effect,
    Event,
    Failed,
    FileChosen,
    GaveBack,
    GiveBack,
    Given,
    Left,
    Model,
    Moved,
    MovedOn,
    NothingChosen,
    SignOut,
    StopTaking,
    TakeIn,
    Taken,
    update,
)
from app.sync.carrying import Carrying
from app.sync.failures import Refused
from app.sync.handover import HandedOver, Sending
from app.ui.device import Device, Picked
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import ConsoleSignIn
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """A coordinator's line to the server, and the device before them."""

    carrying: Carrying
    device: Device
    wall: WallClock
    left: Callable[[], None]
    """The session ended."""


@dataclass(slots=True)
class _Files:
    desk: Desk
    work: Work
    place: Place
    cancel: Flag = field(default_factory=Flag)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case TakeIn():
                self.desk.device.pick(
                    lambda file: self._picked(file, dispatch), _refused(dispatch)
                )
            case StopTaking():
                self.cancel.set()
            case GiveBack(device_id):
                self.work.run(
                    lambda: self.desk.carrying.answer_for(device_id),
                    lambda found: self._save(device_id, found, dispatch),
                    _as_found,
                    by_code(Failed),
                )
            case SignOut():
                self.desk.left()
                self.place.reset(ConsoleSignIn())
            case _:
                assert_never(effect)

    def _picked(self, file: Picked | None, dispatch: Dispatch) -> None:
        if file is None:
            dispatch(NothingChosen())
            return
        dispatch(FileChosen())
        # A new one: a stop that came late must not stop the next file.
        self.cancel = Flag()
        cancel = self.cancel

        def progress(done: HandedOver) -> None:
            moved = Moved(done.done, done.total, done.sent_bytes)
            self.work.post(lambda: dispatch(MovedOn(moved)))

        def taken() -> TakenIn | None:
            parcel = _parcel(file.content)
            sending = Sending(parcel, frozenset(), progress, cancel)
            return self.desk.carrying.take_in(sending)

        self.work.run(taken, dispatch, _as_taken, by_code(Failed))

    def _save(
        self, device_id: str, found: AnswerFile | Failed, dispatch: Dispatch
    ) -> None:
        if isinstance(found, Failed):
            dispatch(found)
            return
        name = answer_name(device_id, self.desk.wall())
        given = Given(name, found.acknowledged, found.operations, found.more)

        def saved(was_saved: bool) -> None:  # noqa: FBT001 - as the device answers
            dispatch(GaveBack(given if was_saved else None))

        self.desk.device.save(name, found.file, saved, _refused(dispatch))


def _refused(dispatch: Dispatch) -> Callable[[], None]:
    return lambda: dispatch(Failed(ProblemCode.FILE_NOT_SAVED))


def _parcel(raw: bytes) -> Parcel:
    """Read a file; one that was cut is told before anything of it is sent."""
    try:
        parcel = read_parcel(raw)
    except ParcelError:
        raise Refused(ProblemCode.FILE_UNREADABLE) from None
    if not parcel.is_whole:
        raise Refused(ProblemCode.FILE_UNREADABLE)
    return parcel


def _as_found(found: AnswerFile) -> AnswerFile | Failed:
    return found


def _as_taken(taken: TakenIn | None) -> Event:
    return Taken(taken)


def loop(desk: Desk, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Files(desk, work, place)
    return Loop(Model(), update, screen.perform, Moments(left=Left()))
