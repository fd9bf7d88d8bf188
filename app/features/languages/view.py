"""Drawing of Languages: each by its own name, with who stands behind its words."""

from collections.abc import Callable

import flet as ft

from app.features.languages.state import Event, LanguagePressed, Model
from app.i18n import messages, names
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.widgets.choices import one

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the languages that have a catalogue."""
    t = look.t
    _ = t.gettext
    choices = [
        w.Choice(
            language.tag,
            t.isolate(names.own_name(language.tag)),
            detail=messages.review_state(t, language.review),
        )
        for language in t.languages.for_staff()
    ]
    body: list[ft.Control] = [
        w.choice_list(
            "languages",
            choices,
            {model.tag},
            look,
            one(lambda tag: dispatch(LanguagePressed(tag))),
        ),
        w.notice(
            "languages.draft",
            _(
                "Drafted translations help to find one’s way. Ask an interpreter "
                "where something depends on the words."
            ),
        ),
    ]
    return Frame(title=_("Language of the app"), body=body)
