"""What a role is told in place of what it may not see: never an empty place."""

import flet as ft

from app.i18n import Translator
from app.ui import widgets as w
from app.ui.look import Look


def with_whom_to_ask(t: Translator, said: str) -> str:
    """Return what is said to a role of what it may not see, and what it can do."""
    whom = t.gettext("Ask a nurse or a coordinator.")
    return f"{said} {whom}"


def not_shown(key: str, look: Look, action: ft.Control | None = None) -> ft.Control:
    """Say that something is there, and whom it is not for; `action` opens it."""
    said = look.t.gettext("Some of this record is not shown to your role.")
    return w.notice(key, with_whom_to_ask(look.t, said), action=action)


def call_the_nurse(key: str, look: Look) -> ft.Control:
    """Say what to do where an alarm stands, without what it means."""
    said = look.t.gettext("Call the nurse now. The reason is not shown to your role.")
    return w.notice(key, said, w.Tone.DANGER)
