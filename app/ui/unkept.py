"""Asked before one leaves a form that could not be kept."""

from collections.abc import Callable

import flet as ft

from app.core.problems import ProblemCode
from app.i18n import messages
from app.ui import widgets as w
from app.ui.look import Look


def unkept_dialog(
    problem: ProblemCode,
    look: Look,
    leave: Callable[[], None],
    stay: Callable[[], None],
) -> ft.AlertDialog:
    """Say what could not be kept, and why; leaving loses it."""
    t = look.t
    why = messages.problem(t, problem)
    lost = t.gettext("What was typed here is not kept. If you leave, it is lost.")
    deed = w.Deed(t.gettext("Leave"), leave)
    question = t.gettext("Leave without saving?")
    return w.ask(question, f"{why}\n{lost}", deed, look, stay)
