"""Drawing of Unlock: names first, then a pad under the thumb."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.features.unlock.model import Model, Person, Step
from app.features.unlock.state import (
    BackPressed,
    Event,
    ForgotPressed,
    LanguagesPressed,
    PersonPressed,
)
from app.features.unlock.unsent_part import unsent_part
from app.i18n.terms import role_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.secret import ContinuePressed
from app.ui.secret_entry import asked_anew, entry_notices, secret_entry
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
    body: list[ft.Control] = []
    if model.sent_away:
        told = _(
            "{name} may not work on this tablet any more, so it was locked. "
            "What was begun is kept."
        )
        said = t.fill(told, name=model.sent_away)
        body.append(w.notice("unlock.sent-away", said, w.Tone.WARNING))
    body += unsent_part(model.unsent, dispatch, look)
    body.append(w.section_title(_("Who are you?")))
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
    body: list[ft.Control] = [w.section_title(_asked(model, look))]
    # At every digit, or the pad would move.
    if model.step is Step.CHOOSE and not model.secret.first:
        body.append(w.subtitle(_("Only you know it. Nobody can look it up for you.")))
    wait, problem = model.wait_seconds, model.problem
    body += entry_notices("unlock", model.secret, look, problem, wait)
    if not model.is_closed:
        body += secret_entry("unlock", model.secret, look, dispatch)
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
    _ = look.t.gettext
    is_long = model.secret.is_passphrase
    label = _("I forgot my passphrase") if is_long else _("I forgot my PIN")
    return w.quiet_button("unlock.forgot", label, lambda: dispatch(ForgotPressed()))


def _asked(model: Model, look: Look) -> str:
    if model.step is Step.CHOOSE:
        return asked_anew(model.secret, look)
    _ = look.t.gettext
    return _("Your passphrase") if model.secret.is_passphrase else _("Your PIN")
