"""How the notice was given, and why it was put off."""

from collections.abc import Callable

import flet as ft

from app.clinic.consents import PostponedReason
from app.core.values import InterpreterMode
from app.features.notice.form import Field
from app.features.notice.model import Context, Model, Need
from app.features.notice.state import Entered, Event
from app.i18n.terms import interpreter_mode_name
from app.ui import widgets as w
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def how_given(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Who interpreted, and how."""
    t = look.t
    _ = t.gettext
    choices = [
        w.Choice(mode.value, interpreter_mode_name(t, mode)) for mode in InterpreterMode
    ]
    tell = w.one(lambda text: dispatch(Entered(Field.MODE, text)))
    chosen = {model.form.mode}
    parts: list[ft.Control] = [
        w.section_title(_("Who interpreted?")),
        w.choice_list("notice.mode", choices, chosen, look, tell),
    ]
    if model.asked and Need.MODE in model.needs:
        parts.append(w.error_line(_("Choose who interpreted, or that nobody had to.")))
    if model.form.mode not in ("", InterpreterMode.NONE):
        parts.append(
            w.text_field(
                "notice.interpreter",
                _("Name of the interpreter"),
                model.form.interpreter,
                lambda text: dispatch(Entered(Field.INTERPRETER, text)),
            )
        )
    return parts


def why_postponed(
    model: Model, context: Context, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """A reason; the person stays in the queue of those to be told."""
    _ = look.t.gettext
    reasons = [
        w.Choice(PostponedReason.NO_INTERPRETER, _("No interpreter")),
        w.Choice(PostponedReason.TOO_UNWELL, _("The person is too unwell")),
        w.Choice(PostponedReason.TOO_UPSET, _("The person is too tired or upset")),
        w.Choice(PostponedReason.URGENT_CARE, _("Care could not wait")),
        w.Choice(PostponedReason.OTHER, _("Another reason")),
    ]
    if context.is_child:
        no_adult = _("No adult is with the child")
        reasons.insert(1, w.Choice(PostponedReason.NO_ADULT, no_adult))
    tell = w.one(lambda text: dispatch(Entered(Field.REASON, text)))
    chosen = {model.form.reason}
    parts: list[ft.Control] = [
        w.section_title(_("Why?")),
        w.choice_list("notice.reason", reasons, chosen, look, tell),
    ]
    if model.asked and Need.REASON in model.needs:
        parts.append(w.error_line(_("Choose a reason. Care goes on either way.")))
    return parts
