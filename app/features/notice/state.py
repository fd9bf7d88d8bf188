"""Notice and consent: what the person is told, then what they agree to or not."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.problems import ProblemCode
from app.core.values import GivenBy
from app.features.notice.form import GIVEN, Field, Form
from app.features.notice.model import Context, Model, Page, Way
from app.ui.leaving import Away, GoBack, KeepDraft, away
from app.ui.loop import Next


@dataclass(frozen=True, slots=True)
class Shown:
    pass


@dataclass(frozen=True, slots=True)
class Loaded:
    context: Context
    form: Form
    page: Page = Page.NOTICE
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    key: str
    decision: str


@dataclass(frozen=True, slots=True)
class LanguagesOpened:
    pass


@dataclass(frozen=True, slots=True)
class BackPressed:
    pass


@dataclass(frozen=True, slots=True)
class ContinuePressed:
    """`shown_in` is the language of the words that were on the screen."""

    shown_in: str


@dataclass(frozen=True, slots=True)
class Saved:
    pass


@dataclass(frozen=True, slots=True)
class SaveFailed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class WayPressed:
    way: Way


Filling = Entered | Answered | LanguagesOpened | BackPressed | ContinuePressed
Event = Shown | Loaded | Filling | Saved | SaveFailed | Away | WayPressed


@dataclass(frozen=True, slots=True)
class Load:
    pass


@dataclass(frozen=True, slots=True)
class Save:
    form: Form
    context: Context
    shown_in: str


@dataclass(frozen=True, slots=True)
class Go:
    way: Way


Effect = Load | KeepDraft | Save | Go | GoBack
Step = Next[Model, Effect]


def update(model: Model, event: Event) -> Step:
    """Decide an event; what changed is kept as a draft."""
    match event:
        case Shown():
            return Next(model, (Load(),) if model.context is None else ())
        case Loaded(context, form, page, restored):
            model = Model(form, context, page, restored)
            return Next(replace(model, kept=model.draft))
        case WayPressed(way):
            return Next(model, (Go(way),) if model.is_saved else ())
        case Saved():
            return Next(replace(model, busy=False, is_saved=True))
        case SaveFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case Entered() | Answered() | LanguagesOpened():
            return _filled(model, event)
        case BackPressed() | ContinuePressed():
            return _filled(model, event)
        case _:
            step = away(model, event)
            return Next(step.model, step.effects)


def _filled(model: Model, event: Filling) -> Step:
    if model.context is None or model.busy or model.is_saved:
        return Next(model)
    if isinstance(event, ContinuePressed):
        return _continued(model, model.context, event)
    return _drafted(model, _changed(model, event))


def _changed(
    model: Model, event: Entered | Answered | LanguagesOpened | BackPressed
) -> Model:
    match event:
        case Entered(name, text):
            page = Page.NOTICE if model.page is Page.LANGUAGE else model.page
            return replace(model, form=model.form.entered(name, text), page=page)
        case Answered(key, decision):
            return replace(model, form=model.form.answered(key, decision))
        case LanguagesOpened():
            return replace(model, page=Page.LANGUAGE)
        case BackPressed():
            return replace(model, page=Page.NOTICE, asked=False)
        case _:
            assert_never(event)


def _continued(model: Model, context: Context, event: ContinuePressed) -> Step:
    if model.needs:
        return Next(replace(model, asked=True))
    is_told = model.form.status == GIVEN or (
        not model.form.status and context.was_given
    )
    if model.page is Page.NOTICE and is_told:
        on = replace(model, page=Page.CONSENTS, asked=False)
        return _drafted(model, _with_giver(on, context))
    going = replace(model, busy=True, asked=False, problem=None)
    return Next(going, (Save(model.form, context, event.shown_in),))


def _with_giver(model: Model, context: Context) -> Model:
    """An adult decides alone, until somebody says otherwise; for a child we ask."""
    if context.is_child or model.form.given_by:
        return model
    return replace(model, form=replace(model.form, given_by=GivenBy.SELF.value))


def _drafted(before: Model, after: Model) -> Step:
    changed = (before.form, before.page) != (after.form, after.page)
    return Next(after, (KeepDraft(after.draft),) if changed else ())
