"""Drawing of a confidential note: what it is about, what was said, by whom, when."""

from collections.abc import Callable

import flet as ft

from app.core.problems import ProblemCode
from app.features.confidential.reading_state import AgainPressed, Event, Model, Opened
from app.features.confidential.words import category_name, who_reads
from app.i18n import messages
from app.i18n.bidi import direction_of
from app.i18n.languages import Direction
from app.ui import provenance
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.theme import Type

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the note, or why it stays closed."""
    _ = look.t.gettext
    title = _("Confidential note")
    if model.problem is not None:
        return _closed(title, model.problem, model, dispatch, look)
    if model.opened is None:
        return Frame(title, [w.waiting("disclosure.loading", _("Opening"))])
    return Frame(title, _note(model.opened, model, look))


def _note(opened: Opened, model: Model, look: Look) -> list[ft.Control]:
    t, note = look.t, opened.note
    said = w.Said(note.text, direction_of(note.text) is Direction.RTL)
    return [
        w.section_title(category_name(t, note.category)),
        w.card("disclosure.text", [w.line(said, look, Type.LEAD)]),
        w.subtitle(provenance.of_write(t, opened.write, opened.names)),
        who_reads("disclosure.readers", model.readers, look),
    ]


def _closed(
    title: str, problem: ProblemCode, model: Model, dispatch: Dispatch, look: Look
) -> Frame:
    sentence = messages.problem(look.t, problem)
    body = [
        w.notice("disclosure.problem", sentence, w.Tone.WARNING),
        who_reads("disclosure.readers", model.readers, look),
    ]
    if problem is ProblemCode.NOT_ALLOWED:
        return Frame(title, body)
    again = look.t.gettext("Try again")
    main = w.main_button("disclosure.again", again, lambda: dispatch(AgainPressed()))
    return Frame(title, body, main)
