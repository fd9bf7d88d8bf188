"""Doing of Colleagues: the vault wraps and checks, in threads."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from app.clinic.desk import Desk
from app.core.roles import addable
from app.core.wire import Setup
from app.features.colleagues.events import (
    AddColleague,
    Added,
    ChangePin,
    Effect,
    Event,
    Failed,
    FindGrant,
    GrantFound,
    Kept,
    Leave,
    Left,
    LoadPeople,
    PeopleLoaded,
    Person,
    ResetPin,
    SetByGrant,
    SetPin,
    Shown,
)
from app.features.colleagues.model import Model
from app.features.colleagues.state import update
from app.storage import PractitionerEntry, Second, WaitError, WrongPinError
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.pin_words import PinSet
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


class _Colleagues:
    def __init__(self, desk: Desk, work: Work, place: Place) -> None:
        self.desk = desk
        self.work = work
        self.place = place

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadPeople():
                self.work.run(self._people, dispatch, _as_event)
            case FindGrant(whose):
                self._find_grant(whose, dispatch)
            case SetPin() | ChangePin() | ResetPin() | SetByGrant():
                self._keep(partial(self._set, effect), dispatch)
            case AddColleague(name, role):
                self.work.run(lambda: self._add(name, role), dispatch, _added, _failed)
            case Leave():
                self.place.back()
            case _:
                assert_never(effect)

    def _set(self, effect: SetPin | ChangePin | ResetPin | SetByGrant) -> None:
        vault = self.desk.vault
        match effect:
            case SetPin(whose, pin, by, their_pin):
                vault.add_slot(whose, pin, Second(by, their_pin) if by else None)
            case ChangePin(old, new):
                vault.change_pin(old, new)
            case ResetPin(whose, new, by, their_pin):
                vault.reset_pin(whose, new, Second(by, their_pin))
            case SetByGrant(whose, new):
                vault.set_pin_by_grant(whose, new)
            case _:
                assert_never(effect)

    def _keep(self, deed: Callable[[], None], dispatch: Dispatch) -> None:
        desk = self.desk

        def kept(_: None) -> Event:
            desk.wake_sync()
            return Kept()

        def do() -> None:
            deed()
            desk.keep_events(desk.trail)

        self.work.run(do, dispatch, kept, _failed)

    def _find_grant(self, whose: str, dispatch: Dispatch) -> None:
        """Look before a PIN is typed; what is missing may come with the next round."""
        self.desk.wake_sync()

        def found(_grant: object) -> Event:
            return GrantFound(whose)

        find = partial(self.desk.vault.require_grant, whose)
        self.work.run(find, dispatch, found, _failed)

    def _add(self, name: str, role: str) -> str:
        practitioner_id = self.desk.vault.add_colleague(name, role)
        self.desk.wake_sync()
        return practitioner_id

    def _people(self) -> PeopleLoaded:
        vault = self.desk.vault
        setup = vault.setup
        people = tuple(_person(entry, setup) for entry in vault.people())
        me = vault.practitioner_id
        mine = next((p for p in people if p.practitioner_id == me), None)
        may_add = mine is not None and mine.is_confirmed
        roles = addable(mine.role) if mine is not None and may_add else ()
        return PeopleLoaded(people, me, tuple(role.value for role in roles))


def loop(desk: Desk, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(), update, _Colleagues(desk, work, place).perform, moments)


def _person(entry: PractitionerEntry, setup: Setup) -> Person:
    who, pin = entry.practitioner, None
    if entry.pin_origin is not None:
        by = entry.pin_origin.beside
        pin = PinSet.of(entry.pin_origin.set_at, by.colleagues, by.grant_id, setup)
    return Person(
        who.practitioner_id, who.name, who.role, entry.has_pin, who.confirmed, pin
    )


def _as_event(loaded: PeopleLoaded) -> Event:
    return loaded


def _added(practitioner_id: str) -> Event:
    return Added(practitioner_id)


def _failed(error: Exception) -> Event:
    if isinstance(error, WrongPinError | WaitError):
        return Failed(error.code, error.wait_seconds)
    return by_code(Failed)(error)
