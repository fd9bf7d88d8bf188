"""On the lock screen: what is not sent yet, and the two ways out, without a PIN."""

from collections.abc import Callable

import flet as ft

from app.features.unlock.unsent import Unsent, WayPressed
from app.i18n import sync_words
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.routes import Way
from app.ui.theme import Space
from app.ui.unsent_words import oldest


def unsent_part(
    unsent: Unsent, dispatch: Callable[[WayPressed], None], look: Look
) -> list[ft.Control]:
    """Say how many records wait, how old the oldest is, and offer to send or save."""
    if unsent.problem is not None:
        said = look.t.gettext(
            "What waits to be sent can’t be sent from here. Nothing is lost: unlock "
            "this tablet, and it is sent from there."
        )
        return [w.notice("unlock.unsent", said, w.Tone.WARNING)]
    if not unsent.is_something:
        return []
    return [w.card("unlock.unsent", [*_said(unsent, look), _ways(dispatch, look)])]


def _said(unsent: Unsent, look: Look) -> list[ft.Control]:
    if not unsent.records:
        said = look.t.gettext("Only notes of who read what wait to be sent.")
        return [w.words(said)]
    return [
        w.words(sync_words.only_here(look.t, unsent.records), bold=True),
        w.subtitle(oldest(unsent.waited_ms, look)),
    ]


def _ways(dispatch: Callable[[WayPressed], None], look: Look) -> ft.Control:
    _ = look.t.gettext
    send = w.quiet_button(
        "unlock.send", _("Send"), lambda: dispatch(WayPressed(Way.SEND))
    )
    save = w.quiet_button(
        "unlock.save", _("Save to stick"), lambda: dispatch(WayPressed(Way.SAVE))
    )
    return ft.Row(
        [ft.Container(send, expand=True), ft.Container(save, expand=True)],
        spacing=Space.SMALL,
    )
