"""The first page: in which language, who interprets, who is with the person."""

from collections.abc import Callable, Mapping

import flet as ft

from app.clinic.library import Form
from app.core.values import InterpreterMode, ResponseStatus
from app.features.screening.events import (
    BackPressed,
    CompanyChosen,
    Event,
    InterpreterChosen,
    InterpreterTyped,
    LanguageChosen,
    MoreLanguagesPressed,
    StartPressed,
)
from app.features.screening.model import Company, Model
from app.features.screening.state import missing
from app.features.screening.tongues import Tongues
from app.i18n import N_, names, terms
from app.ui import widgets as w
from app.ui.form_words import FormWords
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]
_COMPANY: Mapping[Company, str] = {
    Company.NOBODY: N_("Nobody: alone with the staff"),
    Company.RELATIVE: N_("A relative"),
    Company.GUARDIAN: N_("A legal guardian"),
    Company.OTHER: N_("Somebody else"),
}


def frame(model: Model, tongues: Tongues, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the page."""
    _ = look.t.gettext
    form = tongues.form
    is_begun = model.loaded is not None and bool(model.loaded.saved)
    return Frame(
        title=FormWords(look.t, form, form.canonical).title,
        body=[
            *_stopped(model, look),
            *_unanswered(model, look),
            *_note(form, look),
            *_language(model, dispatch, look),
            *_interpreter(model, dispatch, look),
            *_company(model, dispatch, look),
        ],
        main=w.main_button(
            "screening.start",
            _("Go on with the questions") if is_begun else _("Start the questions"),
            lambda: dispatch(StartPressed()),
        ),
        back=lambda: dispatch(BackPressed()),
        # What is missing is said at the top, and from there it is seen.
        scroll_to_top=f"intro{model.intro.is_checked}",
        person_language=tongues.tag(look),
    )


def _unanswered(model: Model, look: Look) -> list[ft.Control]:
    """Say at the top that something below is missing: it may be out of sight."""
    if not (model.intro.is_checked and missing(model)):
        return []
    text = look.t.gettext("Something is missing below. It is marked.")
    return [w.notice("screening.missing", text, w.Tone.WARNING)]


def _note(form: Form, look: Look) -> list[ft.Control]:
    """Say to the staff what the rules of the form do not look at."""
    note = form.protocol.staff_note if form.protocol else None
    if note is None:
        return []
    words = FormWords(look.t, form, form.canonical)
    return [w.notice("screening.note", words.of_staff(note), w.Tone.INFO)]


def _stopped(model: Model, look: Look) -> list[ft.Control]:
    loaded = model.loaded
    if loaded is None or loaded.status is not ResponseStatus.STOPPED:
        return []
    text = look.t.gettext("This was ended early before. It goes on where it ended.")
    return [w.notice("screening.stopped", text)]


def _language(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    chosen = model.intro.language
    first = [chosen, *model.languages.with_words]
    tags = [*first, *t.languages.likely] if model.intro.all_languages else first
    choices = [
        w.Choice(tag, names.language_name(t, tag), detail=_own_name(tag, look))
        for tag in dict.fromkeys(tags)
        if tag
    ]
    found: list[ft.Control] = [
        w.section_title(_("Which language do you ask in?")),
        w.choice_list(
            "screening.language",
            choices,
            {chosen},
            look,
            w.one(lambda tag: dispatch(LanguageChosen(tag))),
        ),
    ]
    if not model.intro.all_languages:
        found.append(
            w.quiet_button(
                "screening.more_languages",
                _("Another language"),
                lambda: dispatch(MoreLanguagesPressed()),
            )
        )
    return [*found, *_needed(model, "language", _("Choose a language."))]


def _own_name(tag: str, look: Look) -> str:
    own = names.own_name(tag)
    return "" if own == names.language_name(look.t, tag) else look.t.isolate(own)


def _interpreter(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t, intro = look.t, model.intro
    _ = t.gettext
    language = names.language_name(t, intro.language) if intro.language else ""
    found: list[ft.Control] = [w.section_title(_("Who interprets?"))]
    if language and not model.languages.has_words(intro.language):
        template = _(
            "There is no official text of this form in {language}. "
            "It is interpreted aloud. What was said, and by whom, is kept with "
            "the answers."
        )
        text = t.fill(template, language=language)
        found.append(w.notice("screening.aloud", text, w.Tone.INFO))
    choices = [w.Choice(mode.value, _mode_name(mode, look)) for mode in InterpreterMode]
    found.append(
        w.choice_list(
            "screening.interpreter",
            choices,
            {intro.mode.value} if intro.mode else set(),
            look,
            w.one(lambda mode: dispatch(InterpreterChosen(mode))),
        )
    )
    if intro.mode not in (None, InterpreterMode.NONE):
        found.append(
            w.text_field(
                "screening.interpreter_name",
                _("Name of who interprets"),
                intro.name,
                lambda text: dispatch(InterpreterTyped(text)),
            )
        )
        found += _needed(model, "name", _("Write who interprets."))
    if intro.mode is InterpreterMode.RELATIVE:
        text = _(
            "With a relative in the room, some things are hard to say. "
            "Take another interpreter if you can."
        )
        found.append(w.notice("screening.relative", text, w.Tone.WARNING))
    return [*found, *_needed(model, "interpreter", _("Say who interprets."))]


def _mode_name(mode: InterpreterMode, look: Look) -> str:
    if mode is InterpreterMode.NONE:
        return look.t.gettext("Nobody is needed: the staff speak the language")
    return terms.interpreter_mode_name(look.t, mode)


def _company(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.section_title(_("Who is with the person now?")),
        w.choice_list(
            "screening.company",
            [w.Choice(each.value, _(_COMPANY[each])) for each in Company],
            {model.intro.company},
            look,
            w.one(lambda code: dispatch(CompanyChosen(code))),
        ),
        *_needed(model, "company", _("Say who is with the person.")),
    ]


def _needed(model: Model, name: str, sentence: str) -> list[ft.Control]:
    is_told = model.intro.is_checked and name in missing(model)
    return [w.error_line(sentence)] if is_told else []
