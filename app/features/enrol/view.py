"""Drawing of Enrol: an address, a one-time code, the tablet's name, its station."""

from collections.abc import Callable

import flet as ft

from app.core.summary import Station
from app.features.enrol.state import (
    AddressTyped,
    CodeTyped,
    EnrolPressed,
    Event,
    KeptPressed,
    LanguagesPressed,
    Model,
    NameTyped,
    RestorePressed,
    StationPressed,
)
from app.i18n import messages
from app.i18n.terms import station_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.widgets.choices import one

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw what must be filled in once, by whoever sets the tablet up."""
    t = look.t
    _ = t.gettext
    body: list[ft.Control] = [
        *(_kept(name, dispatch, look) for name in model.kept),
        *_asked(look),
        *_said(model, look),
        *_fields(model, dispatch, look),
        w.section_title(_("Where does this tablet stand?")),
        w.choice_list(
            "enrol.station",
            [w.Choice(each.value, station_name(t, each)) for each in Station],
            {model.station.value},
            look,
            one(lambda value: dispatch(StationPressed(Station(value)))),
        ),
    ]
    if model.busy:
        body.append(w.waiting("enrol.busy", _("Asking the server")))
    return Frame(
        title=_("Set up this tablet"),
        body=body,
        actions=[
            w.language_button(
                "enrol.languages", look, lambda: dispatch(LanguagesPressed())
            )
        ],
        main=w.main_button(
            "enrol.send",
            _("Set up"),
            lambda: dispatch(EnrolPressed()),
            enabled=not model.busy,
        ),
        quiet=_restore(model, dispatch, look),
    )


def _restore(model: Model, dispatch: Dispatch, look: Look) -> ft.Control:
    return w.quiet_button(
        "enrol.restore",
        look.t.gettext("Restore from a backup"),
        lambda: dispatch(RestorePressed()),
        enabled=not model.busy,
    )


def _asked(look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.words(
            _("Your administrator gives you the server’s address and a one-time code.")
        ),
        w.words(
            _(
                "If you have a QR code, scan or paste its whole text into one of these "
                "two fields."
            )
        ),
    ]


def _kept(name: str, dispatch: Dispatch, look: Look) -> ft.Control:
    """Before a tablet is set up anew: what it had is not forgotten."""
    _ = look.t.gettext
    said = _(
        "There are records of before on this tablet that were not sent. Save them to "
        "a stick first, and carry it to your coordinator."
    )
    save = w.quiet_button(
        f"enrol.kept.{name}",
        _("Save to stick"),
        lambda: dispatch(KeptPressed(name)),
        ft.Icons.USB,
    )
    return w.notice(f"enrol.kept_notice.{name}", said, w.Tone.WARNING, save)


def _fields(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    return [
        w.text_field(
            "enrol.address",
            _("Address of the server"),
            model.address,
            lambda text: dispatch(AddressTyped(text)),
            w.FieldOptions(keyboard=ft.KeyboardType.URL, is_ltr=True),
        ),
        w.text_field(
            "enrol.code",
            _("One-time code"),
            model.code,
            lambda text: dispatch(CodeTyped(text)),
            w.FieldOptions(is_ltr=True),
        ),
        w.text_field(
            "enrol.name",
            _("Name of this tablet"),
            model.name,
            lambda text: dispatch(NameTyped(text)),
            w.FieldOptions(hint=_("For example: Tablet 3, triage tent")),
        ),
    ]


def _said(model: Model, look: Look) -> list[ft.Control]:
    _ = look.t.gettext
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        return [w.notice("enrol.problem", sentence, w.Tone.WARNING)]
    if model.missing and not model.is_complete:
        sentence = _("Please fill in the address, the code and a name.")
        return [w.notice("enrol.missing", sentence, w.Tone.WARNING)]
    if model.pin:
        sentence = _("This tablet will trust only the server of this QR code.")
        return [w.notice("enrol.pinned", sentence)]
    return []
