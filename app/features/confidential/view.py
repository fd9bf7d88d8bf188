"""Drawing of Confidential: what it is about, what was said, and who will read it."""

from collections.abc import Callable

import flet as ft

from app.features.confidential.state import (
    CategoryChosen,
    Event,
    Model,
    SavePressed,
    TextTyped,
)
from app.features.confidential.words import CATEGORIES, who_reads
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.leaving import LeavePressed, LossAccepted, StayPressed
from app.ui.look import Look
from app.ui.unkept import loss_dialog

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the note."""
    _ = look.t.gettext
    title = _("Confidential note")
    if not model.readers:  # What nobody could read is not asked for.
        return Frame(title, [who_reads("confidential.nobody", (), look)])
    choices = [w.Choice(each, _(name)) for each, name in CATEGORIES.items()]
    tell = w.one(lambda category: dispatch(CategoryChosen(category)))
    return Frame(
        title=title,
        body=[
            who_reads("confidential.readers", model.readers, look),
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
                _(
                    "Nothing is kept before you save. Afterwards only those who may "
                    "read confidential notes can read it."
                )
            ),
        ],
        main=w.main_button(
            "confidential.save",
            _("Save"),
            lambda: dispatch(SavePressed()),
            enabled=model.can_save,
        ),
        dialog=_dialog(model, dispatch, look),
        back=lambda: dispatch(LeavePressed()),
    )


def _dialog(model: Model, dispatch: Dispatch, look: Look) -> ft.AlertDialog | None:
    """What is typed is in no draft: asked before it is lost."""
    if not model.asks_to_leave:
        return None
    leave, stay = LossAccepted(), StayPressed()
    return loss_dialog(None, lambda: dispatch(leave), lambda: dispatch(stay), look)


def _problem(model: Model, look: Look) -> list[ft.Control]:
    if model.problem is None:
        return []
    sentence = messages.problem(look.t, model.problem)
    return [w.notice("confidential.problem", sentence, w.Tone.WARNING)]
