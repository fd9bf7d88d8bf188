"""Drawing of Tablet: what a backup is, its passphrase twice, and old files."""

from collections.abc import Callable

import flet as ft

from app.features.tablet.state import (
    AskingClosed,
    BackUpPressed,
    DeleteConfirmed,
    DeletePressed,
    Event,
    FirstTyped,
    Model,
    SecondTyped,
)
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the screen."""
    _ = look.t.gettext
    return Frame(
        title=_("This tablet"),
        body=[
            w.section_title(_("Backup")),
            w.words(
                _(
                    "A backup is one file with all the records on this tablet. Only "
                    "its passphrase opens it: without it nobody can help you. Keep "
                    "the file and the passphrase in different places."
                )
            ),
            *_fields(model, dispatch, look),
            *_said(model, look),
            *_old_files(model, dispatch, look),
        ],
        main=w.main_button(
            "tablet.back-up",
            _("Make a backup"),
            lambda: dispatch(BackUpPressed()),
            ft.Icons.SAVE_ALT,
            enabled=not model.busy,
        ),
        dialog=_dialog(model, dispatch, look),
    )


def _fields(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    secret = w.FieldOptions(
        is_secret=True,
        is_enabled=not model.busy,
        hint=_("At least 12 characters. Several words are easy to keep."),
    )
    again = w.FieldOptions(
        is_secret=True,
        is_enabled=not model.busy,
        on_submit=lambda: dispatch(BackUpPressed()),
    )
    return [
        w.text_field(
            "tablet.first",
            _("Passphrase of the backup"),
            model.first,
            lambda text: dispatch(FirstTyped(text)),
            secret,
        ),
        w.text_field(
            "tablet.second",
            _("The same passphrase again"),
            model.second,
            lambda text: dispatch(SecondTyped(text)),
            again,
        ),
    ]


def _said(model: Model, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    if model.busy:
        return [w.waiting("tablet.busy", _("Making the backup"))]
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        return [w.notice("tablet.problem", sentence, w.Tone.WARNING)]
    missing = _missing(model, look)
    if missing:
        return [w.notice("tablet.missing", missing, w.Tone.WARNING)]
    if model.outcome is None:
        return []
    if model.outcome:
        sentence = _("The backup was handed over. Check that the file is there.")
        return [w.notice("tablet.done", sentence)]
    sentence = _("No file was chosen, so no backup was kept.")
    return [w.notice("tablet.not-kept", sentence, w.Tone.WARNING)]


def _missing(model: Model, look: Look) -> str:
    """Say what is wrong with the passphrase, once somebody pressed."""
    _ = look.t.gettext
    if not model.missing:
        return ""
    if not model.is_long:
        return _("The passphrase needs at least 12 characters.")
    return "" if model.is_same else _("The two passphrases differ.")


def _old_files(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    if not model.kept:
        return []
    template = t.ngettext(
        "{count} damaged file was set aside on this tablet. It may hold records that "
        "were never sent, and people whose data was erased since.",
        "{count} damaged files were set aside on this tablet. They may hold records "
        "that were never sent, and people whose data was erased since.",
        len(model.kept),
    )
    said = t.fill(template, count=len(model.kept))
    return [
        w.section_title(_("Old files")),
        w.notice("tablet.kept", said, w.Tone.WARNING),
        w.quiet_button(
            "tablet.delete",
            _("Delete the old files"),
            lambda: dispatch(DeletePressed()),
            ft.Icons.DELETE_FOREVER,
        ),
    ]


def _dialog(model: Model, dispatch: Dispatch, look: Look) -> ft.AlertDialog | None:
    if not model.asks_to_delete:
        return None
    _ = look.t.gettext
    return w.ask(
        _("Delete the old files?"),
        _(
            "What can still be rescued from them is lost then. Ask your administrator "
            "first whether somebody still needs them."
        ),
        w.Deed(_("Delete for good"), lambda: dispatch(DeleteConfirmed())),
        look,
        lambda: dispatch(AskingClosed()),
    )
