"""Doing of Visit: reading the record, appending what happened, going on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import assert_never

from app.clinic import screening, visits
from app.clinic.desk import Desk
from app.core.change import Change
from app.core.problems import ProblemCode
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
    Event,
    Left,
    RecordsChanged,
    Saved,
    SaveFailed,
    Shown,
    VisitLoaded,
)
from app.features.visit.offering import Loaded
from app.features.visit.state import Model, update
from app.i18n import formats
from app.ui.glass import BreakGlass, Broken, OnGlass, Refused
from app.ui.listening import Listening, of_patient
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.provenance import names_of
from app.ui.routes import Home, Notice, Record, Register, Result, Screening
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
SCREENING_DRAFT = "screening/"
"""How the drafts of screenings are called; what follows is the response's id."""

_LEAVES = (EncounterStatus.TRIAGED, EncounterStatus.ONLEAVE, EncounterStatus.FINISHED)
"""After these the person is no longer at this tablet."""

Going = (
    OpenScreening | OpenResult | OpenRecord | OpenNotice | OpenCompany | GoHome | GoBack
)
Saving = SetStatus | SetUrgency | Leave | Cancel | PutOff | Decline


@dataclass(frozen=True, slots=True)
class _Visit:
    desk: Desk
    work: Work
    place: Place
    patient_id: str
    encounter_id: str
    listening: Listening
    reads: Iterator[int] = field(default_factory=count)

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadVisit(is_broken):
                self._listen(dispatch)
                load = partial(self._load, next(self.reads), is_broken=is_broken)
                self.work.run(load, dispatch, VisitLoaded)
            case BreakGlass(reason):
                self._break_glass(reason, dispatch)
            case StopListening():
                self.listening.end()
            case SetStatus() | SetUrgency() | Leave() | Cancel() | PutOff() | Decline():
                self._save(effect, dispatch)
            case _:
                self._go(effect)

    def _go(self, effect: Going) -> None:
        patient, encounter = self.patient_id, self.encounter_id
        match effect:
            case OpenScreening(questionnaire, response_id):
                route = Screening(patient, encounter, questionnaire, response_id)
                self.place.go(route)
            case OpenResult(response_id):
                self.place.go(Result(patient, encounter, response_id))
            case OpenRecord():
                self.place.go(Record(patient))
            case OpenNotice():
                self.place.go(Notice(patient, encounter))
            case OpenCompany():
                self.place.go(Register(returning=patient, corrects="company"))
            case GoHome():
                self.place.reset(Home())
            case GoBack():
                self.place.back()
            case _:
                assert_never(effect)

    def _load(self, number: int, *, is_broken: bool) -> Loaded:
        desk, vault = self.desk, self.desk.vault
        drafts = (d.draft_id for d in vault.drafts(self.patient_id))
        documents = vault.documents(self.patient_id)
        in_visit = partial(
            screening.response_id_in, documents, self.encounter_id, ids=desk.ids
        )
        return Loaded(
            {d.record_id: d for d in documents},
            self.encounter_id,
            desk.library,
            formats.local_day(desk.wall(), desk.setup.site.zone),
            desk.wall(),
            names_of(vault.setup),
            frozenset(
                each.removeprefix(SCREENING_DRAFT)
                for each in drafts
                if each.startswith(SCREENING_DRAFT)
            ),
            number,
            {form.canonical: in_visit(form) for form in desk.library.forms},
            desk.practitioner.role,
            is_broken,
        )

    def _break_glass(self, reason: str, dispatch: Dispatch) -> None:
        breaks = partial(self.desk.trail.broke_glass, self.patient_id, reason)
        self.work.run(breaks, dispatch, _broken, by_code(_not_broken))

    def _save(self, effect: Saving, dispatch: Dispatch) -> None:
        # What was typed of a form that is declined stays: it may be asked after all.
        if isinstance(effect, Decline):
            change = self._declined(effect)
        else:
            change = self._of_visit(effect)
        leaves = isinstance(effect, Leave | Cancel) or (
            isinstance(effect, SetStatus) and effect.status in _LEAVES
        )

        def saved(_none: None) -> Event:
            return Saved(leaves)

        save = partial(self.desk.save, change)
        self.work.run(save, dispatch, saved, by_code(SaveFailed))

    def _declined(self, effect: Decline) -> Change:
        offer = effect.offer
        response = screening.response_key(self.patient_id, offer.response_id)
        if offer.view is not None:
            seen = offer.view.document.heads("status")
            return screening.stop(response, effect.reason, seen)
        return screening.decline(response, self.encounter_id, offer.form, effect.reason)

    def _of_visit(
        self, effect: SetStatus | SetUrgency | Leave | Cancel | PutOff
    ) -> Change:
        key = visits.encounter_key(self.patient_id, self.encounter_id)
        match effect:
            case SetStatus(status):
                return visits.set_status(key, status)
            case SetUrgency(urgent):
                return visits.set_urgency(key, urgent=urgent)
            case Leave(reason):
                return visits.leave(key, reason)
            case Cancel(why):
                return visits.cancel(key, why)
            case PutOff(canonical, later):
                return visits.plan(key, canonical, later=later)
            case _:
                assert_never(effect)

    def _listen(self, dispatch: Dispatch) -> None:
        tell = of_patient(self.patient_id, lambda: dispatch(RecordsChanged()))
        self.listening.begin(self.desk.vault.subscribe, tell)


def _broken(_none: None) -> Event:
    return OnGlass(Broken())


def _not_broken(problem: ProblemCode) -> Event:
    return OnGlass(Refused(problem))


def loop(
    desk: Desk, work: Work, place: Place, patient_id: str, encounter_id: str
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Visit(desk, work, place, patient_id, encounter_id, Listening(work))
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    model = Model(patient_id, encounter_id, desk.station)
    return Loop(model, update, screen.perform, moments)
