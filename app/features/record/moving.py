"""Drawing of the question whether a record is another person's, both in view."""

from collections.abc import Callable

import flet as ft

from app.clinic.moving import moving
from app.core.ids import format_card_code
from app.core.projections import View
from app.features.record import correcting
from app.features.record.events import AskingClosed, Event, Loaded, MovePressed
from app.features.record.state import Model
from app.i18n import Translator, formats, messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.record_words import RecordWords

Dispatch = Callable[[Event], None]


def whether(
    model: Model, loaded: Loaded, dispatch: Dispatch, look: Look, words: RecordWords
) -> Frame:
    """Draw from whom to whom a record goes, and what goes with it; then ask why."""
    _ = look.t.gettext
    pairs = [
        (_("Written on"), _wrong(loaded, look.t)),
        (_("Belongs to"), _right(model, look.t)),
        (_("What moves"), "\n".join(_what(model, loaded, words))),
    ]
    body: list[ft.Control] = [
        w.card("record.whether", [w.key_values("record.whether.facts", pairs)])
    ]
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        body.append(w.notice("record.problem", sentence, w.Tone.WARNING))
    return Frame(
        title=_("Move to another person?"),
        body=body,
        main=w.main_button(
            "record.move",
            _("Move to this person"),
            lambda: dispatch(MovePressed()),
            enabled=not model.busy,
        ),
        dialog=correcting.dialog(model, dispatch, look),
        back=lambda: dispatch(AskingClosed()),
        scroll_to_top="whether",
    )


def _wrong(loaded: Loaded, t: Translator) -> str:
    patient = loaded.patient
    return _called(t, patient.name.display, patient.card) if patient else ""


def _right(model: Model, t: Translator) -> str:
    person = model.right_person
    return _called(t, person.display_name, person.card) if person else ""


def _called(t: Translator, name: str, card: str) -> str:
    said = t.isolate(name) if name else t.gettext("No name yet")
    return f"{said} · {formats.code(t, format_card_code(card))}" if card else said


def _what(model: Model, loaded: Loaded, words: RecordWords) -> list[str]:
    if model.record_id in loaded.notes:
        return [words.title(loaded.notes[model.record_id])]
    found = moving(loaded.documents.values(), model.record_id)
    return [words.title(d) for d in found if not View(d).entered_in_error]
