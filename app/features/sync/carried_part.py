"""Drawing of the way by a stick, and of what a file from the server said."""

from collections.abc import Callable

import flet as ft

from app.features.sync.carried import Answering, AnswerPressed, Heard
from app.i18n import messages, sync_words
from app.ui import widgets as w
from app.ui.look import Look


def carried_part(
    answering: Answering, dispatch: Callable[[AnswerPressed], None], look: Look
) -> list[ft.Control]:
    """Draw the way by a stick: what to do here."""
    _ = look.t.gettext
    said = _(
        "Without a network: lock this tablet and save to a stick from the lock "
        "screen. A file that comes back from your coordinator is taken in here."
    )
    button = w.quiet_button(
        "sync.take",
        _("Take in a file"),
        lambda: dispatch(AnswerPressed()),
        ft.Icons.USB,
        enabled=not answering.is_busy,
    )
    return [w.section_title(_("By stick")), w.words(said), button]


def came_of_it(answering: Answering, look: Look) -> list[ft.Control]:
    """Draw what came of a file; it stands first, for it answers a press."""
    _ = look.t.gettext
    if answering.is_busy:
        return [w.waiting("sync.taking", _("Taking in the file"))]
    if answering.problem is not None:
        sentence = messages.problem(look.t, answering.problem)
        return [w.notice("sync.take_problem", sentence, w.Tone.WARNING)]
    if answering.heard is not None:
        return [w.notice("sync.taken", _heard(answering.heard, look))]
    return []


def _heard(heard: Heard, look: Look) -> str:
    t = look.t
    confirmed = t.ngettext(
        "The server has {count} change of this tablet.",
        "The server has {count} changes of this tablet.",
        heard.confirmed,
    )
    said = [
        t.fill(confirmed, count=heard.confirmed),
        sync_words.received(t, heard.received),
    ]
    if heard.set_aside:
        refused = t.ngettext(
            "It did not accept {count} change; it is kept here.",
            "It did not accept {count} changes; they are kept here.",
            heard.set_aside,
        )
        said.append(t.fill(refused, count=heard.set_aside))
    return " ".join(said)
