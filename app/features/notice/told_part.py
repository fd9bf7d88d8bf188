"""What every page of the notice tells first."""

import flet as ft

from app.features.notice.model import Model
from app.i18n import messages
from app.ui import widgets as w
from app.ui.look import Look


def told(model: Model, look: Look) -> list[ft.Control]:
    """What went wrong, what came back after a pause."""
    t = look.t
    problems = (
        ("notice.problem", model.problem),
        ("notice.draft_problem", model.draft_problem),
    )
    found: list[ft.Control] = [
        w.notice(key, messages.problem(t, code), w.Tone.WARNING)
        for key, code in problems
        if code is not None
    ]
    if model.restored:
        text = t.gettext("What was typed here before, and not saved, is back.")
        found.append(w.notice("notice.restored", text))
    return found
