"""Doing of Forgotten: ask the server for a grant, then open the vault by it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.core.problems import ProblemCode
from app.core.wire import Setup
from app.features.forgotten.state import (
    Effect,
    Event,
    Failed,
    FetchGrant,
    GoHome,
    GrantFetched,
    Leave,
    Left,
    LoadPeople,
    Model,
    Opened,
    PeopleLoaded,
    Person,
    Recover,
    Shown,
    update,
)
from app.storage import GrantError, PractitionerEntry, Vault, VaultFile
from app.sync.gateway import HttpGateway
from app.sync.people import fetch_grants
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.pin_words import PinSet
from app.ui.routes import Home, Route
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


def loop(door: Door, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    file = door.file

    def perform(effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadPeople():
                work.run(lambda: PeopleLoaded(_people(file)), dispatch, _loaded)
            case FetchGrant(practitioner_id):
                work.run(
                    lambda: _fetch(file, practitioner_id), dispatch, _fetched, _failed
                )
            case Recover(practitioner_id, pin):

                def recover() -> Vault:
                    return file.recover(practitioner_id, pin)

                work.run(lambda: door.hold(recover), dispatch, _opened, _failed)
            case GoHome():
                _go_home(door, place)
            case Leave():
                place.back()
            case _:
                assert_never(effect)

    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(), update, perform, moments)


def _go_home(door: Door, place: Place) -> None:
    if place.is_top:  # Or it was locked again meanwhile.
        place.reset(*door.way())


def _fetch(file: VaultFile, practitioner_id: str) -> GrantFetched:
    fetch_grants(file, HttpGateway)
    problem: ProblemCode | None = None
    if practitioner_id:
        try:
            file.require_grant(practitioner_id)
        except GrantError as error:
            problem = error.code
    return GrantFetched(_people(file), problem)


def _people(file: VaultFile) -> tuple[Person, ...]:
    setup = file.setup
    return tuple(_person(e, setup) for e in file.practitioners() if setup is not None)


def _person(entry: PractitionerEntry, setup: Setup) -> Person:
    who, pin = entry.practitioner, None
    if entry.pin_origin is not None:
        by = entry.pin_origin.beside
        pin = PinSet.of(entry.pin_origin.set_at, by.colleagues, by.grant_id, setup)
    return Person(who.practitioner_id, who.name, who.role, pin)


def _loaded(loaded: PeopleLoaded) -> Event:
    return loaded


def _fetched(fetched: GrantFetched) -> Event:
    return fetched


def _opened(_: None) -> Event:
    return Opened()


def _failed(error: Exception) -> Event:
    return by_code(Failed)(error)
