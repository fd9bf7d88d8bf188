"""Doing of Result: reading the response, its score and its red flags."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.clinic.desk import Desk
from app.clinic.findings import flags_in, score_of
from app.clinic.library import Form
from app.clinic.screening import Asked, answers_of, author_of, interpretation
from app.core.document_json import as_mapping
from app.core.problems import ProblemCode
from app.core.projections import ResponseView
from app.core.questionnaire import Context, calculations, evaluate, is_result
from app.core.records import RecordType
from app.core.values import Interpretation, InterpreterMode
from app.features.result.state import (
    BackToVisit,
    Effect,
    Event,
    Left,
    Loaded,
    LoadResult,
    Measured,
    Model,
    OpenScreening,
    RecordsChanged,
    ResultLoaded,
    Shown,
    StopListening,
    update,
)
from app.ui.glass import BreakGlass, Broken, OnGlass, Refused
from app.ui.listening import Listening, of_patient
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.provenance import NOBODY, names_of
from app.ui.routes import Plan, Result, Screening
from app.ui.work import Lane, Work, by_code

Dispatch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Result:
    desk: Desk
    work: Work
    place: Place
    route: Result
    listening: Listening
    loads: Lane

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case LoadResult():
                self._listen(dispatch)
                self.loads.newest(self._load, dispatch, ResultLoaded)
            case BreakGlass(reason):
                self._break_glass(reason, dispatch)
            case StopListening():
                self.listening.end()
            case BackToVisit():
                self._back_to_visit()
            case OpenScreening(questionnaire):
                route = self.route
                self.place.go(
                    Screening(
                        route.patient_id,
                        route.encounter_id,
                        questionnaire,
                        route.response_id,
                    )
                )
            case _:
                assert_never(effect)

    def _break_glass(self, reason: str, dispatch: Dispatch) -> None:
        trail, patient_id = self.desk.trail, self.route.patient_id
        self.work.run(
            lambda: trail.broke_glass(patient_id, reason),
            dispatch,
            _broken,
            by_code(_not_broken),
        )

    def _back_to_visit(self) -> None:
        patient_id, encounter_id = self.route.patient_id, self.route.encounter_id
        if encounter_id:
            self.place.back_to(Plan(patient_id, encounter_id))
        else:
            self.place.back()

    def _load(self) -> Loaded | None:
        desk, route = self.desk, self.route
        documents = desk.vault.documents(route.patient_id)
        found = [d for d in documents if d.record_id == route.response_id]
        kind = RecordType.QUESTIONNAIRE_RESPONSE
        if not found or found[0].record_type != kind:
            return None
        view = ResponseView(found[0])
        form = desk.library.form(view.questionnaire)
        scored = score_of(documents, route.response_id)
        names = names_of(desk.vault.setup)
        result = scored.shown("result") if scored else None
        status = view.shown("status")
        writers = {author_of(shown) for _key, shown in view.answers()}
        return Loaded(
            form=form,
            view=view,
            flags=flags_in(view, desk.library),
            score=dict(as_mapping(result.value)) if result else None,
            answers=_answers(form, view) if form else (),
            author=names.named(status.write.practitioner_id) if status else NOBODY,
            at_ms=status.write.effective_ms if status else 0,
            zone=desk.setup.site.zone,
            authors=frozenset(names.named(each) for each in writers),
            disputed=_disputed(form, view),
            has_two_scores=result is not None and result.in_conflict,
            interpreters=_interpreters(view),
            role=desk.practitioner.role,
        )

    def _listen(self, dispatch: Dispatch) -> None:
        tell = of_patient(self.route.patient_id, lambda: dispatch(RecordsChanged()))
        self.listening.begin(self.desk.vault.subscribe, tell)


def _broken(_none: None) -> Event:
    return OnGlass(Broken())


def _not_broken(problem: ProblemCode) -> Event:
    return OnGlass(Refused(problem))


def _answers(form: Form, view: ResponseView) -> tuple[Measured, ...]:
    """Return what was answered and what the form calculates from it, in order.

    A total is no answer: it stands with the score, or nowhere.
    """
    protocol = form.protocol
    made = calculations(protocol, form.questionnaire) if protocol else {}
    context = Context(calculations=made)
    state = evaluate(form.questionnaire, answers_of(view), context)
    return tuple(
        Measured(entry.path, entry.item, state.counted[entry.path])
        for entry in state.entries
        if entry.path in state.counted
        and not entry.item.hidden
        and entry.path.link_id not in made
        and not is_result(form.questionnaire, entry.item)
    )


def _disputed(form: Form | None, view: ResponseView) -> tuple[str, ...]:
    """Return the questions of the score that two people answered differently."""
    rule = form.protocol.score if form and form.protocol else None
    found = {
        key.rpartition(":")[2] for key, shown in view.answers() if shown.in_conflict
    }
    return tuple(each for each in rule.items if each in found) if rule else ()


def _interpreters(view: ResponseView) -> tuple[Interpretation, ...]:
    """Return everybody who interpreted: as the first page says, and as answers do."""
    asked = [
        Asked.from_json(as_mapping(shown.value).get("asked")).interpreter
        for _key, shown in view.answers()
    ]
    found = [interpretation(view.value("interpreter")), *asked]
    helped = [each for each in found if each and each.mode is not InterpreterMode.NONE]
    return tuple(dict.fromkeys(helped))


def loop(
    desk: Desk, work: Work, place: Place, route: Result
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Result(desk, work, place, route, Listening(work), work.lane())
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(route.response_id), update, screen.perform, moments)
