"""Register: the minimum on one page, then what else there is; one record a card."""

from dataclasses import replace
from typing import assert_never

from app.features.register.arrival_entry import arrival_at
from app.features.register.checking import (
    Context,
    Need,
    registration_of,
    to_carry,
)
from app.features.register.doing import (
    DropDraft,
    Effect,
    GoTo,
    LoadForm,
    LookUpCard,
    MintCard,
    MoveDraft,
    SaveNew,
    SaveReturning,
)
from app.features.register.entering import entered
from app.features.register.events import (
    BackPressed,
    CameBackPressed,
    CardLookedUp,
    CardMinted,
    CardTaken,
    DraftMoved,
    Entered,
    Event,
    FamilyPressed,
    HasCardPressed,
    HomePressed,
    LanguageToggled,
    Leaving,
    Loaded,
    Moving,
    NameWordPressed,
    NextPressed,
    NoCardPressed,
    NoticePressed,
    Page,
    PageOpened,
    PatientSaved,
    PhoneAdded,
    PhoneTyped,
    Pressed,
    SaveFailed,
    SavePressed,
    Saving,
    SearchTyped,
    Shown,
    StartAfreshPressed,
)
from app.features.register.form import Field
from app.features.register.model import STEPS, Model
from app.ui.leaving import Away, GoBack, KeepDraft, LeavePressed, away
from app.ui.loop import Next
from app.ui.routes import Home, Notice, Register, Route

_ABOVE = {
    Page.COUNTRY: Page.ORIGIN,
    Page.LANGUAGES: Page.ORIGIN,
}
_TOOK_BACK = {Field.LANGUAGE: Page.MINIMUM, Field.ORIGIN: Page.ORIGIN}
_PAGES_OF_WRONG = {
    Need.PHONE_WRONG: Page.PHONES,
    Need.ARRIVAL_WRONG: Page.ARRIVAL,
    Need.ARRIVAL_UNLIKELY: Page.ARRIVAL,
}


Step = Next[Model, Effect]


def update(model: Model, event: Event) -> Step:
    """Decide an event; what changed the form or its page is kept as a draft."""
    step = _decide(model, event)
    after = step.model
    is_loading = model.context is None or isinstance(event, Loaded)
    changed = (after.form, after.page) != (model.form, model.page)
    if is_loading or not changed or after.busy or after.saved:
        return step
    return Next(after, (KeepDraft(after.draft), *step.effects))


def _decide(model: Model, event: Event) -> Step:
    if model.saved is not None:
        return _left(model, event) if isinstance(event, Leaving) else Next(model)
    if isinstance(event, Moving):
        return _moved(model, event)
    if isinstance(event, Saving):
        return _saving(model, event)
    if isinstance(event, DraftMoved):
        return Next(model, (GoTo(Register(returning=event.patient_id)),))
    if isinstance(event, Away):
        return _away(model, event)
    if isinstance(event, Leaving) or model.context is None or model.busy:
        return Next(model)
    if isinstance(
        event,
        Entered | Pressed | LanguageToggled | PhoneTyped | PhoneAdded | NameWordPressed,
    ):
        form = entered(model.form, event, model.context)
        return _typed(replace(model, form=form, problem=None), event)
    return _carded(model, event)


def _typed(model: Model, event: object) -> Step:
    if isinstance(event, Entered) and event.field is Field.CARD:
        return _looked_up(replace(model, known=None))
    if isinstance(event, Pressed) and event.field in _TOOK_BACK:
        is_chosen_from_list = model.page in (Page.LANGUAGE, Page.COUNTRY)
        page = _TOOK_BACK[event.field] if is_chosen_from_list else model.page
        return Next(replace(model, page=page, search=""))
    return Next(model)


def _looked_up(model: Model) -> Step:
    code = model.form.code
    return Next(model, (LookUpCard(code),) if code else ())


def _carded(model: Model, event: Event) -> Step:
    match event:
        case NoCardPressed():
            return Next(model, () if model.form.minted else (MintCard(),))
        case CardMinted(code):
            return Next(replace(model, form=replace(model.form, minted=code)))
        case HasCardPressed():
            return _looked_up(replace(model, form=replace(model.form, minted="")))
        case CardLookedUp(code, known):
            is_now = code == model.form.code
            return Next(replace(model, known=known) if is_now else model)
        case CameBackPressed():
            return _came_back(model)
        case _:
            return Next(model)


def _came_back(model: Model) -> Step:
    if model.known is None or model.context is None:
        return Next(model)
    typed = model.form.since(model.context.began)
    effect = MoveDraft(model.known.patient_id, typed, model.page)
    return Next(replace(model, busy=True), (effect,))


def _moved(model: Model, event: Moving) -> Step:
    match event:
        case Shown():
            return Next(model, (LoadForm(),) if model.context is None else ())
        case Loaded():
            return _loaded(event)
        case PageOpened(page):
            return Next(_at_page(model, page))
        case BackPressed() if model.corrects and model.page not in _ABOVE:
            return _away(model, LeavePressed())
        case BackPressed():
            return Next(_at_page(model, _ABOVE.get(model.page, Page.MINIMUM)))
        case SearchTyped(text):
            return Next(replace(model, search=text))
        case StartAfreshPressed():
            return Next(replace(model, restored=False, busy=True), (DropDraft(),))
        case _:
            assert_never(event)


def _loaded(event: Loaded) -> Step:
    model = Model(
        form=event.form,
        context=event.context,
        page=event.page,
        restored=event.restored,
    )
    model = _at_page(model, event.page)
    model = replace(model, kept=model.draft)
    is_new = event.context.returning is None and not event.form.minted
    return _looked_up(model) if is_new else Next(model)


def _at_page(model: Model, page: Page) -> Model:
    moved = replace(model, page=page, search="")
    context, form = model.context, model.form
    if page is not Page.ARRIVAL or context is None or form.arrived_day:
        return moved
    now = arrival_at(context.now_ms, context.zone)
    blank = replace(now, place=form.place, vessel=form.vessel)
    return replace(moved, form=form.with_arrival(blank))


def _saving(model: Model, event: Saving) -> Step:
    match event:
        case SavePressed():
            return _save(model)
        case PatientSaved() if model.corrects:
            return Next(replace(model, busy=False), (GoBack(),))
        case PatientSaved(saved):
            return Next(replace(model, busy=False, saved=saved))
        case SaveFailed(problem):
            return Next(replace(model, busy=False, problem=problem))
        case CardTaken(known):
            taken = replace(model, busy=False, known=known, page=Page.MINIMUM)
            return Next(taken)
        case _:
            assert_never(event)


def _save(model: Model) -> Step:
    if model.busy or model.context is None or model.known is not None:
        return Next(model)
    if model.needs:
        return Next(replace(model, asked=True, page=_page_of(model.needs)))
    going = replace(model, busy=True, asked=False, problem=None)
    return Next(going, (_saver(model, model.context),))


def _saver(model: Model, context: Context) -> Effect:
    registration = registration_of(model.form, context)
    carry = to_carry(model.form, context)
    if context.returning is None:
        return SaveNew(registration, carry)
    person = context.returning
    goes_on = person.encounter_id if model.goes_on else ""
    return SaveReturning(person.patient_id, registration, carry, goes_on)


def _page_of(found: frozenset[Need]) -> Page:
    """Return the first page on which something must be looked at."""
    pages = {_PAGES_OF_WRONG.get(need, Page.MINIMUM) for need in found}
    return next(page for page in (Page.MINIMUM, *STEPS) if page in pages)


def _away(model: Model, event: Away) -> Step:
    step = away(model, event)
    return Next(step.model, step.effects)


def _left(model: Model, event: Leaving) -> Step:
    saved = model.saved
    if saved is None:
        return Next(model)
    match event:
        case NoticePressed():
            route: Route = Notice(saved.patient_id, saved.encounter_id)
        case FamilyPressed():
            route = Register(family_of=saved.patient_id)
        case NextPressed():
            route = Register()
        case HomePressed():
            route = Home()
        case _:
            assert_never(event)
    return Next(model, (GoTo(route),))
