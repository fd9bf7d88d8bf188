"""Asked before one leaves a form that could not be kept."""

from collections.abc import Callable

import flet as ft

from app.i18n import messages
from app.ui import widgets as w
from app.ui.leaving import Leavable, LossAccepted, StayPressed
from app.ui.look import Look


def unkept_dialog(
    model: Leavable, dispatch: Callable[[LossAccepted | StayPressed], None], look: Look
) -> ft.AlertDialog | None:
    """Say what could not be kept, and why; leaving loses it."""
    if not model.asks_to_leave or model.draft_problem is None:
        return None
    t = look.t
    why = messages.problem(t, model.draft_problem)
    lost = t.gettext("What was typed here is not kept. If you leave, it is lost.")
    deed = w.Deed(t.gettext("Leave"), lambda: dispatch(LossAccepted()))
    question = t.gettext("Leave without saving?")
    stay = StayPressed()
    return w.ask(question, f"{why}\n{lost}", deed, look, lambda: dispatch(stay))
