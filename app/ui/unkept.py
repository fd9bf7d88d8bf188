"""Asked before one leaves a form that could not be kept."""

from collections.abc import Callable

import flet as ft

from app.core.problems import ProblemCode
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
    leave, stay = LossAccepted(), StayPressed()
    problem = model.draft_problem
    return loss_dialog(problem, lambda: dispatch(leave), lambda: dispatch(stay), look)


def loss_dialog(
    problem: ProblemCode | None,
    leave: Callable[[], None],
    stay: Callable[[], None],
    look: Look,
) -> ft.AlertDialog:
    """Ask whether to leave although what was typed is lost then; `problem` says why."""
    t = look.t
    why = f"{messages.problem(t, problem)}\n" if problem else ""
    lost = t.gettext("What was typed here is not kept. If you leave, it is lost.")
    deed = w.Deed(t.gettext("Leave"), leave)
    question = t.gettext("Leave without saving?")
    return w.ask(question, f"{why}{lost}", deed, look, stay)
