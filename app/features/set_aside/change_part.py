"""Drawing of one change that was set aside: why, what was written, and the decision."""

from collections.abc import Callable, Mapping
from typing import cast

import flet as ft

from app.core.canonical import Json
from app.core.document_json import document_from_json
from app.core.merge import Document
from app.core.projections import PatientView
from app.core.set_aside_wire import SetAsideChange, SetAsideEntry
from app.features.set_aside.state import Event, LeavePressed, Model, TryPressed
from app.i18n import formats
from app.i18n.set_aside_words import leave_out_reason, what_to_do, why
from app.ui import provenance
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.role_words import not_shown

Dispatch = Callable[[Event], None]


def whose(entry: SetAsideEntry, look: Look) -> str:
    """Return whose record a change is, as far as who looks may know."""
    _ = look.t.gettext
    if entry.is_elsewhere:
        return _("Somebody at another site")
    if not entry.patient_id:
        return _("Nobody can say whose record it is")
    person = _read(entry.document)
    name = PatientView(person).name.display if person is not None else ""
    return look.t.isolate(name) if name else _("No name yet")


def change_body(
    change: SetAsideChange, look: Look, words: RecordWords
) -> list[ft.Control]:
    """Draw a change: why it was set aside, where it is from, what was written."""
    _ = look.t.gettext
    entry = change.entry
    title = [w.title(whose(entry, look))] if look.is_wide else []
    return [
        *(title or [w.section_title(whose(entry, look))]),
        *_why(entry, look, words),
        w.card("aside.facts", [w.key_values("aside.from", _from(entry, look, words))]),
        w.section_title(_("What was written")),
        *_written(change, look, words),
    ]


def _why(entry: SetAsideEntry, look: Look, words: RecordWords) -> list[ft.Control]:
    t = look.t
    if entry.left_out is None:
        said = f"{why(t, entry.reason)} {what_to_do(t, entry.reason)}"
        return [w.notice("aside.why", said, w.Tone.WARNING)]
    left = entry.left_out
    who = provenance.called(t, provenance.Named(left.practitioner))
    told = t.fill(
        t.gettext("Left out by {name}, {time}. The reason: {reason}."),
        name=who,
        time=formats.instant(t, left.decided_at, words.zone),
        reason=leave_out_reason(t, left.reason),
    )
    return [w.notice("aside.why", told), w.words(why(t, entry.reason))]


def _from(
    entry: SetAsideEntry, look: Look, words: RecordWords
) -> list[tuple[str, str]]:
    """Who wrote it, where and when."""
    t = look.t
    _ = t.gettext
    who = provenance.called(t, provenance.Named(entry.practitioner))
    facts = [(_("Written by"), who)]
    if not entry.practitioner and entry.practitioner_id:
        # The command that adds them asks for it.
        code = formats.code(t, entry.practitioner_id)
        facts.append((_("Their number, for the administrator"), code))
    facts.append((_("Tablet"), t.isolate(entry.device)))
    if entry.site:
        facts.append((_("Site"), t.isolate(entry.site)))
    if entry.written_at is not None:
        written = formats.instant(t, entry.written_at, words.zone)
        facts.append((_("Written, by the tablet’s clock"), written))
    arrived = formats.instant(t, entry.received_at, words.zone)
    return [*facts, (_("Came to the server"), arrived)]


def _written(
    change: SetAsideChange, look: Look, words: RecordWords
) -> list[ft.Control]:
    _ = look.t.gettext
    if change.entry.is_elsewhere:
        said = _("It is about a person at another site, so it is not shown to you.")
        return [w.notice("aside.elsewhere", said)]
    cards = [
        _card(document, words)
        for each in change.documents
        if (document := _read(each)) is not None
    ]
    found: list[ft.Control] = [*cards]
    if change.hidden:
        found.append(not_shown("aside.hidden", look))
    if change.unreadable:
        said = _("Some of it can’t be read, neither here nor by the server.")
        found.append(w.notice("aside.unreadable", said, w.Tone.WARNING))
    return found


def _card(document: Document, words: RecordWords) -> ft.Control:
    facts = [(fact.label, fact.value) for _name, fact in words.facts(document)]
    title = w.section_title(words.title(document))
    values = w.key_values(f"aside.values.{document.record_id}", facts)
    return w.card(f"aside.card.{document.record_id}", [title, values])


def _read(value: dict[str, object] | None) -> Document | None:
    """Return a document; None where there is none, or a newer server wrote it."""
    if value is None:
        return None
    try:
        return document_from_json(cast("Mapping[str, Json]", value))
    except ValueError:
        return None


def try_button(model: Model, dispatch: Dispatch, look: Look) -> ft.Control | None:
    """Draw the way to offer it again, once it is open."""
    if model.opened is None:
        return None
    return w.main_button(
        "aside.try",
        look.t.gettext("Try again"),
        lambda: dispatch(TryPressed()),
        ft.Icons.REPLAY,
        enabled=not model.busy,
    )


def leave_button(model: Model, dispatch: Dispatch, look: Look) -> ft.Control | None:
    """Draw the way to leave it out, for whoever may know whose record it is."""
    opened = model.opened
    if opened is None or opened.entry.left_out or opened.entry.is_elsewhere:
        return None
    return w.quiet_button(
        "aside.leave",
        look.t.gettext("Leave it out"),
        lambda: dispatch(LeavePressed()),
        enabled=not model.busy,
    )
