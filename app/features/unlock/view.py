"""Drawing of Unlock: names first, then a pad under the thumb."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.features.unlock.keys import (
    DigitPressed,
    ErasePressed,
    ForgotPressed,
    KeysSwitched,
    TextTyped,
)
from app.features.unlock.model import Model, Person, Step
from app.features.unlock.state import (
    BackPressed,
    ContinuePressed,
    Event,
    LanguagesPressed,
    PersonPressed,
)
from app.i18n import messages
from app.i18n.terms import role_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.secret_entry import Keys, secret_entry
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the names, or the pad for the one that was picked."""
    if model.person is None:
        return _names(model, dispatch, look)
    return _pad(model, model.person, dispatch, look)


def _names(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    t = look.t
    _ = t.gettext
    body: list[ft.Control] = [w.section_title(_("Who are you?"))]
    body += [_name_row(person, dispatch, look) for person in model.people]
    if model.is_loaded and not model.people:
        body.append(
            w.empty_state(
                "unlock.nobody",
                _("Nobody is registered to work on this tablet yet"),
                _("Ask your administrator to add you, then let the tablet sync."),
            )
        )
    languages = w.language_button(
        "unlock.languages", look, lambda: dispatch(LanguagesPressed())
    )
    title = t.isolate(model.site) or _("Tessera")
    # Whoever has no PIN here finds the way to one, too.
    help_ = w.quiet_button(
        "unlock.help", _("I cannot unlock"), lambda: dispatch(ForgotPressed())
    )
    is_locked_out = any(person.has_pin for person in model.people)
    quiet = help_ if is_locked_out else None
    return Frame(title=title, body=body, actions=[languages], quiet=quiet)


def _name_row(person: Person, dispatch: Dispatch, look: Look) -> ft.Control:
    t = look.t
    _ = t.gettext
    name, role = t.isolate(person.name), role_name(t, person.role)
    row = Row(name, role, icon=ft.Icons.PERSON, is_large=True)
    if not person.is_confirmed:
        unsure = w.Badge(_("Not confirmed yet"), w.Tone.WARNING)
        row = replace(row, badges=(unsure,))
    key = f"unlock.person.{person.practitioner_id}"
    if not (person.has_pin or person.may_choose):
        needs = _("Can be added later, beside a colleague who has unlocked")
        row = replace(row, badges=(*row.badges, w.Badge(needs)))
        return w.list_row(key, row)
    return w.list_row(key, row, lambda: dispatch(PersonPressed(person.practitioner_id)))


def _pad(model: Model, person: Person, dispatch: Dispatch, look: Look) -> Frame:
    _ = look.t.gettext
    body: list[ft.Control] = [
        w.section_title(_asked(model, look)),
    ]
    if model.step is Step.CHOOSE:  # at every digit, or the pad would move
        body.append(w.subtitle(_("Only you know it. Nobody can look it up for you.")))
    body += _said(model, look)
    if not model.is_closed:
        body += _keys(model, dispatch, look)
    if model.busy:
        body.append(w.waiting("unlock.busy", _("Opening the records")))
    return Frame(
        title=look.t.isolate(person.name),
        body=body,
        main=w.main_button(
            "unlock.continue",
            _("Unlock") if model.step is Step.PIN else _("Continue"),
            lambda: dispatch(ContinuePressed()),
            enabled=not (model.busy or model.must_wait or model.is_closed),
        ),
        quiet=_forgot(model, dispatch, look),
        back=lambda: dispatch(BackPressed()),
    )


def _forgot(model: Model, dispatch: Dispatch, look: Look) -> ft.Control | None:
    if model.step is not Step.PIN or model.busy:
        return None
    label = look.t.gettext("I forgot my PIN")
    return w.quiet_button("unlock.forgot", label, lambda: dispatch(ForgotPressed()))


def _asked(model: Model, look: Look) -> str:
    _ = look.t.gettext
    step = model.step
    if step is Step.CHOOSE and model.secret.has_letters:
        return _("Choose a passphrase of 8 letters and digits or more")
    return {
        Step.NAMES: "",
        Step.PIN: _("Your PIN"),
        Step.CHOOSE: _("Choose a PIN of 6 digits or more"),
        Step.REPEAT: _("Type the same PIN once more"),
    }[step]


def _keys(model: Model, dispatch: Dispatch, look: Look) -> list[ft.Control]:
    keys = Keys(
        digit=lambda digit: dispatch(DigitPressed(digit)),
        erase=lambda: dispatch(ErasePressed()),
        type=lambda text: dispatch(TextTyped(text)),
        switch=lambda: dispatch(KeysSwitched()),
        go_on=lambda: dispatch(ContinuePressed()),
    )
    return secret_entry("unlock", model.secret, look, keys)


def _said(model: Model, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    said: list[ft.Control] = []
    if model.problem is not None:
        sentence = messages.problem(t, model.problem)
        said.append(w.notice("unlock.problem", sentence, w.Tone.WARNING))
    if model.differs:
        sentence = _("The two PINs were not the same. Choose one again.")
        said.append(w.notice("unlock.differs", sentence, w.Tone.WARNING))
    if model.must_wait:
        template = t.ngettext(
            "You can try again in {count} second.",
            "You can try again in {count} seconds.",
            model.wait_seconds,
        )
        sentence = t.fill(template, count=model.wait_seconds)
        said.append(w.notice("unlock.wait", sentence))
    return said
