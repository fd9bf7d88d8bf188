"""Drawing of Record: the person, what contradicts, and who wrote what, where."""

from collections.abc import Callable

import flet as ft

from app.core.projections import PatientView
from app.features.record import about, conflicts, correcting, deciding, history, moving
from app.features.record.events import (
    ComeBackPressed,
    ConfidentialPressed,
    Event,
    FamilyPressed,
    Loaded,
    NoticePressed,
    VisitPressed,
)
from app.features.record.state import Asking, Model
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.glass_page import why_page
from app.ui.look import Look
from app.ui.record_words import RecordWords

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look, words: RecordWords) -> Frame:
    """Draw a person's record, or the search for the right person."""
    _ = look.t.gettext
    loaded = model.loaded
    if loaded is None:
        return Frame(_("Record"), [w.waiting("record.loading", _("Opening"))])
    if model.glass.is_asked:
        return why_page(model.glass, dispatch, look)
    asked = _asked(model, loaded, dispatch, look, words)
    if asked is not None:
        return asked
    patient = loaded.patient
    if patient is None:
        return Frame(_("Record"), [_missing(look)])
    body = [
        *_done(model, look),
        *about.marks(loaded, patient, dispatch, look, words),
        *about.person(loaded, patient, words, dispatch),
        *conflicts.undecided(loaded, words, dispatch, look),
        *about.family(loaded, dispatch, look),
        *about.agreed(loaded, look, words),
        *_ways(loaded, dispatch, look),
        w.section_title(_("What was written")),
        *history.timeline(loaded, words, dispatch),
    ]
    return Frame(
        title=_heading(patient, look),
        body=body,
        main=_main(loaded, dispatch, look),
        dialog=correcting.dialog(model, dispatch, look),
    )


def _asked(
    model: Model, loaded: Loaded, dispatch: Dispatch, look: Look, words: RecordWords
) -> Frame | None:
    """Draw the page that asks what is to be corrected, or nothing."""
    record = model.record
    if model.asking is Asking.RIGHT_PERSON:
        return correcting.search(model, dispatch, look)
    if model.asking is Asking.WHAT and record is not None:
        return correcting.choosing(model, record, dispatch, look, words)
    if model.asking is Asking.VERSION and record is not None:
        return deciding.which(model, record, dispatch, look, words)
    if model.asking in (Asking.WHETHER_TO_MOVE, Asking.MOVE_REASON):
        return moving.whether(model, loaded, dispatch, look, words)
    return None


def _heading(patient: PatientView, look: Look) -> str:
    name = patient.name.display
    return look.t.isolate(name) if name else look.t.gettext("No name yet")


def _missing(look: Look) -> ft.Control:
    _ = look.t.gettext
    return w.empty_state(
        "record.missing",
        _("This person’s record is not on this tablet"),
        _("It comes when the tablet has sent and received."),
    )


def _done(model: Model, look: Look) -> list[ft.Control]:
    """Say what a correction did."""
    _ = look.t.gettext
    said = {
        Asking.ERROR_REASON: _(
            "Marked as entered in error. It stays below, struck out."
        ),
        Asking.MOVE_REASON: _(
            "Written anew on the right person. Here it stays below, struck out."
        ),
        Asking.VERSION: _("Decided. What else was written stays below."),
    }
    text = said.get(model.corrected)
    found: list[ft.Control] = [w.notice("record.done", text)] if text else []
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        found.append(w.notice("record.problem", sentence, w.Tone.WARNING))
    return found


def _ways(loaded: Loaded, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    ways = [
        w.quiet_button(
            "record.notice",
            _("Information and consent"),
            lambda: dispatch(NoticePressed()),
        ),
        w.quiet_button(
            "record.family",
            _("Register another of this family"),
            lambda: dispatch(FamilyPressed()),
        ),
        w.quiet_button(
            "record.confidential",
            _("Write a confidential note"),
            lambda: dispatch(ConfidentialPressed()),
        ),
    ]
    return ways if loaded.encounter is not None else ways[1:]


def _main(loaded: Loaded, dispatch: Dispatch, look: Look) -> ft.Control:
    _ = look.t.gettext
    if loaded.encounter is not None:
        return w.main_button(
            "record.visit", _("Go on with the visit"), lambda: dispatch(VisitPressed())
        )
    return w.main_button(
        "record.come_back",
        _("This person came back"),
        lambda: dispatch(ComeBackPressed()),
    )
