"""Drawing of corrections: what to do, why, and for whom it should have been."""

from collections.abc import Callable

import flet as ft

from app.clinic.corrections import ErrorReason
from app.core.ids import format_card_code
from app.core.merge import Document
from app.core.projections import PatientView
from app.core.records import RecordType
from app.core.summary import PatientSummary
from app.features.record.events import (
    AskingClosed,
    ErrorPressed,
    Event,
    FieldPressed,
    PagePressed,
    PersonChosen,
    PersonTyped,
    ReasonChosen,
    WrongPersonPressed,
)
from app.features.record.state import Asking, Model
from app.i18n import N_, formats, messages, terms
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.record_words import Fact, RecordWords
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]

AMENDABLE = ("name", "sex", "birth", "language")
"""Fields of a person that have an editor of their own here."""

_REASONS = [reason for reason in ErrorReason if reason is not ErrorReason.CORRECTED]


_PAGES = {
    "company": N_("Who is with the child"),
    "origin": N_("Origin and languages"),
    "phones": N_("Phone numbers"),
    "arrival": N_("Arrival"),
}
"""Pages of the registration, on which the other fields are written anew."""


def dialog(model: Model, dispatch: Dispatch, look: Look) -> ft.AlertDialog | None:
    """Draw the question why, or nothing."""
    _ = look.t.gettext
    if model.asking not in (Asking.ERROR_REASON, Asking.MOVE_REASON):
        return None
    return w.reason_dialog(
        _("Why was this written in error?"),
        [w.Choice(r.value, terms.error_reason_name(look.t, r)) for r in _REASONS],
        look,
        lambda code: dispatch(ReasonChosen(code)),
        lambda: dispatch(AskingClosed()),
    )


def choosing(
    model: Model,
    record: Document,
    dispatch: Dispatch,
    look: Look,
    words: RecordWords,
) -> Frame:
    """Draw what can be corrected of a record.

    A page, no dialog: a choice leads on to another screen, and a dialog would stand
    in its way.
    """
    _ = look.t.gettext
    choices = [
        w.Choice(f"field:{name}", look.t.fill(_("Correct: {field}"), field=fact.label))
        for name, fact in _editable(record, words)
    ]
    choices += [
        w.Choice(
            f"page:{page}", look.t.fill(_("Correct: {field}"), field=_(_PAGES[page]))
        )
        for page in _pages(record, words)
    ]
    if record.record_type == RecordType.QUESTIONNAIRE_RESPONSE:
        choices.append(w.Choice("field:answers", _("Correct an answer")))
    if record.record_type != RecordType.PATIENT:
        choices.append(w.Choice("error", _("This was entered in error")))
        if model.may_move:
            choices.append(w.Choice("wrong", _("This belongs to another person")))
    return Frame(
        title=words.title(record),
        body=[
            *_chosen_facts(model, record, look, words),
            *(_way(choice, record, dispatch, look) for choice in choices),
        ],
        back=lambda: dispatch(AskingClosed()),
        scroll_to_top=f"what.{record.record_id}",
    )


def _chosen_facts(
    model: Model, record: Document, look: Look, words: RecordWords
) -> list[ft.Control]:
    """What it says; of a note nothing, and who else could move it."""
    if record.record_type == RecordType.CONFIDENTIAL_NOTE:
        _ = look.t.gettext
        said = _(
            "A confidential note that is entered in error stays sealed, "
            "and nobody is shown it any more. Your name and the reason are kept."
        )
        found: list[ft.Control] = [w.notice("record.note.told", said)]
        if not model.may_move:
            only = _("Only who may read it can move it to another person.")
            found.append(w.subtitle(only))
        return found
    facts = [(f.label, f.value) for _name, f in words.facts(record)]
    return [w.card("record.chosen", [w.key_values("record.chosen.facts", facts)])]


def _way(
    choice: w.Choice, record: Document, dispatch: Dispatch, look: Look
) -> ft.Control:
    return w.answer_tile(
        f"record.what.{choice.value}",
        choice,
        look,
        lambda value: dispatch(_chosen(record, value)),
        w.Mark(is_plain=True),
    )


def _editable(record: Document, words: RecordWords) -> list[tuple[str, Fact]]:
    if record.record_type != RecordType.PATIENT:
        return []
    return [(name, words.fact(record, name, None)) for name in AMENDABLE]


def _pages(record: Document, words: RecordWords) -> list[str]:
    """Return the pages of a person's registration that can be written anew."""
    if record.record_type != RecordType.PATIENT:
        return []
    birth = PatientView(record).birth
    is_child = birth is not None and birth.may_be_child(words.today)
    return [page for page in _PAGES if is_child or page != "company"]


def _chosen(record: Document, choice: str) -> Event:
    if choice == "error":
        return ErrorPressed()
    if choice == "wrong":
        return WrongPersonPressed()
    if choice.startswith("page:"):
        return PagePressed(choice.removeprefix("page:"))
    return FieldPressed(record.record_id, choice.removeprefix("field:"))


def _chooser(person: PatientSummary, dispatch: Dispatch) -> Callable[[], None]:
    return lambda: dispatch(PersonChosen(person))


def search(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the search for the person whom the record belongs to."""
    t = look.t
    _ = t.gettext
    body: list[ft.Control] = [
        w.search_field(
            "record.right",
            _("Find the right person: name, card or phone"),
            model.text,
            lambda text: dispatch(PersonTyped(text)),
        )
    ]
    for person in model.found:
        name = t.isolate(person.display_name) or _("No name yet")
        code = formats.code(t, format_card_code(person.card)) if person.card else ""
        body.append(
            w.list_row(
                f"record.right.{person.patient_id}",
                Row(name, code, icon=ft.Icons.PERSON),
                _chooser(person, dispatch),
            )
        )
    if model.problem is not None:
        sentence = messages.problem(t, model.problem)
        body.append(w.notice("record.problem", sentence, w.Tone.WARNING))
    return Frame(
        title=_("Whose is it?"), body=body, back=lambda: dispatch(AskingClosed())
    )
