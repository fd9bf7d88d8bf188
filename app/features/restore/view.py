"""Drawing of Restore: the file and its passphrase; then who, a PIN, and the server."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.features.restore.state import (
    Event,
    FilePressed,
    Form,
    FormChanged,
    Model,
    OpenPressed,
    PassphraseTyped,
    RestorePressed,
)
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the two steps, one after the other."""
    _ = look.t.gettext
    body = _form(model, dispatch, look) if model.is_open else []
    main = (
        w.main_button(
            "restore.do",
            _("Restore the records"),
            lambda: dispatch(RestorePressed()),
            enabled=not model.busy,
        )
        if model.is_open
        else w.main_button(
            "restore.open",
            _("Open the backup"),
            lambda: dispatch(OpenPressed()),
            enabled=not model.busy,
        )
    )
    return Frame(
        title=_("Restore from a backup"),
        body=[*_file(model, dispatch, look), *body, *_said(model, look)],
        main=main,
        scroll_to_top="form" if model.is_open else "",
    )


def _file(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    if model.is_open:
        return [w.notice("restore.opened", _("The backup is open."))]
    chosen = [w.words(t.isolate(model.file))] if model.file else []
    return [
        w.words(
            _(
                "All records of the backup come to this tablet. Then the server must "
                "know it as a new tablet: you need a one-time code for it."
            )
        ),
        w.quiet_button(
            "restore.file",
            _("Choose the file"),
            lambda: dispatch(FilePressed()),
            ft.Icons.FOLDER_OPEN,
            enabled=not model.busy,
        ),
        *chosen,
        w.text_field(
            "restore.passphrase",
            _("Passphrase of the backup"),
            model.passphrase,
            lambda text: dispatch(PassphraseTyped(text)),
            w.FieldOptions(
                is_secret=True,
                is_enabled=not model.busy,
                on_submit=lambda: dispatch(OpenPressed()),
            ),
        ),
    ]


def _form(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    form = model.form

    def change(**typed: str) -> None:
        dispatch(FormChanged(replace(form, **typed)))

    asked = [] if model.is_restored else _who(model, dispatch, look)
    ltr = w.FieldOptions(is_ltr=True)
    return [
        *asked,
        w.section_title(_("The server")),
        w.text_field(
            "restore.address",
            _("Address of the server"),
            form.address,
            lambda text: change(address=text),
            w.FieldOptions(keyboard=ft.KeyboardType.URL, is_ltr=True),
        ),
        w.text_field(
            "restore.code",
            _("One-time code"),
            form.code,
            lambda text: change(code=text),
            ltr,
        ),
        w.text_field(
            "restore.name",
            _("Name of this tablet"),
            form.name,
            lambda text: change(name=text),
            w.FieldOptions(hint=_("For example: Tablet 3, triage tent")),
        ),
    ]


def _who(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    form = model.form

    def change(**typed: str) -> None:
        dispatch(FormChanged(replace(form, **typed)))

    people = [
        w.Choice(each.practitioner_id, look.t.isolate(each.name))
        for each in model.people or ()
    ]
    secret = w.FieldOptions(
        is_secret=True, hint=_("PINs of before do not open this tablet.")
    )
    return [
        w.section_title(_("Who are you?")),
        w.choice_list(
            "restore.who",
            people,
            {form.person},
            look,
            w.one(lambda value: change(person=value)),
        ),
        w.text_field(
            "restore.pin",
            _("Your new PIN or passphrase"),
            form.pin,
            lambda text: change(pin=text),
            secret,
        ),
        w.text_field(
            "restore.again",
            _("The same again"),
            form.again,
            lambda text: change(again=text),
            w.FieldOptions(is_secret=True),
        ),
    ]


def _said(model: Model, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    found: list[ft.Control] = []
    if model.busy:
        working = _("Working on it. This can take some minutes.")
        return [w.waiting("restore.busy", working)]
    if model.is_restored:
        here = _("The records are on this tablet. Now the server must know it.")
        found.append(w.notice("restore.here", here))
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        found.append(w.notice("restore.problem", sentence, w.Tone.WARNING))
    elif missing := _missing(model, model.form, look):
        found.append(w.notice("restore.missing", missing, w.Tone.WARNING))
    return found


def _missing(model: Model, form: Form, look: Look) -> str:
    _ = look.t.gettext
    if not model.missing:
        return ""
    if not model.is_open:
        is_given = bool(model.file and model.passphrase)
        return "" if is_given else _("Please choose the file and type its passphrase.")
    if not form.is_complete:
        return _("Please fill in everything.")
    return "" if form.pin == form.again else _("The two entries differ.")
