"""Drawing of a contradiction that is decided among what was written."""

from collections.abc import Callable

import flet as ft

from app.core.merge import Document
from app.features.record.events import (
    AskingClosed,
    DecidePressed,
    Event,
    VersionChosen,
)
from app.features.record.state import Model
from app.i18n import messages
from app.ui import provenance
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.provenance import NO_NAMES
from app.ui.record_words import RecordWords

Dispatch = Callable[[Event], None]


def which(
    model: Model, record: Document, dispatch: Dispatch, look: Look, words: RecordWords
) -> Frame:
    """Draw every version with its author; the one that is chosen stands from now on."""
    t = look.t
    names = model.loaded.names if model.loaded else NO_NAMES
    label = words.fact(record, model.field, None).label
    nothing = t.gettext("Nothing was written")
    choices = [
        w.Choice(
            write.operation_id,
            words.fact(record, model.field, write.value).value or nothing,
            detail=provenance.of_write(t, write, names),
        )
        for write in model.versions
    ]
    tell = w.one(lambda operation_id: dispatch(VersionChosen(operation_id)))
    body: list[ft.Control] = [
        w.section_title(label or words.title(record)),
        w.choice_list("record.version", choices, {model.chosen}, look, tell),
    ]
    if model.problem is not None:
        sentence = messages.problem(t, model.problem)
        body.append(w.notice("record.problem", sentence, w.Tone.WARNING))
    return Frame(
        title=t.gettext("Which is right?"),
        body=body,
        main=w.main_button(
            "record.decide",
            t.gettext("Save"),
            lambda: dispatch(DecidePressed()),
            enabled=bool(model.chosen) and not model.busy,
        ),
        back=lambda: dispatch(AskingClosed()),
        scroll_to_top="version",
    )
