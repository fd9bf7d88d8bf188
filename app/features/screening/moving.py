"""From page to page, and to the end."""

from dataclasses import replace
from typing import assert_never

from app.clinic.screening import StopReason, first_page
from app.core.questionnaire import ItemPath
from app.core.values import ResponseStatus
from app.features.screening.doing import (
    DropDraft,
    Effect,
    Finish,
    GoBack,
    OpenResult,
    SavePage,
)
from app.features.screening.events import (
    BackPressed,
    DraftFailed,
    DraftKept,
    Ending,
    EndSaved,
    GoToPressed,
    Keeping,
    LeavePressed,
    LossAccepted,
    Moving,
    NextPressed,
    PageFailed,
    PageSaved,
    SaveFailed,
    StopPressed,
    StopReasonChosen,
    Turned,
)
from app.features.screening.model import Asking, Exit, Model, Stage, first_changed
from app.features.screening.seeing import page_of
from app.ui.loop import Next

Step = Next[Model, Effect]


def save_page(model: Model) -> tuple[SavePage, ...]:
    """Return what writes the unsaved answers to the record; nothing if there are none.

    A correction is written when it is finished, all of it at once; what is being
    written already is not written twice.
    """
    return () if model.is_handed_over else _saving(model)


def moved(model: Model, event: Moving) -> Step:
    """Decide where to go."""
    match event:
        case NextPressed():
            return _next(model)
        case BackPressed():
            return _back(model)
        case GoToPressed(path):
            return Next(_at(model, path))
        case LeavePressed() if model.is_amending:
            effects = (DropDraft(), GoBack())
            return Next(replace(model, asking=Asking.NOTHING), effects)
        case LeavePressed():
            return _turned_to_staff(model, Exit.LEAVE)
        case LossAccepted():
            return Next(replace(model, asking=Asking.NOTHING), (GoBack(),))
        case _:
            assert_never(event)


def ended(model: Model, event: Ending) -> Step:
    """Decide the end."""
    match event:
        case StopPressed():
            return Next(model) if model.busy else _turned_to_staff(model, Exit.STOP)
        case StopReasonChosen(reason):
            return _stop(model, reason)
        case EndSaved():
            return _end_saved(model)
        case Turned():
            return _with_staff(model)
        case SaveFailed(problem):
            failed = replace(model, busy=False, problem=problem, exit=Exit.RESULT)
            return Next(failed)
        case _:
            assert_never(event)


def kept(model: Model, event: Keeping) -> Step:
    """Decide what became of a page or a draft, and whether one leaves.

    What is not in the record by then, nor kept as a draft, is not left unasked.
    """
    match event:
        case DraftKept():
            # The same model where nothing was wrong: another one is drawn anew.
            told = replace(model, draft_problem=None) if model.draft_problem else model
            return Next(told)
        case DraftFailed(problem):
            return Next(replace(model, draft_problem=problem))
        case PageSaved():
            saved = replace(model, saving=model.saving - 1, problem=None)
            goes = saved.is_leaving and not saved.saving
            return Next(saved, (GoBack(),) if goes else ())
        case PageFailed(problem):
            return _page_failed(replace(model, problem=problem))
        case _:
            assert_never(event)


def _page_failed(model: Model) -> Step:
    """Of all that was handed over, the record tells later what it has after all."""
    failed = replace(model, saving=model.saving - 1, handed={}, is_leaving=False)
    if not model.is_leaving:
        return Next(failed)
    return _asked_before_loss(failed)


def _asked_before_loss(model: Model) -> Step:
    if model.draft_problem is None:
        return Next(model, (GoBack(),))
    is_first = model.stage is Stage.INTRO
    stage = Stage.INTRO if is_first else Stage.QUESTIONS
    return Next(replace(model, stage=stage, asking=Asking.LOSS))


def _stop(model: Model, reason: StopReason) -> Step:
    """What somebody finished meanwhile is not ended early any more."""
    if model.is_finished:
        return Next(replace(model, asking=Asking.NOTHING, exit=Exit.RESULT))
    return _finish(model, reason)


def _end_saved(model: Model) -> Step:
    """Before the result the staff take the tablet, where they do not hold it yet."""
    if model.is_correction or model.exit is Exit.STOP:
        return Next(model, _result(model))
    return Next(replace(model, stage=Stage.TURN, busy=False, exit=Exit.RESULT))


def _next(model: Model) -> Step:
    """A page with problems is gone on from at the second press."""
    state, page = model.state, model.page
    if state is None:
        return Next(model)
    if model.stage is Stage.MISSING:
        return _finish(model) if state.is_complete else Next(model)
    if page is not None and page.key not in model.checked:
        model = replace(model, checked=model.checked | {page.key})
        if any(entry.path in state.problems for entry in page.entries):
            return Next(model)
    if not model.is_last:
        key = state.pages[model.place + 1].key
        return _turned_page(model, key)
    if state.is_complete:
        return _finish(model)
    every = frozenset(page.key for page in state.pages)
    return _handed_over(replace(model, stage=Stage.MISSING, checked=every))


def _back(model: Model) -> Step:
    if model.stage is Stage.MISSING:
        return Next(replace(model, stage=Stage.QUESTIONS))
    if model.state is not None and model.stage is Stage.QUESTIONS and model.place:
        return _turned_page(model, model.state.pages[model.place - 1].key)
    if model.is_amending and model.changes:
        return Next(replace(model, asking=Asking.LEAVE))
    if model.stage is Stage.QUESTIONS and not model.is_amending:
        return _turned_to_staff(model, Exit.LEAVE)
    if model.stage is Stage.INTRO:
        return _asked_before_loss(model)
    return Next(model, (GoBack(),))


def _turned_to_staff(model: Model, way: Exit) -> Step:
    """The person holds the tablet: before any way out it goes to the staff."""
    return Next(replace(model, stage=Stage.TURN, exit=way, asking=Asking.NOTHING))


def _with_staff(model: Model) -> Step:
    match model.exit:
        case Exit.RESULT:
            return Next(model, _result(model))
        case Exit.LEAVE:
            return _left(model)
        case Exit.STOP:
            asking = Asking.STOP_REASON
            return Next(replace(model, stage=Stage.QUESTIONS, asking=asking))
        case _:
            assert_never(model.exit)


def _left(model: Model) -> Step:
    """Leave once every answer is written."""
    step = _handed_over(model)
    if not step.model.saving:
        return Next(model, (GoBack(),))
    return Next(replace(step.model, is_leaving=True), step.effects)


def _turned_page(model: Model, key: str) -> Step:
    return _handed_over(replace(model, page_key=key))


def _handed_over(model: Model) -> Step:
    saving = () if model.is_amending else save_page(model)
    if not saving:
        return Next(model)
    handed = {**model.handed, **model.changes}
    return Next(replace(model, handed=handed, saving=model.saving + 1), saving)


def _at(model: Model, path: ItemPath) -> Model:
    for page in model.state.pages if model.state else ():
        if any(entry.path == path for entry in page.entries):
            return replace(model, stage=Stage.QUESTIONS, page_key=page.key)
    return model


def _saving(model: Model) -> tuple[SavePage, ...]:
    loaded = model.loaded
    if loaded is None or loaded.form is None:
        return ()
    saving = SavePage(
        response_id=loaded.response_id,
        page=page_of(model, loaded.form),
        first=first_page(model.asked, model.intro.company),
        first_changed=first_changed(model),
        is_new=loaded.status in (None, ResponseStatus.STOPPED),
    )
    return (saving,)


def _finish(model: Model, reason: StopReason | None = None) -> Step:
    saving = _saving(model)
    if model.busy or model.state is None or not saving:
        return Next(model)
    end = Finish(saving[0], model.state, reason, model.is_finished)
    busy = replace(model, busy=True, asking=Asking.NOTHING, problem=None)
    return Next(replace(busy, is_correction=model.is_amending), (end,))


def _result(model: Model) -> tuple[Effect, ...]:
    return (OpenResult(model.loaded.response_id),) if model.loaded else ()
