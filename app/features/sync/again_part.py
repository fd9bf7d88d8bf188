"""Drawing of a tablet that the server does not know, or that goes on as another."""

from collections.abc import Callable

import flet as ft

from app.features.sync.state import CodeTyped, ConnectPressed, Event, Model
from app.i18n import messages
from app.ui import widgets as w
from app.ui.look import Look


def again_part(
    model: Model, dispatch: Callable[[Event], None], look: Look
) -> list[ft.Control]:
    """Ask for a new one-time code where one is needed; say what was done without."""
    _ = look.t.gettext
    progress = model.progress
    if progress is None:
        return []
    found: list[ft.Control] = []
    outcome = progress.outcome
    if outcome is not None and outcome.differed:
        template = look.t.ngettext(
            "The records of {count} person were not the same here as on the server. "
            "They were read again. Tell your administrator.",
            "The records of {count} people were not the same here as on the server. "
            "They were read again. Tell your administrator.",
            outcome.differed,
        )
        text = look.t.fill(template, count=outcome.differed)
        found.append(w.notice("sync.differed", text, w.Tone.WARNING))
    if outcome is not None and outcome.is_another:
        said = _(
            "The server took this tablet for a copy of another one. It now works under "
            "a name of its own. All that was written here is kept and was sent again."
        )
        found.append(w.notice("sync.another", said))
    if model.is_unknown:
        found += _code_entry(model, dispatch, look)
    return found


def _code_entry(
    model: Model, dispatch: Callable[[Event], None], look: Look
) -> list[ft.Control]:
    _ = look.t.gettext
    said = _(
        "Ask your administrator for a new one-time code for this tablet. "
        "All that was written here is kept, and is sent with the new code."
    )
    found: list[ft.Control] = [w.words(said)]
    if model.code_problem is not None:
        sentence = messages.problem(look.t, model.code_problem)
        found.append(w.notice("sync.code_problem", sentence, w.Tone.WARNING))
    found += [
        w.text_field(
            "sync.code",
            _("One-time code"),
            model.code,
            lambda text: dispatch(CodeTyped(text)),
            w.FieldOptions(is_ltr=True),
        ),
        w.quiet_button(
            "sync.connect", _("Connect again"), lambda: dispatch(ConnectPressed())
        ),
    ]
    return found
