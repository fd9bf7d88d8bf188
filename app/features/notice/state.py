"""Notice and consent: what the person is told, then what they agree to or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from app.clinic.consents import NoticeGiven
from app.core.canonical import Json
from app.core.problems import ProblemCode
from app.core.summary import Station
from app.core.values import Decision, GivenBy
from app.core.wire import Deployment, Notice
from app.features.notice.form import (
    GIVEN,
    POSTPONED,
    Asked,
    Field,
    Form,
    all_asked,
)
from app.ui.loop import Next


class Page(StrEnum):
    """Where one is."""

    NOTICE = "notice"
    LANGUAGE = "language"
    CONSENTS = "consents"


class Way(StrEnum):
    """Where one can go on to."""

    SCREENING = "screening"
    HOME = "home"


class Need(StrEnum):
    """What must be said before it can be kept."""

    STATUS = "status"
    REASON = "reason"
    MODE = "mode"
    GIVEN_BY = "given-by"


@dataclass(frozen=True, slots=True)
class Context:
    """Whom it is about, what the deployment says, and what stands already."""

    deployment: Deployment
    notice: Notice
    zone: str
    station: Station
    name: str = ""
    language: str = ""
    is_child: bool = False
    last: tuple[NoticeGiven, int] | None = None
    standing: Mapping[str, Decision] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every optional purpose."""
        return all_asked(self.notice.services)

    @property
    def was_given(self) -> bool:
        """Whether the notice was given before."""
        return self.last is not None and self.last[0].given


@dataclass(frozen=True, slots=True)
class Model:
    """The notice at one moment; `is_saved` ends it."""

    form: Form = Form()  # noqa: RUF009 - immutable
    context: Context | None = None
    page: Page = Page.NOTICE
    restored: bool = False
    asked: bool = False
    busy: bool = False
    problem: ProblemCode | None = None
    draft_problem: ProblemCode | None = None
    is_saved: bool = False

    @property
    def draft(self) -> dict[str, Json]:
        """What is kept while it is not saved."""
        return {"form": self.form.to_json(), "page": self.page.value}

    @property
    def needs(self) -> frozenset[Need]:
        """What is missing on the page that is open."""
        form, context = self.form, self.context
        if context is None:
            return frozenset()
        if self.page is Page.CONSENTS:
            decided = any(
                form.decision(each) is not Decision.NOT_ASKED for each in context.asked
            )
            return frozenset({Need.GIVEN_BY} if decided and not form.given_by else ())
        if not form.status:
            return frozenset(() if context.was_given else {Need.STATUS})
        if form.status == POSTPONED:
            return frozenset(() if form.reason else {Need.REASON})
        return frozenset(() if form.mode else {Need.MODE})


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
    pass


@dataclass(frozen=True, slots=True)
class DraftFailed:
    problem: ProblemCode


@dataclass(frozen=True, slots=True)
class WayPressed:
    way: Way


Filling = Entered | Answered | LanguagesOpened | BackPressed | ContinuePressed
Keeping = Saved | SaveFailed | DraftKept | DraftFailed
Event = Shown | Loaded | Filling | Keeping | WayPressed


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


Effect = Load | KeepDraft | Save | Go
Step = Next[Model, Effect]


def update(model: Model, event: Event) -> Step:
    """Decide an event; what changed is kept as a draft."""
    match event:
        case Shown():
            return Next(model, (Load(),) if model.context is None else ())
        case Loaded(context, form, page, restored):
            return Next(Model(form, context, page, restored))
        case WayPressed(way):
            return Next(model, (Go(way),) if model.is_saved else ())
        case Saved() | SaveFailed() | DraftKept() | DraftFailed():
            return Next(_kept(model, event))
        case _:
            return _filled(model, event)


def _kept(model: Model, event: Keeping) -> Model:
    match event:
        case Saved():
            return replace(model, busy=False, is_saved=True)
        case SaveFailed(problem):
            return replace(model, busy=False, problem=problem)
        case DraftKept():
            return replace(model, draft_problem=None) if model.draft_problem else model
        case DraftFailed(problem):
            return replace(model, draft_problem=problem)
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
