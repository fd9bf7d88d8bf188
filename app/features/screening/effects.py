"""Doing of Screening: the vault in threads, in order, and the ways out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.clinic.desk import Desk
from app.clinic.library import Form
from app.features.screening.answering import instance_key
from app.features.screening.doing import (
    DropDraft,
    Effect,
    Finish,
    GoBack,
    KeepDraft,
    LoadScreening,
    MakeInstance,
    OpenResult,
    SavePage,
    StopListening,
)
from app.features.screening.events import (
    DraftFailed,
    DraftKept,
    EndSaved,
    Event,
    InstanceMade,
    Left,
    Opened,
    PageFailed,
    PageSaved,
    RecordsChanged,
    SaveFailed,
    ScreeningLoaded,
)
from app.features.screening.model import Languages, Model
from app.features.screening.saving import Saver
from app.features.screening.state import update
from app.ui.form_words import has_words
from app.ui.listening import Listening, of_patient
from app.ui.look import Look
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Result, Screening
from app.ui.source import Source
from app.ui.work import Lane, Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Screening:
    desk: Desk
    lane: Lane
    place: Place
    route: Screening
    saver: Saver
    listening: Listening

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadScreening():
                self._listen(dispatch)
                self.lane.run(self.saver.load, dispatch, ScreeningLoaded)
            case KeepDraft() | DropDraft() | SavePage() | Finish():
                self._write(effect, dispatch)
            case MakeInstance(path):
                key = instance_key(path.instances[-1], self.desk.ids.instance())
                dispatch(InstanceMade(path, key))
            case _:
                self._leave(effect)

    def _leave(self, effect: StopListening | OpenResult | GoBack) -> None:
        match effect:
            case StopListening():
                self.listening.end()
            case OpenResult(response_id):
                route = self.route
                self.place.replace(
                    Result(route.patient_id, route.encounter_id, response_id)
                )
            case GoBack():
                self.place.back()
            case _:
                assert_never(effect)

    def _write(
        self, effect: KeepDraft | DropDraft | SavePage | Finish, dispatch: Dispatch
    ) -> None:
        lane, saver = self.lane, self.saver
        unkept, unsaved = by_code(DraftFailed), by_code(PageFailed)
        match effect:
            case KeepDraft():
                lane.newest(lambda: saver.keep(effect), dispatch, _draft_kept, unkept)
            case DropDraft():
                lane.run(saver.drop, dispatch, _draft_kept, unkept)
            case SavePage():
                lane.run(lambda: saver.save(effect), dispatch, _page_saved, unsaved)
            case Finish():
                failed = by_code(SaveFailed)
                lane.run(lambda: saver.finish(effect), dispatch, _end_saved, failed)
            case _:
                assert_never(effect)

    def _listen(self, dispatch: Dispatch) -> None:
        tell = of_patient(self.route.patient_id, lambda: dispatch(RecordsChanged()))
        self.listening.begin(self.desk.vault.subscribe, tell)


def loop(
    desk: Desk, work: Work, place: Place, look: Source[Look], route: Screening
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Screening(
        desk, work.lane(), place, route, Saver(desk, route), Listening(work)
    )
    form = desk.library.form(route.questionnaire)
    languages, role = _languages(look.value, form), desk.practitioner.role
    zone = desk.setup.site.zone
    model = Model(languages, zone, role=role, page_key=route.at)
    moments: Moments[Event] = Moments(shown=Opened(), left=Left())
    return Loop(model, update, screen.perform, moments)


def _languages(look: Look, form: Form | None) -> Languages:
    """Return in which languages the form can be shown."""
    found = [
        language.tag
        for language in look.t.languages.for_person()
        if form is not None and has_words(form, look.in_language(language.tag))
    ]
    return Languages(look.t.tag, tuple(found))


def _draft_kept(_none: None) -> Event:
    return DraftKept()


def _page_saved(_none: None) -> Event:
    return PageSaved()


def _end_saved(_none: None) -> Event:
    return EndSaved()
