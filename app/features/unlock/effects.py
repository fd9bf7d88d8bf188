"""Doing of Unlock: key derivation in a thread, then home."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from app.features.unlock.model import Model, Person
from app.features.unlock.state import (
    AskWait,
    ChoosePin,
    CountSecond,
    Effect,
    Event,
    GoHome,
    Left,
    LoadPeople,
    OpenForgotten,
    OpenLanguages,
    OpenVault,
    PeopleLoaded,
    SecondPassed,
    Shown,
    StopCounting,
    Unlocked,
    UnlockFailed,
    WaitKnown,
    update,
)
from app.storage import (
    SlotClosedError,
    Vault,
    VaultFile,
    WaitError,
    WrongPinError,
)
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Forgotten, Home, Languages, Route
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Door:
    """A locked vault, and the session that holds it once it is open."""

    file: VaultFile
    hold: Callable[[Callable[[], Vault]], None]
    """Opens the vault for this session, after every other has let go. Blocks."""
    way: Callable[[], tuple[Route, ...]] = lambda: (Home(),)
    """Where whoever unlocked goes on."""


@dataclass(slots=True)
class _Counting:
    stop: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Unlock:
    door: Door
    work: Work
    place: Place
    counting: _Counting = field(default_factory=_Counting)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadPeople():
                self.work.run(lambda: _people(self.door.file), dispatch, _as_event)
            case AskWait(practitioner_id):
                self._ask_wait(practitioner_id, dispatch)
            case OpenVault(practitioner_id, pin):
                file = self.door.file
                self._open(lambda: file.unlock(practitioner_id, pin), dispatch)
            case ChoosePin(practitioner_id, pin):
                file = self.door.file
                self._open(lambda: file.choose_pin(practitioner_id, pin), dispatch)
            case _:
                self._go(effect, dispatch)

    def _go(
        self,
        effect: CountSecond | StopCounting | GoHome | OpenLanguages | OpenForgotten,
        dispatch: Dispatch,
    ) -> None:
        match effect:
            case CountSecond():
                self.counting.stop()
                self.counting.stop = self.work.later(
                    1.0, lambda: dispatch(SecondPassed())
                )
            case StopCounting():
                self.counting.stop()
            case GoHome():
                if self.place.is_top:  # Or it was locked again meanwhile.
                    self.place.reset(*self.door.way())
            case OpenLanguages():
                self.place.go(Languages())
            case OpenForgotten():
                self.place.go(Forgotten())
            case _:
                assert_never(effect)

    def _ask_wait(self, practitioner_id: str, dispatch: Dispatch) -> None:
        self.work.run(
            lambda: self.door.file.wait_seconds(practitioner_id),
            dispatch,
            lambda seconds: _as_wait(practitioner_id, seconds),
            lambda error: _as_closed(practitioner_id, error),
        )

    def _open(self, unlock: Callable[[], Vault], dispatch: Dispatch) -> None:
        self.work.run(lambda: self.door.hold(unlock), dispatch, _unlocked, _failed)


def loop(
    door: Door, work: Work, place: Place, sent_away: str = ""
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop; `sent_away` is who was revoked while unlocked."""
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(
        Model(sent_away=sent_away), update, _Unlock(door, work, place).perform, moments
    )


def _as_event(loaded: PeopleLoaded) -> Event:
    return loaded


def _unlocked(_: None) -> Event:
    return Unlocked()


def _failed(error: Exception) -> Event:
    if isinstance(error, WrongPinError | WaitError):
        return UnlockFailed(error.code, error.wait_seconds)
    return by_code(UnlockFailed)(error)


def _as_wait(practitioner_id: str, seconds: int) -> Event:
    return WaitKnown(practitioner_id, seconds)


def _as_closed(practitioner_id: str, error: Exception) -> Event | None:
    is_closed = isinstance(error, SlotClosedError)
    return WaitKnown(practitioner_id, 0, is_closed=True) if is_closed else None


def _people(file: VaultFile) -> PeopleLoaded:
    """Read who may unlock; only the first one here may choose a PIN alone."""
    entries = file.practitioners()
    is_first = not any(entry.has_pin for entry in entries)
    people = tuple(
        Person(
            entry.practitioner.practitioner_id,
            entry.practitioner.name,
            entry.practitioner.role,
            entry.has_pin,
            entry.practitioner.confirmed,
            may_choose=is_first,
        )
        for entry in entries
    )
    setup = file.setup
    return PeopleLoaded(people, setup.site.name if setup else "")
