"""Visit: what this visit asks for, how far it is, and where the person is."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

from app.core.document_json import as_mapping
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.core.values import EncounterStatus
from app.features.visit.doing import (
    Cancel,
    Decline,
    Effect,
    GoBack,
    GoHome,
    Leave,
    LoadVisit,
    OpenCompany,
    OpenNotice,
    OpenRecord,
    OpenResult,
    OpenScreening,
    PutOff,
    SetStatus,
    SetUrgency,
    StopListening,
)
from app.features.visit.events import (
    AgainPressed,
    AskingClosed,
    BackAgainPressed,
    BackPressed,
    CancelPressed,
    CancelReasonChosen,
    CompanyPressed,
    DeclinePressed,
    DeclineReasonChosen,
    Event,
    FinishConfirmed,
    FormPressed,
    HomePressed,
    LaterPressed,
    Left,
    LeftPressed,
    LeftReasonChosen,
    NoticePressed,
    RecordPressed,
    RecordsChanged,
    Saved,
    SaveFailed,
    Shown,
    StatusPressed,
    UrgencyPressed,
    VisitLoaded,
)
from app.features.visit.offering import Loaded, Offer, offers
from app.ui.glass import INTACT, Glass, OnGlass, decide
from app.ui.glass import Event as GlassEvent
from app.ui.loop import Next


class Asking(Enum):
    """What is asked before something is done."""

    NOTHING = auto()
    LEFT_REASON = auto()
    FINISH = auto()
    CANCEL_REASON = auto()
    DECLINE_REASON = auto()


@dataclass(frozen=True, slots=True)
class Model:
    """The screen."""

    patient_id: str
    encounter_id: str
    station: Station
    loaded: Loaded | None = None
    offers: tuple[Offer, ...] = ()
    asking: Asking = Asking.NOTHING
    declining: str = ""
    busy: bool = False
    is_leaving: bool = False
    """One goes as soon as what is being saved is."""
    problem: ProblemCode | None = None
    glass: Glass = INTACT

    @property
    def status(self) -> EncounterStatus | None:
        """Where the person is in the visit."""
        encounter = self.loaded.encounter if self.loaded else None
        return encounter.status if encounter else None

    @property
    def is_over(self) -> bool:
        """Whether the visit has ended."""
        return self.status in (EncounterStatus.FINISHED, EncounterStatus.CANCELLED)

    @property
    def next_offer(self) -> Offer | None:
        """The form to ask now at this station; one for later is not."""
        if self.loaded is None or not self.loaded.may_ask:
            return None
        found = [o for o in self.offers if o.station is self.station and o.is_open]
        return next((o for o in found if not o.is_later), None)

    def offer(self, name: str) -> Offer | None:
        """A form by its name."""
        return next((o for o in self.offers if o.form.name == name), None)


Step = Next[Model, Effect]


def update(model: Model, event: Event) -> Step:
    """Decide an event."""
    match event:
        case Shown() | RecordsChanged():
            return Next(model, (LoadVisit(model.glass.is_broken),))
        case Left():
            return Next(_closed(model), (StopListening(),))
        case OnGlass(happened):
            return _glass(model, happened)
        case VisitLoaded(loaded) if loaded.is_older_than(model.loaded):
            return Next(model)
        case VisitLoaded(loaded):
            found = offers(loaded, model.station)
            return Next(replace(model, loaded=loaded, offers=found))
        case FormPressed(name) | AgainPressed(name):
            return _form(model, event, name)
        case RecordPressed():
            return Next(model, (OpenRecord(),))
        case NoticePressed():
            return Next(model, (OpenNotice(),))
        case CompanyPressed():
            return Next(model, (OpenCompany(),))
        case BackPressed() if model.busy:
            return Next(replace(model, is_leaving=True))
        case BackPressed():
            return Next(model, (GoBack(),))
        case HomePressed():
            return Next(model, (GoHome(),))
        case Saved(leaves):
            done = replace(model, busy=False, asking=Asking.NOTHING, problem=None)
            return Next(done, (GoBack(),) if leaves or model.is_leaving else ())
        case SaveFailed(problem):
            failed = replace(model, busy=False, asking=Asking.NOTHING, problem=problem)
            return Next(replace(failed, is_leaving=False))
        case _:
            return Next(model) if model.busy else _decide(model, event)


Deciding = (
    LaterPressed
    | DeclinePressed
    | DeclineReasonChosen
    | StatusPressed
    | FinishConfirmed
    | CancelPressed
    | CancelReasonChosen
    | BackAgainPressed
    | LeftPressed
    | LeftReasonChosen
    | UrgencyPressed
    | AskingClosed
)


def _glass(model: Model, happened: GlassEvent) -> Step:
    glass, effects = decide(model.glass, happened)
    changed = replace(model, glass=glass)
    is_new = glass.is_broken and not model.glass.is_broken
    return Next(changed, (LoadVisit(is_broken=True),) if is_new else effects)


def _closed(model: Model) -> Model:
    """Return the screen once it is left: what was shown for a reason goes with it."""
    if model.glass.is_broken:
        return Model(model.patient_id, model.encounter_id, model.station)
    return replace(model, glass=INTACT)


def _form(model: Model, event: FormPressed | AgainPressed, name: str) -> Step:
    """A finished form shows its result; any other goes on, or begins.

    One that waited until later waits no more.
    """
    offer = model.offer(name)
    if offer is None or model.loaded is None or not model.loaded.may_ask:
        return Next(model)
    opens = OpenScreening(offer.form.canonical, offer.response_id)
    if isinstance(event, FormPressed) and offer.is_done:
        return Next(model, (OpenResult(offer.response_id),))
    waited = (PutOff(offer.form.canonical, later=False),) if offer.is_later else ()
    return Next(model, (*waited, opens))


def _decide(model: Model, event: Deciding) -> Step:
    match event:
        case LaterPressed(name):
            waits = model.offer(name)
            if waits is None:
                return Next(model)
            put_off = PutOff(waits.form.canonical, later=not waits.is_later)
            return _do(model, put_off)
        case DeclinePressed(name):
            asking = replace(model, asking=Asking.DECLINE_REASON, declining=name)
            return Next(asking)
        case DeclineReasonChosen(reason):
            offer = model.offer(model.declining)
            return Next(model) if offer is None else _do(model, Decline(offer, reason))
        case StatusPressed(EncounterStatus.FINISHED):
            return Next(replace(model, asking=Asking.FINISH))
        case StatusPressed(status):
            return _do(model, SetStatus(status))
        case FinishConfirmed():
            return _do(model, SetStatus(EncounterStatus.FINISHED))
        case CancelPressed():
            return Next(replace(model, asking=Asking.CANCEL_REASON))
        case CancelReasonChosen(reason):
            return _do(model, Cancel(reason))
        case BackAgainPressed():
            return _do(model, SetStatus(_before_leave(model)))
        case LeftPressed():
            return Next(replace(model, asking=Asking.LEFT_REASON))
        case LeftReasonChosen(reason):
            return _do(model, Leave(reason))
        case UrgencyPressed(urgent):
            return _do(model, SetUrgency(urgent))
        case AskingClosed():
            return Next(replace(model, asking=Asking.NOTHING, declining=""))
        case _:
            assert_never(event)


def _do(model: Model, effect: Effect) -> Step:
    return Next(replace(model, busy=True, problem=None), (effect,))


def _before_leave(model: Model) -> EncounterStatus:
    """Return where the person was before they went away for a while."""
    encounter = model.loaded.encounter if model.loaded else None
    known = (
        EncounterStatus.ARRIVED,
        EncounterStatus.TRIAGED,
        EncounterStatus.IN_PROGRESS,
    )
    for write in reversed(encounter.statuses if encounter else ()):
        status = as_mapping(write.value).get("status")
        found = next((each for each in known if each == status), None)
        if found is not None:
            return found
    return EncounterStatus.ARRIVED
