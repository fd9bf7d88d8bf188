"""Drawing of the timeline: who wrote what, where and when, newest first."""

from collections.abc import Callable
from functools import partial

import flet as ft

from app.core.merge import Document
from app.core.projections import View
from app.core.records import ENTERED_IN_ERROR
from app.core.timeline import Entry, Moment
from app.features.record.events import EntryPressed, Event, Loaded, ReadPressed
from app.i18n import formats, messages
from app.ui import provenance
from app.ui import widgets as w
from app.ui.record_words import Fact, RecordWords

Dispatch = Callable[[Event], None]


def timeline(
    loaded: Loaded, words: RecordWords, dispatch: Dispatch
) -> list[ft.Control]:
    """Draw each save, newest first; an entry opens what can be corrected.

    Of what the role may not see stands who wrote it, and when.
    """
    rows: list[ft.Control] = []
    for moment in loaded.moments:
        for index, entry in enumerate(moment.entries):
            document = loaded.documents.get(entry.record_id)
            if document is not None:
                key = f"record.{moment.change_id}.{index}"
                drawn = _entry(moment, entry, document, loaded, words)
                opener = _opener(document, loaded, dispatch)
                rows.append(w.timeline_entry(key, drawn, opener))
        for entry in moment.entries:
            if entry.record_id in loaded.notes:
                rows += _of_note(moment, entry, loaded, words, dispatch)
        if any(entry.record_id in loaded.hidden for entry in moment.entries):
            key = f"record.hidden.{moment.change_id}"
            rows.append(w.timeline_entry(key, _not_shown(moment, loaded, words)))
    return rows


def _not_shown(moment: Moment, loaded: Loaded, words: RecordWords) -> w.TimelineEntry:
    t = words.t
    return w.TimelineEntry(
        what=t.gettext("Not shown to your role"),
        when=provenance.when(t, moment, loaded.names),
        by=provenance.by(t, moment, loaded.names),
    )


def _of_note(
    moment: Moment,
    entry: Entry,
    loaded: Loaded,
    words: RecordWords,
    dispatch: Dispatch,
) -> list[ft.Control]:
    """That a note was written or taken out of sight; the way to it, and to correct."""
    record_id = entry.record_id
    document = loaded.notes[record_id]
    if ENTERED_IN_ERROR in entry.fields:
        drawn = _hidden(moment, entry, document, loaded, words)
        return [w.timeline_entry(f"record.note.{record_id}.error", drawn)]
    drawn, opener = _note(moment, document, loaded, words), None
    if loaded.may_correct(record_id):
        opener = partial(dispatch, EntryPressed(record_id))
    row = w.timeline_entry(f"record.note.{record_id}", drawn, opener)
    return [row, *_reading(record_id, loaded, words, dispatch)]


def _hidden(
    moment: Moment,
    entry: Entry,
    document: Document,
    loaded: Loaded,
    words: RecordWords,
) -> w.TimelineEntry:
    """Who marked a note as entered in error, and why."""
    facts = [fact for _name, fact in words.written(document, entry.fields)]
    return w.TimelineEntry(
        what=words.title(document),
        when=provenance.when(words.t, moment, loaded.names),
        by=provenance.by(words.t, moment, loaded.names),
        detail="\n".join(_said(fact) for fact in facts),
    )


def _note(
    moment: Moment, document: Document, loaded: Loaded, words: RecordWords
) -> w.TimelineEntry:
    """That a confidential note is there, by whom, and who may read it."""
    t = words.t
    if View(document).entered_in_error:
        return w.TimelineEntry(
            what=words.title(document),
            when=provenance.when(t, moment, loaded.names),
            by=provenance.by(t, moment, loaded.names),
            badges=(w.Badge(t.gettext("Entered in error")),),
            is_struck=True,
        )
    names = formats.joined(t, map(t.isolate, loaded.readers))
    may_read = t.fill(t.gettext("Who may read it: {names}"), names=names)
    return w.TimelineEntry(
        what=t.gettext("Confidential note"),
        when=provenance.when(t, moment, loaded.names),
        by=provenance.by(t, moment, loaded.names),
        detail=may_read if loaded.readers else t.gettext("Nobody may read it now."),
    )


def _reading(
    record_id: str, loaded: Loaded, words: RecordWords, dispatch: Dispatch
) -> list[ft.Control]:
    """The way to what a note says, for who may read it."""
    if record_id not in loaded.readable:
        return []
    key, said = f"record.read.{record_id}", words.t.gettext("Read the note")
    return [w.quiet_button(key, said, lambda: dispatch(ReadPressed(record_id)))]


def _opener(
    document: Document, loaded: Loaded, dispatch: Dispatch
) -> Callable[[], None] | None:
    if not loaded.may_correct(document.record_id):
        return None
    return lambda: dispatch(EntryPressed(document.record_id))


def _entry(
    moment: Moment,
    entry: Entry,
    document: Document,
    loaded: Loaded,
    words: RecordWords,
) -> w.TimelineEntry:
    t = words.t
    facts = [fact for _name, fact in words.written(document, entry.fields)]
    badges = [_state(entry.operation_id, loaded, words)]
    lines = [_said(fact) for fact in facts]
    if reason := loaded.refused.get(entry.operation_id):
        lines.append(messages.problem(t, reason))
    struck = View(document).entered_in_error
    if struck:
        badges.append(w.Badge(t.gettext("Entered in error")))
    return w.TimelineEntry(
        what=words.title(document),
        when=provenance.when(t, moment, loaded.names),
        by=provenance.by(t, moment, loaded.names),
        detail="\n".join(lines),
        badges=tuple(badges),
        is_struck=struck,
    )


def _state(operation_id: str, loaded: Loaded, words: RecordWords) -> w.Badge:
    """Where what was written is: here alone, sent, on the server, or refused there."""
    _ = words.t.gettext
    if operation_id in loaded.refused:
        return w.Badge(_("Set aside by the server, kept here"), w.Tone.WARNING)
    if operation_id in loaded.sent:
        return w.Badge(_("Sent, not confirmed yet"))
    if operation_id in loaded.only_here:
        return w.Badge(_("Only on this tablet"))
    return w.Badge(_("On the server"))


def _said(fact: Fact) -> str:
    """A fact in one line; after a question's own mark no colon follows."""
    joint = " " if fact.label.endswith(("?", "؟")) else ": "
    return f"{fact.label}{joint}{fact.value}"
