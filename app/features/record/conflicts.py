"""Drawing of contradictions: every value with its author, and the way to decide."""

from collections.abc import Callable

import flet as ft

from app.core.merge import Document, Shown
from app.core.projections import View
from app.core.records import ANSWER_PREFIX, RecordType
from app.features.record.correcting import AMENDABLE
from app.features.record.events import ConflictPressed, Event, FieldPressed, Loaded
from app.ui import provenance
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.record_words import RecordWords

Dispatch = Callable[[Event], None]


def undecided(
    loaded: Loaded, words: RecordWords, dispatch: Dispatch, look: Look
) -> list[ft.Control]:
    """Draw each field of which two people wrote different things."""
    found = [
        (document, name, shown)
        for document in loaded.documents.values()
        for name, shown in View(document).conflicts().items()
        if not View(document).entered_in_error
    ]
    if not found:
        return []
    _ = look.t.gettext
    said = _("Two people wrote different things. Both are kept until somebody decides.")
    return [
        w.notice("record.conflict", said, w.Tone.WARNING),
        *(
            _card(document, (name, shown), (loaded, words), dispatch, look)
            for document, name, shown in found
        ),
    ]


def _card(
    document: Document,
    field: tuple[str, Shown],
    read: tuple[Loaded, RecordWords],
    dispatch: Dispatch,
    look: Look,
) -> ft.Control:
    (name, shown), (loaded, words), t = field, read, look.t
    label = words.fact(document, name, shown.value).label
    pairs = [
        (
            provenance.of_write(t, write, loaded.names),
            words.fact(document, name, write.value).value,
        )
        for write in (shown.write, *shown.others)
    ]
    key = f"record.conflict.{document.record_id}.{name}"
    parts: list[ft.Control] = [
        w.section_title(label or words.title(document)),
        w.conflict_mark(look),
        w.key_values(f"{key}.values", pairs),
    ]
    if loaded.may_correct(document.record_id):
        event, text = _decision(document, name), t.gettext("Decide which is right")
        parts.append(w.quiet_button(f"{key}.decide", text, lambda: dispatch(event)))
    return w.card(key, parts)


def _decision(document: Document, name: str) -> Event:
    """Return the way to decide: where it is written anew, or among what was written."""
    if name.startswith(ANSWER_PREFIX):
        return FieldPressed(document.record_id, "answers")
    if document.record_type == RecordType.PATIENT and name in AMENDABLE:
        return FieldPressed(document.record_id, name)
    return ConflictPressed(document.record_id, name)
