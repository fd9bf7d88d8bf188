"""Doing of Unlock: key derivation in a thread, then home."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from app.core.clock import WallClock, system_wall_ms
from app.core.problems import ProblemCode
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
from app.features.unlock.unsent import (
    NOTHING,
    LoadUnsent,
    OpenHandover,
    StopWatching,
    Unsent,
    UnsentLoaded,
)
from app.storage import (
    SlotClosedError,
    StorageError,
    Vault,
    VaultFile,
    WaitError,
    WrongPinError,
)
from app.ui.listening import Listening, Stop
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Forgotten, Handover, Home, Languages, Route
from app.ui.work import Work, by_code, code_of

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Door:
    """A locked vault, and the session that holds it once it is open."""

    file: VaultFile
    hold: Callable[[Callable[[], Vault]], None]
    """Opens the vault for this session, after every other has let go. Blocks."""
    way: Callable[[], tuple[Route, ...]] = lambda: (Home(),)
    """Where whoever unlocked goes on."""
    wall: WallClock = system_wall_ms
    watch_unsent: Callable[[Callable[[None], None]], Stop] = lambda _tell: lambda: None
    """Tells whenever something else waits to be sent, from any thread."""


@dataclass(slots=True)
class _Counting:
    stop: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Unlock:
    door: Door
    work: Work
    place: Place
    listening: Listening
    counting: _Counting = field(default_factory=_Counting)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadPeople():
                self.work.run(lambda: _people(self.door.file), dispatch, _as_event)
            case AskWait(practitioner_id):
                self._ask_wait(practitioner_id, dispatch)
            case LoadUnsent():
                self._watch_unsent(dispatch)
            case StopWatching():
                self.listening.end()
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
        effect: CountSecond
        | StopCounting
        | GoHome
        | OpenLanguages
        | OpenForgotten
        | OpenHandover,
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
            case OpenHandover(way):
                self.place.go(Handover(way))
            case _:
                assert_never(effect)

    def _watch_unsent(self, dispatch: Dispatch) -> None:
        def load() -> None:
            self.work.run(lambda: _unsent(self.door), dispatch, _as_unsent)

        self.listening.begin(self.door.watch_unsent, lambda _none: load())
        load()

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
    screen = _Unlock(door, work, place, Listening(work))
    return Loop(Model(sent_away=sent_away), update, screen.perform, moments)


def _as_event(loaded: PeopleLoaded) -> Event:
    return loaded


def _as_unsent(loaded: UnsentLoaded) -> Event:
    return loaded


def _unsent(door: Door) -> UnsentLoaded:
    """Read what waits; what can't be read is said, and hinders no unlock."""
    try:
        unsent = door.file.unsent()
    except StorageError as error:
        return UnsentLoaded(Unsent(problem=code_of(error) or ProblemCode.UNEXPECTED))
    if unsent is None or unsent.is_sent:
        return UnsentLoaded(NOTHING)
    waited = max(0, door.wall() - unsent.head.oldest_at)
    return UnsentLoaded(Unsent(unsent.head.records, waited, is_something=True))


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
