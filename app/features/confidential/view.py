"""Drawing of Confidential: what it is about, what was said, and who will read it."""

from collections.abc import Callable

import flet as ft

from app.core.confidential import Category
from app.core.problems import ProblemCode
from app.features.confidential.state import (
    CategoryChosen,
    Event,
    Model,
    SavePressed,
    TextTyped,
)
from app.i18n import formats, messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the note."""
    _ = look.t.gettext
    choices = [
        w.Choice(Category.VIOLENCE.value, _("Violence")),
        w.Choice(Category.HIV.value, _("HIV")),
        w.Choice(Category.OTHER.value, _("Something else")),
    ]
    tell = w.one(lambda category: dispatch(CategoryChosen(category)))
    return Frame(
        title=_("Confidential note"),
        body=[
            _who_reads(model, look),
            *_problem(model, look),
            w.choice_list("confidential.about", choices, {model.category}, look, tell),
            w.text_field(
                "confidential.text",
                _("What was said, in any language"),
                model.text,
                lambda text: dispatch(TextTyped(text)),
                w.FieldOptions(lines=6),
            ),
            w.words(
                _("Nothing is kept before you save. Afterwards you can’t read it.")
            ),
        ],
        main=w.main_button(
            "confidential.save",
            _("Save"),
            lambda: dispatch(SavePressed()),
            enabled=model.can_save,
        ),
    )


def _who_reads(model: Model, look: Look) -> ft.Control:
    t = look.t
    if not model.readers:
        said = messages.problem(t, ProblemCode.NO_READER_YET)
        return w.notice("confidential.nobody", said, w.Tone.WARNING)
    names = formats.joined(t, map(t.isolate, model.readers))
    said = t.fill(t.gettext("Who may read it: {names}"), names=names)
    return w.notice("confidential.readers", said)


def _problem(model: Model, look: Look) -> list[ft.Control]:
    if model.problem is None:
        return []
    sentence = messages.problem(look.t, model.problem)
    return [w.notice("confidential.problem", sentence, w.Tone.WARNING)]
