"""Drawing of Register: the minimum, the optional steps, what was saved."""

import flet as ft

from app.features.register import more_pages, people_parts
from app.features.register.checking import Context
from app.features.register.events import (
    BackPressed,
    LanguageToggled,
    Page,
    PageOpened,
    SavePressed,
    SearchTyped,
    StartAfreshPressed,
)
from app.features.register.form import LANGUAGE_UNKNOWN, Field
from app.features.register.lists import found_languages
from app.features.register.minimum_page import (
    Dispatch,
    age_part,
    card_part,
    language_part,
    pressed,
    sex_part,
)
from app.features.register.model import Model
from app.features.register.more_rows import more_rows
from app.features.register.saved_page import saved_frame
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.leaving import LeavePressed
from app.ui.look import Look
from app.ui.unkept import unkept_dialog

_LISTS = frozenset({Page.LANGUAGE, Page.LANGUAGES, Page.COUNTRY})


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the page at which the desk is."""
    _ = look.t.gettext
    context = model.context
    if context is None:
        loading = w.waiting("register.loading", _("Opening the form"))
        return Frame(title=_("Register"), body=[loading])
    if model.saved is not None:
        return saved_frame(model, model.saved, dispatch, look)
    if model.page is Page.MINIMUM:
        return _first(model, context, dispatch, look)
    if model.page in _LISTS:
        return _list(model, dispatch, look)
    return _step(model, context, dispatch, look)


def _first(model: Model, context: Context, dispatch: Dispatch, look: Look) -> Frame:
    title = _title(context, look)
    told = _told(model, dispatch, look)
    if model.known is not None:
        return Frame(
            title=title,
            body=[
                *told,
                *people_parts.known_part(model.known, context, dispatch, look),
            ],
            main=people_parts.came_back_button(dispatch, look),
            back=lambda: dispatch(LeavePressed()),
            dialog=unkept_dialog(model, dispatch, look),
        )
    is_new = context.returning is None
    body = [
        *told,
        *people_parts.returning_part(model, context, dispatch, look),
        *people_parts.family_part(model, context, dispatch, look),
        *(card_part(model, dispatch, look) if is_new else ()),
        *sex_part(model, dispatch, look),
        *age_part(model, context, dispatch, look),
        *people_parts.child_part(model, context, dispatch, look),
        *language_part(model, dispatch, look),
        *more_rows(model, context, dispatch, look),
    ]
    return Frame(
        title=title,
        body=body,
        main=_save_button(model, dispatch, look),
        back=lambda: dispatch(LeavePressed()),
        dialog=unkept_dialog(model, dispatch, look),
        scroll_to_top=f"{model.page}{model.asked}",
    )


def _title(context: Context, look: Look) -> str:
    t = look.t
    if context.returning is not None:
        return t.gettext("This person came back")
    if context.first is not None:
        return t.gettext("Another of this family")
    return t.gettext("Register a person")


def _told(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """What went wrong, what came back after a pause."""
    t = look.t
    _ = t.gettext
    told: list[ft.Control] = []
    for key, code in (
        ("register.problem", model.problem),
        ("register.draft_problem", model.draft_problem),
    ):
        if code is not None:
            told.append(w.notice(key, messages.problem(t, code), w.Tone.WARNING))
    if model.asked and model.needs:
        text = _("Something is still missing. Look for the marked places.")
        told.append(w.notice("register.missing", text, w.Tone.WARNING))
    if model.restored:
        afresh = w.quiet_button(
            "register.afresh",
            _("Begin anew"),
            lambda: dispatch(StartAfreshPressed()),
        )
        text = _("What was typed here before, and not saved, is back.")
        told.append(w.notice("register.restored", text, action=afresh))
    return told


def _save_button(model: Model, dispatch: Dispatch, look: Look) -> ft.Control:
    return w.main_button(
        "register.save",
        look.t.gettext("Save"),
        lambda: dispatch(SavePressed()),
        enabled=not model.busy,
    )


def _step(model: Model, context: Context, dispatch: Dispatch, look: Look) -> Frame:
    """An optional step: Save keeps all, at any time; the next step is offered."""
    t = look.t
    _ = t.gettext
    titles = {
        Page.NAME: _("Name"),
        Page.ORIGIN: _("Origin and languages"),
        Page.PHONES: _("Phone numbers"),
        Page.ARRIVAL: _("Arrival"),
        Page.COMPANY: _("Who is with the child"),
    }
    following = model.next_step
    quiet = None
    if following is not None:
        label = t.fill(_("Next: {step}"), step=titles[following])
        quiet = w.quiet_button(
            "register.next", label, lambda: dispatch(PageOpened(following))
        )
    return Frame(
        title=titles[model.page],
        body=[*_told(model, dispatch, look), *_fields(model, context, dispatch, look)],
        main=_save_button(model, dispatch, look),
        quiet=quiet,
        dialog=unkept_dialog(model, dispatch, look),
        back=lambda: dispatch(BackPressed()),
        scroll_to_top=model.page.value,
    )


def _fields(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    match model.page:
        case Page.NAME:
            return more_pages.name_page(model, context, dispatch, look)
        case Page.ORIGIN:
            return more_pages.origin_page(model, dispatch, look)
        case Page.PHONES:
            return more_pages.phones_page(model, dispatch, look)
        case Page.COMPANY:
            return people_parts.child_part(model, context, dispatch, look)
        case _:
            return more_pages.arrival_page(model, dispatch, look)


def _list(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """A list that is narrowed by typing; a tap chooses."""
    _ = look.t.gettext
    is_country = model.page is Page.COUNTRY
    label = _("Search for a country") if is_country else _("Search for a language")
    titles = {
        Page.COUNTRY: _("Country of origin"),
        Page.LANGUAGE: _("Language"),
        Page.LANGUAGES: _("Other languages"),
    }
    search = w.search_field(
        "register.search",
        label,
        model.search,
        lambda text: dispatch(SearchTyped(text)),
    )
    done = None
    if model.page is Page.LANGUAGES:
        done = w.main_button(
            "register.done", _("Done"), lambda: dispatch(BackPressed())
        )
    return Frame(
        title=titles[model.page],
        body=[search, *_found(model, dispatch, look)],
        main=done,
        back=lambda: dispatch(BackPressed()),
        scroll_to_top=model.page.value,
    )


def _found(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    if model.page is Page.COUNTRY:
        return more_pages.country_page(model, dispatch, look)
    choices = found_languages(look.t, model.search)
    if model.page is Page.LANGUAGE:
        tell = w.one(pressed(Field.LANGUAGE, dispatch))
        chosen = {model.form.language} - {LANGUAGE_UNKNOWN}
        return [w.choice_list("register.found", choices, chosen, look, tell)]
    several = w.many(lambda tag: dispatch(LanguageToggled(tag)))
    languages = set(model.form.languages)
    return [w.choice_list("register.found", choices, languages, look, several)]
