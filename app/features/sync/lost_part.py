"""Drawing of what of this tablet's file can't be read: how much, and what to do."""

import flet as ft

from app.features.sync.progress import Lost
from app.ui import widgets as w
from app.ui.look import Look


def lost_part(lost: Lost, look: Look) -> list[ft.Control]:
    """Say what is damaged, and that sending is stuck behind it."""
    t = look.t
    _ = t.gettext
    found: list[ft.Control] = []
    if lost.damaged:
        template = t.ngettext(
            "{count} part of the records on this tablet is damaged. What can still be "
            "read goes on. Nothing was deleted. Send what there is, and tell your "
            "administrator.",
            "{count} parts of the records on this tablet are damaged. What can still "
            "be read goes on. Nothing was deleted. Send what there is, and tell your "
            "administrator.",
            lost.damaged,
        )
        said = t.fill(template, count=lost.damaged)
        found.append(w.notice("sync.damaged", said, w.Tone.WARNING))
    if lost.is_stuck:
        said = _(
            "Sending is stuck: what comes first can’t be read, and nothing can pass "
            "it. The rest is kept on this tablet. Tell your administrator."
        )
        found.append(w.notice("sync.stuck", said, w.Tone.WARNING))
    if lost.is_put_back:
        said = _(
            "An older copy of the records was put back on this tablet. What was saved "
            "here since then may be missing. Send what there is, and tell your "
            "administrator."
        )
        found.append(w.notice("sync.put-back", said, w.Tone.WARNING))
    return found
