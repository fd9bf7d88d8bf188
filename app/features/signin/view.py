"""Drawing of Sign in."""

from collections.abc import Callable

import flet as ft

from app.features.signin.state import (
    Event,
    LanguagesPressed,
    Model,
    NameTyped,
    PassphraseTyped,
    SignInPressed,
)
from app.i18n import messages
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw name and passphrase."""
    t = look.t
    _ = t.gettext
    body: list[ft.Control] = [
        w.words(_("For coordinators: the records of all sites, on the server.")),
        w.text_field(
            "signin.name",
            _("Your name"),
            model.name,
            lambda text: dispatch(NameTyped(text)),
        ),
        w.text_field(
            "signin.passphrase",
            _("Passphrase"),
            model.passphrase,
            lambda text: dispatch(PassphraseTyped(text)),
            w.FieldOptions(is_secret=True, on_submit=lambda: dispatch(SignInPressed())),
        ),
    ]
    body += _said(model, look)
    languages = w.language_button(
        "signin.languages", look, lambda: dispatch(LanguagesPressed())
    )
    return Frame(
        title=_("Tessera: coordination"),
        body=body,
        actions=[languages],
        main=w.main_button(
            "signin.enter",
            _("Sign in"),
            lambda: dispatch(SignInPressed()),
            enabled=not model.busy,
        ),
    )


def _said(model: Model, look: Look) -> list[ft.Control]:
    """What went wrong, or what is missing."""
    _ = look.t.gettext
    if model.problem is not None:
        sentence = messages.problem(look.t, model.problem)
        return [w.notice("signin.problem", sentence, w.Tone.WARNING)]
    if model.missing:
        sentence = _("Please give your name and your passphrase.")
        return [w.notice("signin.missing", sentence, w.Tone.WARNING)]
    return []
