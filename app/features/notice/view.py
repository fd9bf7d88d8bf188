"""Drawing of Notice: what is told, how, then the optional purposes."""

from collections.abc import Callable

import flet as ft

from app.core.summary import Station
from app.features.notice.consent_page import consents_frame
from app.features.notice.form import GIVEN, POSTPONED, Field
from app.features.notice.how_part import how_given, why_postponed
from app.features.notice.model import Context, Model, Need, Page, Way
from app.features.notice.sentences import Words, sentences, words_of
from app.features.notice.state import (
    BackPressed,
    ContinuePressed,
    Entered,
    Event,
    LanguagesOpened,
    WayPressed,
)
from app.features.notice.told_part import told
from app.i18n import bidi, formats, names
from app.i18n.languages import Direction
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.leaving import LeavePressed
from app.ui.look import Look
from app.ui.theme import Type
from app.ui.unkept import unkept_dialog

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the page that is open."""
    _ = look.t.gettext
    context = model.context
    title = _("Information for the person")
    if context is None:
        return Frame(title, [w.waiting("notice.loading", _("Opening the notice"))])
    if model.is_saved:
        return _saved(context, dispatch, look)
    words = words_of(model, context, look)
    if model.page is Page.LANGUAGE:
        return _languages(model, context, dispatch, look)
    if model.page is Page.CONSENTS:
        return consents_frame(model, context, words, dispatch, look)
    return Frame(
        title=title,
        body=[
            *told(model, look),
            *_earlier(context, look),
            *_language(words, dispatch, look),
            *_text(words, context, look),
            *_done(model, context, dispatch, look),
        ],
        main=_main(model, words, dispatch, look),
        back=lambda: dispatch(LeavePressed()),
        dialog=unkept_dialog(model, dispatch, look),
        scroll_to_top="notice",
        person_language=words.person_language,
    )


def _earlier(context: Context, look: Look) -> list[ft.Control]:
    """What was said of the notice before."""
    t = look.t
    if context.last is None:
        return []
    notice, at_ms = context.last
    at = formats.instant(t, at_ms, context.zone)
    if not notice.given:
        text = t.fill(t.gettext("It was put off on {time}."), time=at)
        return [w.notice("notice.earlier", text)]
    name = names.language_name(t, notice.language) if notice.language else "?"
    template = t.gettext("It was given on {time}, in this language: {language}.")
    return [w.notice("notice.earlier", t.fill(template, time=at, language=name))]


def _language(words: Words, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """In which language the person is told, and whether it stands on the screen."""
    t = look.t
    _ = t.gettext
    name = names.language_name(t, words.wanted) if words.wanted else _("Not known yet")
    parts: list[ft.Control] = [
        w.list_row(
            "notice.language",
            w.Row(_("Language of the person"), name, icon=ft.Icons.TRANSLATE),
            lambda: dispatch(LanguagesOpened()),
        )
    ]
    if words.is_interpreted:
        shown = names.language_name(t, look.t.tag)
        template = _(
            "There are no words in this language here. They are shown in {language}: "
            "say them aloud in the person’s language, or have them interpreted."
        )
        text = t.fill(template, language=shown)
        parts.append(w.notice("notice.interpreted", text, w.Tone.WARNING))
    return parts


def _text(words: Words, context: Context, look: Look) -> list[ft.Control]:
    """The deployer's text, then what the law asks for in our own words."""
    parts: list[ft.Control] = []
    for key, text in (("own", words.own_text), ("staff", words.staff_text)):
        if text is not None and not (key == "staff" and text == words.own_text):
            is_rtl = bidi.direction_of(text.body) is Direction.RTL
            size = Type.LEAD if key == "own" else Type.BODY
            body = w.line(w.Said(text.body, is_rtl), look, size)
            parts.append(w.card(f"notice.text.{key}", [body]))
    staffs = sentences(words.staff, context)
    theirs: tuple[w.Said | None, ...] = (None,) * len(staffs)
    if words.person is not None:
        theirs = sentences(words.person, context)
    lines = [
        w.bilingual_text(staff, person, look)
        for staff, person in zip(staffs, theirs, strict=True)
    ]
    return [*parts, w.card("notice.sentences", lines)]


def _done(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Given or put off; then how, or why."""
    _ = look.t.gettext
    choices = (
        w.Choice(GIVEN, _("The person was told"), icon=ft.Icons.RECORD_VOICE_OVER),
        w.Choice(POSTPONED, _("Put off until later"), icon=ft.Icons.SCHEDULE),
    )
    answering = w.Answering(lambda text: dispatch(Entered(Field.STATUS, text)))
    parts: list[ft.Control] = [
        w.section_title(_("Was the person told?")),
        w.yes_no("notice.status", choices, model.form.status or None, look, answering),
    ]
    if model.asked and Need.STATUS in model.needs:
        parts.append(w.error_line(_("Choose one. Care goes on either way.")))
    if model.form.status == GIVEN:
        parts += how_given(model, dispatch, look)
    if model.form.status == POSTPONED:
        parts += why_postponed(model, context, dispatch, look)
    return parts


def _main(model: Model, words: Words, dispatch: Dispatch, look: Look) -> ft.Control:
    _ = look.t.gettext
    is_last = model.form.status == POSTPONED
    label = _("Save") if is_last else _("Continue")
    key = "notice.save" if is_last else "notice.continue"
    event = ContinuePressed(words.shown_in)
    return w.main_button(key, label, lambda: dispatch(event), enabled=not model.busy)


def _languages(model: Model, context: Context, dispatch: Dispatch, look: Look) -> Frame:
    """The languages that the notice may be given in."""
    t = look.t
    _ = t.gettext
    texts = (text.language for text in context.notice.texts)
    tags = dict.fromkeys((*texts, *t.languages, *t.languages.likely))
    if context.language:
        tags = dict.fromkeys((context.language, *tags))
    choices = [_language_choice(look, tag) for tag in tags]
    tell = w.one(lambda tag: dispatch(Entered(Field.LANGUAGE, tag)))
    chosen = {model.form.language}
    return Frame(
        title=_("Language of the person"),
        body=[w.choice_list("notice.tag", choices, chosen, look, tell)],
        back=lambda: dispatch(BackPressed()),
        scroll_to_top="languages",
    )


def _language_choice(look: Look, tag: str) -> w.Choice:
    own = names.own_name(tag)
    is_rtl = bidi.direction_of(own) is Direction.RTL
    name = look.t.isolate(names.language_name(look.t, tag))
    return w.Choice(tag, name, w.Said(own, is_rtl))


def _saved(context: Context, dispatch: Dispatch, look: Look) -> Frame:
    """It is kept; care goes on, whatever was answered."""
    _ = look.t.gettext
    ways = {
        Way.SCREENING: w.quiet_button
        if context.station is Station.REGISTRATION
        else w.main_button,
        Way.HOME: w.main_button
        if context.station is Station.REGISTRATION
        else w.quiet_button,
    }
    screening = ways[Way.SCREENING](
        "notice.screening",
        _("Go on to the screening"),
        lambda: dispatch(WayPressed(Way.SCREENING)),
    )
    home = ways[Way.HOME](
        "notice.home",
        _("People who are waiting"),
        lambda: dispatch(WayPressed(Way.HOME)),
    )
    is_desk = context.station is Station.REGISTRATION
    return Frame(
        title=_("Saved"),
        body=[
            w.notice(
                "notice.saved",
                _("Saved on this tablet. Care goes on, whatever was answered."),
            )
        ],
        main=home if is_desk else screening,
        quiet=screening if is_desk else home,
        back=lambda: dispatch(WayPressed(Way.HOME)),
    )
