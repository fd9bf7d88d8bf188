"""Doing of Colleagues: the vault wraps and checks, in threads."""

from collections.abc import Callable
from typing import assert_never

from app.clinic.desk import Desk
from app.core.roles import addable
from app.features.colleagues.events import (
    AddColleague,
    Added,
    ChangePin,
    Effect,
    Event,
    Failed,
    Kept,
    Leave,
    Left,
    LoadPeople,
    PeopleLoaded,
    Person,
    ResetByGrant,
    ResetPin,
    SetPin,
    Shown,
)
from app.features.colleagues.state import Model, update
from app.storage import PractitionerEntry, WaitError, WrongPinError
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]


class _Colleagues:
    def __init__(self, desk: Desk, work: Work, place: Place) -> None:
        self.desk = desk
        self.work = work
        self.place = place

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        vault = self.desk.vault
        match effect:
            case LoadPeople():
                self.work.run(self._people, dispatch, _as_event)
            case SetPin(whose, pin):
                self._keep(lambda: vault.add_slot(whose, pin), dispatch)
            case ChangePin(old, new):
                self._keep(lambda: vault.change_pin(old, new), dispatch)
            case ResetPin(whose, new, second, pin):
                self._keep(lambda: vault.reset_pin(whose, new, second, pin), dispatch)
            case ResetByGrant(whose, new):
                self._keep(lambda: vault.reset_by_grant(whose, new), dispatch)
            case AddColleague(name, role):
                self.work.run(lambda: self._add(name, role), dispatch, _added, _failed)
            case Leave():
                self.place.back()
            case _:
                assert_never(effect)

    def _keep(self, deed: Callable[[], None], dispatch: Dispatch) -> None:
        def kept(_: None) -> Event:
            self.desk.wake_sync()
            return Kept()

        self.work.run(deed, dispatch, kept, _failed)

    def _add(self, name: str, role: str) -> str:
        practitioner_id = self.desk.vault.add_colleague(name, role)
        self.desk.wake_sync()
        return practitioner_id

    def _people(self) -> PeopleLoaded:
        vault = self.desk.vault
        people = tuple(_person(entry) for entry in vault.people())
        me = vault.practitioner_id
        mine = next((p for p in people if p.practitioner_id == me), None)
        may_add = mine is not None and mine.is_confirmed
        roles = addable(mine.role) if mine is not None and may_add else ()
        return PeopleLoaded(people, me, tuple(role.value for role in roles))


def loop(desk: Desk, work: Work, place: Place) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(), update, _Colleagues(desk, work, place).perform, moments)


def _person(entry: PractitionerEntry) -> Person:
    who = entry.practitioner
    return Person(who.practitioner_id, who.name, who.role, entry.has_pin, who.confirmed)


def _as_event(loaded: PeopleLoaded) -> Event:
    return loaded


def _added(practitioner_id: str) -> Event:
    return Added(practitioner_id)


def _failed(error: Exception) -> Event:
    if isinstance(error, WrongPinError | WaitError):
        return Failed(error.code, error.wait_seconds)
    return by_code(Failed)(error)
