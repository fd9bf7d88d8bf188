"""Doing of Home: the queue and the search come from the vault's index."""

from collections.abc import Callable, Iterable
from typing import assert_never

from app.clinic.desk import Desk
from app.core.summary import PatientSummary, Station, in_order
from app.features.home.state import (
    Effect,
    Event,
    FindPeople,
    KeepStation,
    Left,
    Listen,
    LoadWaiting,
    Model,
    OpenColleagues,
    OpenLanguages,
    OpenLookUp,
    OpenRecord,
    OpenRegister,
    OpenVisit,
    PeopleFound,
    RecordsChanged,
    Shown,
    StopListening,
    TimePassed,
    Waiting,
    WaitingLoaded,
    update,
)
from app.ui.listening import Listening
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Colleagues, Languages, LookUp, Plan, Record, Register
from app.ui.work import Work

Dispatch = Callable[[Event], None]
FOUND_AT_MOST = 30
REFRESH_SECONDS = 30.0
"""Waiting times are shown in minutes; they must not stand still."""


Keep = Callable[[Station], None]
"""Remembers where the tablet stands."""


class _Home:
    def __init__(self, desk: Desk, work: Work, place: Place, keep: Keep) -> None:
        self.desk = desk
        self.place = place
        self.keep_station = keep
        self.listening = Listening(work)
        self.queues = work.lane()
        self.searches = work.lane()

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadWaiting(shown):
                self.queues.newest(
                    lambda: self._waiting(shown), dispatch, WaitingLoaded
                )
            case FindPeople(text):
                self._find(text, dispatch)
            case Listen():
                self._listen(dispatch)
            case StopListening():
                self.listening.end()
            case KeepStation(station):
                self.keep_station(station)
            case _:
                self._go(effect)

    def _go(
        self,
        effect: OpenVisit
        | OpenRecord
        | OpenRegister
        | OpenLanguages
        | OpenLookUp
        | OpenColleagues,
    ) -> None:
        match effect:
            case OpenVisit(patient_id, encounter_id):
                self.place.go(Plan(patient_id, encounter_id))
            case OpenRecord(patient_id):
                self.place.go(Record(patient_id))
            case OpenRegister():
                self.place.go(Register())
            case OpenLanguages():
                self.place.go(Languages())
            case OpenLookUp():
                self.place.go(LookUp())
            case OpenColleagues():
                self.place.go(Colleagues())
            case _:
                assert_never(effect)

    def _listen(self, dispatch: Dispatch) -> None:
        self.listening.begin(
            self.desk.vault.subscribe, lambda _ids: dispatch(RecordsChanged())
        )
        self.listening.again_in(REFRESH_SECONDS, lambda: self._tick(dispatch))

    def _tick(self, dispatch: Dispatch) -> None:
        # Under another screen nobody sees the times: coming back begins again.
        if self.place.is_top:
            dispatch(TimePassed())

    def _waiting(self, shown: int) -> Waiting:
        queues = tuple((each, self._queue(each)) for each in Station)
        drawn = [person for _station, people in queues for person in people[:shown]]
        return Waiting(queues, self.desk.wall(), self._only_here(drawn))

    def _queue(self, station: Station) -> tuple[PatientSummary, ...]:
        return tuple(in_order(self._as_ruled(self.desk.vault.queue(station))))

    def _as_ruled(self, people: Iterable[PatientSummary]) -> tuple[PatientSummary, ...]:
        """Leave out red flags that may wait: they make nobody urgent."""
        routine = self.desk.library.routine_flags
        return tuple(person.without_flags(routine) for person in people)

    def _only_here(self, people: Iterable[PatientSummary]) -> frozenset[str]:
        ids = {person.patient_id for person in people}
        return frozenset(i for i in ids if self.desk.vault.is_only_here(i))

    def _find(self, text: str, dispatch: Dispatch) -> None:
        def found() -> PeopleFound:
            people = self._as_ruled(self.desk.vault.search(text, FOUND_AT_MOST))
            return PeopleFound(text, people, self._only_here(people))

        self.searches.newest(found, dispatch, _as_event)


def _as_event(found: PeopleFound) -> Event:
    return found


def loop(
    desk: Desk, work: Work, place: Place, keep: Keep
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    home = _Home(desk, work, place, keep)
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(desk.station), update, home.perform, moments)
