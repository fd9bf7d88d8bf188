"""Drawing of Amend: what it says now and who wrote it, then what it should say."""

from collections.abc import Callable

import flet as ft

from app.core.birth import BirthSource
from app.core.merge import Document
from app.core.values import NameStatus, Sex
from app.features.amend.state import (
    AfreshPressed,
    DatePartTyped,
    Event,
    LanguageChosen,
    LatinTyped,
    Model,
    NameStatusChosen,
    OriginalTyped,
    SavePressed,
    SexChosen,
    SourceChosen,
)
from app.i18n import messages, names, terms
from app.ui import provenance
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.leaving import LeavePressed
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.unkept import unkept_dialog
from app.ui.widgets.choices import one

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look, words: RecordWords) -> Frame:
    """Draw one field: the old value in view, the new one below."""
    t = look.t
    _ = t.gettext
    if model.document is None:
        return Frame(_("Correct"), [w.waiting("amend.loading", _("Opening"))])
    shown = model.shown
    fact = words.fact(model.document, model.field, shown.value if shown else None)
    body = [
        *_restored(model, dispatch, look),
        w.card("amend.old", _until_now(model, model.document, look, words)),
        *_editor(model, dispatch, look),
    ]
    for key, code in (
        ("amend.problem", model.problem),
        ("amend.draft_problem", model.draft_problem),
    ):
        if code is not None:
            body.append(w.notice(key, messages.problem(t, code), w.Tone.WARNING))
    return Frame(
        title=t.fill(_("Correct: {field}"), field=fact.label),
        body=body,
        main=w.main_button(
            "amend.save",
            _("Save"),
            lambda: dispatch(SavePressed()),
            enabled=not model.busy,
        ),
        dialog=unkept_dialog(model, dispatch, look),
        back=lambda: dispatch(LeavePressed()),
    )


def _restored(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    """Say that what was typed before is back, and how to begin without it."""
    if not model.restored:
        return []
    _ = look.t.gettext
    afresh = w.quiet_button(
        "amend.afresh", _("Begin anew"), lambda: dispatch(AfreshPressed())
    )
    text = _("What was typed here before, and not saved, is back.")
    return [w.notice("amend.restored", text, action=afresh)]


def _until_now(
    model: Model, document: Document, look: Look, words: RecordWords
) -> list[ft.Control]:
    """Draw each value that stands, with its author; a new one replaces them all."""
    t = look.t
    _ = t.gettext
    shown = model.shown
    if shown is None:
        return [w.key_values("amend.now", [(_("Until now"), _("Nothing was written"))])]
    writes = (shown.write, *shown.others)
    facts = [
        (
            _("Until now") if write is shown.write else _("Also written"),
            f"{words.fact(document, model.field, write.value).value}\n"
            f"{provenance.of_write(t, write, model.names)}",
        )
        for write in writes
    ]
    marks = [w.conflict_mark(look)] if shown.in_conflict else []
    if model.is_overtaken:
        text = _("Somebody else wrote this while you were writing. Both stay.")
        marks.append(w.notice("amend.overtaken", text, w.Tone.WARNING))
    return [*marks, w.key_values("amend.now", facts)]


def _editor(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    editors = {"name": _name, "sex": _sex, "language": _language}
    return editors.get(model.field, _birth)(model, dispatch, look)


def _name(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    typed = model.typed
    unsaid = [s for s in NameStatus if s is not NameStatus.SAID]
    return [
        w.text_field(
            "amend.original",
            _("Name in the person’s own writing"),
            typed.original,
            lambda text: dispatch(OriginalTyped(text)),
        ),
        w.text_field(
            "amend.latin",
            _("Name in Latin letters"),
            typed.latin,
            lambda text: dispatch(LatinTyped(text)),
        ),
        w.section_title(_("If there is no name")),
        w.choice_list(
            "amend.unsaid",
            [w.Choice(s.value, terms.name_status_name(t, s)) for s in unsaid],
            {typed.name_status.value},
            look,
            one(lambda code: dispatch(NameStatusChosen(NameStatus(code)))),
        ),
    ]


def _sex(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    return [
        w.choice_list(
            "amend.sex",
            [w.Choice(s.value, terms.sex_name(look.t, s)) for s in Sex],
            {model.typed.sex},
            look,
            one(lambda code: dispatch(SexChosen(code))),
        )
    ]


def _language(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    choices = [
        w.Choice(
            tag, t.isolate(names.own_name(tag)), detail=names.language_name(t, tag)
        )
        for tag in t.languages.likely
    ]
    return [
        w.choice_list(
            "amend.language",
            choices,
            {model.typed.language},
            look,
            one(lambda tag: dispatch(LanguageChosen(tag))),
        )
    ]


def _birth(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    typed = model.typed
    error = _("This is no possible birth date.") if model.wrong_date else ""
    return [
        w.date_entry(
            "amend.birth",
            _("Birth date; leave out what nobody knows"),
            w.DateParts(typed.day, typed.month, typed.year),
            look,
            w.Dating(lambda part, text: dispatch(DatePartTyped(part, text)), error),
        ),
        w.section_title(_("Who said it?")),
        w.choice_list(
            "amend.source",
            [w.Choice(s.value, terms.birth_source_name(t, s)) for s in BirthSource],
            {typed.source.value},
            look,
            one(lambda code: dispatch(SourceChosen(BirthSource(code)))),
        ),
    ]
