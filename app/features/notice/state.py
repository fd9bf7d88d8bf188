"""Notice and consent: what the person is told, then what they agree to or not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from app.core.canonical import Json
from app.core.problems import ProblemCode
from app.core.values import GivenBy
from app.features.notice.form import GIVEN, Field, Form
from app.features.notice.model import Context, Model, Page, Way
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
class DraftKept:
    """What was answered is kept, as it was then."""

    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class DraftFailed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class LeavePressed:
    """Away from here; what is answered comes back later, if it could be kept."""


@dataclass(frozen=True, slots=True)
class LossAccepted:
    """Away from here, although what is answered could not be kept."""


@dataclass(frozen=True, slots=True)
class StayPressed:
    """Not away from here."""


@dataclass(frozen=True, slots=True)
class WayPressed:
    way: Way


Filling = Entered | Answered | LanguagesOpened | BackPressed | ContinuePressed
Keeping = Saved | SaveFailed | DraftKept | DraftFailed
Away = LeavePressed | LossAccepted | StayPressed
Event = Shown | Loaded | Filling | Keeping | Away | WayPressed


@dataclass(frozen=True, slots=True)
class Load:
    pass


@dataclass(frozen=True, slots=True)
class KeepDraft:
    content: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Save:
    form: Form
    context: Context
    shown_in: str


@dataclass(frozen=True, slots=True)
class Go:
    way: Way


@dataclass(frozen=True, slots=True)
class GoBack:
    pass


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
        case Saved() | SaveFailed() | DraftKept() | DraftFailed():
            return _kept(model, event)
        case LeavePressed() | LossAccepted() | StayPressed():
            return _away(model, event)
        case _:
            return _filled(model, event)


def _kept(model: Model, event: Keeping) -> Step:
    match event:
        case Saved():
            return Next(replace(model, busy=False, is_saved=True))
        case SaveFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case DraftKept(content):
            kept = replace(model, kept=content, draft_problem=None)
            goes = kept.is_leaving and kept.kept == kept.draft
            return Next(kept, (GoBack(),) if goes else ())
        case DraftFailed(problem):
            asks = model.is_leaving
            failed = replace(model, draft_problem=problem, is_leaving=False)
            return Next(replace(failed, asks_to_leave=asks))
        case _:
            assert_never(event)


def _away(model: Model, event: Away) -> Step:
    """Not before it is kept, or known to be lost; while it is saved, one stays."""
    match event:
        case LeavePressed():
            if model.busy:
                return Next(model)
            if model.kept == model.draft:
                return Next(model, (GoBack(),))
            return Next(replace(model, is_leaving=True), (KeepDraft(model.draft),))
        case LossAccepted():
            return Next(replace(model, asks_to_leave=False), (GoBack(),))
        case StayPressed():
            return Next(replace(model, asks_to_leave=False))
        case _:
            assert_never(event)


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
