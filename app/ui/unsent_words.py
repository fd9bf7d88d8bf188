"""What is said of records that exist on one tablet alone: counts, and nobody's name."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.i18n import formats, sync_words
from app.ui import widgets as w
from app.ui.look import Look


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """How many records exist only here, and how long the oldest has waited."""

    records: int
    waited_ms: int | None = None


def only_here_notice(key: str, here: OnlyHere, look: Look) -> list[ft.Control]:
    """Say how many exist only here, and how old the oldest is."""
    tone = w.Tone.WARNING if here.records else w.Tone.INFO
    said: list[ft.Control] = [
        w.notice(key, sync_words.only_here(look.t, here.records), tone)
    ]
    if here.records and here.waited_ms is not None:
        said.append(w.subtitle(oldest(here.waited_ms, look)))
    return said


def oldest(waited_ms: int, look: Look) -> str:
    """How long the oldest has waited."""
    t = look.t
    template = t.gettext("The oldest has waited for {time}.")
    return t.fill(template, time=formats.waiting(t, waited_ms))


def keep_the_tablet(key: str, look: Look) -> ft.Control:
    """What would lose them: nobody can stop it but whoever holds the tablet."""
    said = look.t.gettext(
        "Until they are sent, do not remove the app, and do not reset or give away "
        "this tablet: these records would be lost."
    )
    return w.notice(key, said, w.Tone.WARNING)


def unsent_dialog(
    here: OnlyHere, deed: w.Deed, look: Look, cancel: Callable[[], None]
) -> ft.AlertDialog:
    """Ask before what would lose records that exist only here: a wipe, a new set-up.

    `deed` is that; where nothing exists only here, do it without asking this.
    """
    t = look.t
    template = t.ngettext(
        "{count} record exists only on this tablet and would be lost for good. Send "
        "it first, or save it to a stick.",
        "{count} records exist only on this tablet and would be lost for good. Send "
        "them first, or save them to a stick.",
        here.records,
    )
    explanation = t.fill(template, count=here.records)
    return w.ask(t.gettext("Not everything was sent"), explanation, deed, look, cancel)
