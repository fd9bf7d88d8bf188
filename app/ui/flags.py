"""A red flag as screens show it: what is dangerous, and whose rule says so."""

import flet as ft

from app.clinic.library import Form
from app.i18n import Translator
from app.ui import widgets as w
from app.ui.form_words import FormWords


def flag_notice(key: str, text: str, form: Form | None, t: Translator) -> ft.Control:
    """Draw a red flag; below it one quiet line says where it comes from."""
    line = _source(form, t)
    ink = w.Tone.DANGER.ink
    quiet = w.words(line, color=ink) if line else None
    return w.notice(key, text, w.Tone.DANGER, quiet)


def _source(form: Form | None, t: Translator) -> str:
    if form is None or form.protocol is None:
        return ""
    protocol = form.protocol
    title = FormWords(t, form, form.canonical).of_staff(
        protocol.text(protocol.title, "")
    )
    rules = t.fill(
        t.gettext("Rules: {protocol}, version {version}"),
        protocol=title,
        version=t.isolate_ltr(protocol.version),
    )
    review = (
        t.gettext("Reviewed by a clinician")
        if protocol.is_reviewed
        else t.gettext("Not yet reviewed by a clinician")
    )
    return f"{rules} · {review}"
