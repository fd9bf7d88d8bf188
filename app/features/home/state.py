"""Home: who waits at this station, urgent first, then longest; search; register."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.summary import PatientSummary, Station
from app.ui.loop import Next

SHOWN = 40
"""So many rows are drawn at first; a queue of hundreds would make taps slow."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits at each station of the site, at a time."""

    queues: tuple[tuple[Station, tuple[PatientSummary, ...]], ...] = ()
    now_ms: int = 0
    only_here: frozenset[str] = frozenset()
    """Who of them exists on this tablet alone."""

    def at(self, station: Station) -> tuple[PatientSummary, ...]:
        """Return who waits at a station, in the order to be called."""
        return dict(self.queues).get(station, ())


@dataclass(frozen=True, slots=True)
class Model:
    """The queue, or what a search found."""

    station: Station
    waiting: Waiting = Waiting()
    is_loaded: bool = False
    text: str = ""
    found: tuple[PatientSummary, ...] = ()
    found_for: str = ""
    found_only_here: frozenset[str] = frozenset()
    shown: int = SHOWN

    @property
    def is_searching(self) -> bool:
        """Whether the list shows what was searched for."""
        return bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    pass


@dataclass(frozen=True, slots=True)
class TimePassed:
    pass


@dataclass(frozen=True, slots=True)
class MorePressed:
    pass


@dataclass(frozen=True, slots=True)
class WaitingLoaded:
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class SearchTyped:
    text: str


@dataclass(frozen=True, slots=True)
class PeopleFound:
    text: str
    people: tuple[PatientSummary, ...]
    only_here: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PersonPressed:
    patient_id: str
    encounter_id: str


@dataclass(frozen=True, slots=True)
class StationPressed:
    station: Station


@dataclass(frozen=True, slots=True)
class RegisterPressed:
    pass


@dataclass(frozen=True, slots=True)
class LanguagesPressed:
    pass


@dataclass(frozen=True, slots=True)
class ColleaguesPressed:
    pass


@dataclass(frozen=True, slots=True)
class LookUpPressed:
    pass


@dataclass(frozen=True, slots=True)
class Left:
    pass


Event = (
    Shown
    | RecordsChanged
    | TimePassed
    | MorePressed
    | WaitingLoaded
    | SearchTyped
    | PeopleFound
    | PersonPressed
    | StationPressed
    | RegisterPressed
    | LanguagesPressed
    | LookUpPressed
    | ColleaguesPressed
    | Left
)


@dataclass(frozen=True, slots=True)
class LoadWaiting:
    shown: int


@dataclass(frozen=True, slots=True)
class Listen:
    """Hear of changes, and of time that passes."""


@dataclass(frozen=True, slots=True)
class StopListening:
    pass


@dataclass(frozen=True, slots=True)
class FindPeople:
    text: str


@dataclass(frozen=True, slots=True)
class OpenVisit:
    patient_id: str
    encounter_id: str


@dataclass(frozen=True, slots=True)
class OpenRecord:
    patient_id: str


@dataclass(frozen=True, slots=True)
class OpenRegister:
    pass


@dataclass(frozen=True, slots=True)
class OpenLanguages:
    pass


@dataclass(frozen=True, slots=True)
class OpenLookUp:
    pass


@dataclass(frozen=True, slots=True)
class OpenColleagues:
    pass


@dataclass(frozen=True, slots=True)
class KeepStation:
    station: Station


Effect = (
    LoadWaiting
    | Listen
    | StopListening
    | FindPeople
    | OpenVisit
    | OpenRecord
    | OpenRegister
    | OpenLanguages
    | OpenLookUp
    | OpenColleagues
    | KeepStation
)


def update(model: Model, event: Event) -> Next[Model, Effect]:
    """Decide an event."""
    match event:
        case Shown() | TimePassed():
            return Next(model, (Listen(), LoadWaiting(model.shown), *_search(model)))
        case RecordsChanged():
            return Next(model, (LoadWaiting(model.shown), *_search(model)))
        case MorePressed():
            more = model.shown + SHOWN
            return Next(replace(model, shown=more), (LoadWaiting(more),))
        case WaitingLoaded(waiting):
            return Next(replace(model, waiting=waiting, is_loaded=True))
        case SearchTyped(text):
            typed = replace(model, text=text)
            return Next(typed, _search(typed))
        case PeopleFound():
            return Next(_found(model, event))
        case PersonPressed(patient_id, encounter_id):
            return Next(model, (_opened(patient_id, encounter_id),))
        case StationPressed(station):
            chosen = replace(model, station=station, shown=SHOWN)
            return Next(chosen, (KeepStation(station),))
        case RegisterPressed():
            return Next(model, (OpenRegister(),))
        case LanguagesPressed():
            return Next(model, (OpenLanguages(),))
        case LookUpPressed():
            return Next(model, (OpenLookUp(),))
        case ColleaguesPressed():
            return Next(model, (OpenColleagues(),))
        case Left():
            return Next(model, (StopListening(),))
        case _:
            assert_never(event)


def _search(model: Model) -> tuple[Effect, ...]:
    return (FindPeople(model.text),) if model.is_searching else ()


def _found(model: Model, answer: PeopleFound) -> Model:
    """Take an answer only if it is to what stands in the field now."""
    if answer.text != model.text:
        return model
    return replace(
        model,
        found=answer.people,
        found_for=answer.text,
        found_only_here=answer.only_here,
    )


def _opened(patient_id: str, encounter_id: str) -> Effect:
    if encounter_id:
        return OpenVisit(patient_id, encounter_id)
    return OpenRecord(patient_id)
