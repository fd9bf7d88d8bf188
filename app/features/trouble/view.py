"""Drawing of Trouble: the records can't be opened, and what to do."""

from collections.abc import Callable

import flet as ft

from app.core.problems import ProblemCode
from app.features.trouble.state import AgainPressed, Event, LanguagesPressed, Model
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look


def view(model: Model, dispatch: Callable[[Event], None], look: Look) -> Frame:
    """Draw one sentence, and the name of the file that was kept."""
    t = look.t
    _ = t.gettext
    sentence = messages.problem(t, model.problem)
    body: list[ft.Control] = [w.notice("trouble", sentence, w.Tone.WARNING)]
    if model.kept:
        kept = (_("Kept file"), t.isolate_ltr(model.kept))
        body.append(w.key_values("trouble.kept", [kept]))
    if model.problem == ProblemCode.VAULT_CORRUPT:
        body.append(
            w.words(
                _(
                    "Give this tablet to your administrator. When you open the app "
                    "again it starts with an empty store and asks to be set up."
                )
            )
        )
    is_revoked = model.problem == ProblemCode.DEVICE_REVOKED
    if is_revoked:
        body.append(_handed_over(look))
    if model.is_same:
        same = _("Tried again just now: nothing has changed.")
        body.append(w.notice("trouble.same", same))
    again = w.main_button(
        "trouble.again",
        _("Set up this tablet") if is_revoked else _("Try again"),
        lambda: dispatch(AgainPressed()),
    )
    return Frame(
        title=_title(is_revoked, look),
        body=body,
        actions=[
            w.language_button(
                "trouble.languages", look, lambda: dispatch(LanguagesPressed())
            )
        ],
        main=again if model.may_pass else None,
    )


def _title(is_revoked: bool, look: Look) -> str:  # noqa: FBT001 - one of two titles
    _ = look.t.gettext
    return (
        _("This tablet was blocked") if is_revoked else _("The records can’t be opened")
    )


def _handed_over(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.words(
        _(
            "What only this tablet had was handed over to the server. Then "
            "everything was removed from this tablet."
        )
    )
