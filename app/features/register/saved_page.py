"""After saving: the code, large, and where to go from here."""

import flet as ft

from app.core.ids import format_card_code
from app.features.register.checking import child_is_flagged
from app.features.register.events import (
    FamilyPressed,
    HomePressed,
    NextPressed,
    NoticePressed,
    Saved,
)
from app.features.register.minimum_page import Dispatch
from app.features.register.model import Model
from app.features.register.people_parts import flagged_notice
from app.i18n import formats
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.theme import Type


def saved_frame(model: Model, saved: Saved, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what was saved and the next steps."""
    t = look.t
    _ = t.gettext
    code = formats.code(t, format_card_code(saved.card))
    name = model.form.name.display
    lines: list[ft.Control] = [w.words(t.isolate(name), Type.TITLE)] if name else []
    lines += [w.subtitle(_("Card code")), w.words(code, Type.DISPLAY, bold=True)]
    if model.form.minted:
        lines.append(w.words(_("Write this code on a wristband"), Type.LEAD))
    body: list[ft.Control] = [
        w.notice("register.saved", _("Saved on this tablet.")),
        w.card("register.code", lines),
    ]
    if model.context is not None and child_is_flagged(model.form, model.context):
        body.append(flagged_notice(look))
    body += _next_steps(dispatch, look)
    return Frame(
        title=_("Registered"),
        body=body,
        main=w.main_button(
            "register.notice",
            _("Give the information notice"),
            lambda: dispatch(NoticePressed()),
        ),
        back=lambda: dispatch(HomePressed()),
        scroll_to_top="saved",
    )


def _next_steps(dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.quiet_button(
            "register.family",
            _("Another of this family"),
            lambda: dispatch(FamilyPressed()),
            ft.Icons.GROUP_ADD,
        ),
        w.quiet_button(
            "register.next_person",
            _("Register the next person"),
            lambda: dispatch(NextPressed()),
            ft.Icons.PERSON_ADD,
        ),
        w.quiet_button(
            "register.home",
            _("People who are waiting"),
            lambda: dispatch(HomePressed()),
            ft.Icons.HOME,
        ),
    ]
