"""Drawing of Colleagues: who works here, and a PIN under the thumb."""

from collections.abc import Callable

import flet as ft

from app.features.colleagues.events import (
    AddConfirmed,
    AddPressed,
    BackPressed,
    Event,
    GrantPressed,
    HandedOver,
    NameTyped,
    Person,
    PersonPressed,
    RoleChosen,
    SecondPressed,
)
from app.features.colleagues.model import Model, Step
from app.i18n.terms import role_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.pin_words import pin_set
from app.ui.secret import ContinuePressed
from app.ui.secret_entry import asked_anew, entry_notices, secret_entry
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the list, or the step of what was begun with one of it."""
    if model.step is Step.ADD:
        return _adding(model, dispatch, look)
    if model.person is None:
        return _list(model, dispatch, look)
    if model.step is Step.SECOND:
        return _second(model, model.person, dispatch, look)
    if model.step is Step.HAND_OVER:
        return _hand_over(model.person, dispatch, look)
    return _entry(model, model.person, dispatch, look)


def _list(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    t = look.t
    _ = t.gettext
    body = _said(model, look)
    if model.done_for:
        kept = t.fill(_("{name} can unlock this tablet now."), name=model.done_for)
        body.append(w.notice("colleagues.done", kept))
    body.append(w.subtitle(_("Tap a name to set a PIN here, or to change yours.")))
    body += [_row(model, person, dispatch, look) for person in model.people]
    if model.is_loaded and not model.roles:
        later = _("You can add colleagues once your administrator has confirmed you.")
        body.append(w.notice("colleagues.unconfirmed", later))
    add = w.main_button(
        "colleagues.add",
        _("Add a colleague"),
        lambda: dispatch(AddPressed()),
        ft.Icons.PERSON_ADD,
    )
    return Frame(
        title=_("Colleagues"),
        body=body,
        main=add if model.roles else None,
        back=lambda: dispatch(BackPressed()),
    )


def _row(model: Model, person: Person, dispatch: Dispatch, look: Look) -> ft.Control:
    _ = look.t.gettext
    badges = [w.Badge(_("PIN on this tablet") if person.has_pin else _("No PIN here"))]
    if person.practitioner_id == model.me:
        badges.append(w.Badge(_("You"), w.Tone.INFO))
    if not person.is_confirmed:
        badges.append(w.Badge(_("Not confirmed yet"), w.Tone.WARNING))
    return w.list_row(
        f"colleagues.person.{person.practitioner_id}",
        Row(
            look.t.isolate(person.name),
            _role_and_origin(person, look),
            badges=tuple(badges),
            icon=ft.Icons.PERSON,
        ),
        lambda: dispatch(PersonPressed(person.practitioner_id)),
    )


def _role_and_origin(person: Person, look: Look) -> str:
    role = role_name(look.t, person.role)
    return f"{role}\n{pin_set(look.t, person.pin_set)}" if person.pin_set else role


def _second(model: Model, person: Person, dispatch: Dispatch, look: Look) -> Frame:
    t = look.t
    _ = t.gettext
    if person.has_pin:
        asked = _(
            "{name} has a PIN here. If it is forgotten, a second colleague helps."
        )
    else:
        asked = _(
            "A confirmed colleague who has the role of {name}, or a higher one, "
            "must stand by."
        )
    body: list[ft.Control] = [w.section_title(t.fill(asked, name=person.name))]
    body += _said(model, look)
    if model.seconds:
        body.append(w.subtitle(_("Which colleague is here and types their own PIN?")))
    else:
        alone = _(
            "No second colleague with a PIN can help here. "
            "Ask your coordinator for permission, let the tablet send, "
            "then press the button below."
        )
        body.append(w.notice("colleagues.alone", alone))
    body += [_second_row(each, dispatch, look) for each in model.seconds]
    return Frame(
        title=_("Forgotten PIN") if person.has_pin else _("Set a PIN here"),
        body=body,
        quiet=w.quiet_button(
            "colleagues.grant",
            _("The coordinator gave permission"),
            lambda: dispatch(GrantPressed()),
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _second_row(person: Person, dispatch: Dispatch, look: Look) -> ft.Control:
    name, role = look.t.isolate(person.name), role_name(look.t, person.role)
    return w.list_row(
        f"colleagues.second.{person.practitioner_id}",
        Row(name, role, icon=ft.Icons.PERSON),
        lambda: dispatch(SecondPressed(person.practitioner_id)),
    )


def _hand_over(person: Person, dispatch: Dispatch, look: Look) -> Frame:
    t = look.t
    _ = t.gettext
    told = t.fill(_("Hand the tablet to {name}."), name=person.name)
    body: list[ft.Control] = [
        w.section_title(told),
        w.subtitle(_("They choose a PIN that only they know, and type it twice.")),
    ]
    return Frame(
        title=_("Set a PIN here"),
        body=body,
        main=w.main_button(
            "colleagues.handed",
            t.fill(_("I am {name}"), name=person.name),
            lambda: dispatch(HandedOver()),
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _entry(model: Model, person: Person, dispatch: Dispatch, look: Look) -> Frame:
    _ = look.t.gettext
    who = person
    if model.step is Step.SECOND_PIN and model.second is not None:
        who = model.second
    body: list[ft.Control] = [w.section_title(_asked(model, look))]
    if model.step is Step.CHOOSE and not model.secret.first:
        body.append(w.subtitle(_("Only you know it. Nobody can look it up for you.")))
    body += _said(model, look)
    body += secret_entry("colleagues", model.secret, look, dispatch)
    if model.busy:
        body.append(w.waiting("colleagues.busy", _("Keeping the new PIN")))
    return Frame(
        title=look.t.isolate(who.name),
        body=body,
        main=w.main_button(
            "colleagues.continue",
            _("Continue"),
            lambda: dispatch(ContinuePressed()),
            enabled=not model.busy,
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _asked(model: Model, look: Look) -> str:
    _ = look.t.gettext
    if model.step is Step.CHOOSE:
        return asked_anew(model.secret, look)
    if model.secret.is_passphrase:
        is_old = model.step is Step.OLD
        return _("Your passphrase until now") if is_old else _("Your passphrase")
    return _("Your PIN until now") if model.step is Step.OLD else _("Your PIN")


def _adding(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    t = look.t
    _ = t.gettext
    roles = [w.Choice(each, role_name(t, each)) for each in model.roles]
    told = _(
        "They can work at once. They are marked as not confirmed "
        "until your administrator has looked."
    )
    body: list[ft.Control] = [
        *_said(model, look),
        w.text_field(
            "colleagues.name",
            _("Full name"),
            model.name,
            lambda text: dispatch(NameTyped(text)),
        ),
        w.section_title(_("Role")),
        w.choice_list(
            "colleagues.role",
            roles,
            {model.role},
            look,
            w.one(lambda role: dispatch(RoleChosen(role))),
        ),
        w.subtitle(told),
    ]
    return Frame(
        title=_("Add a colleague"),
        body=body,
        main=w.main_button(
            "colleagues.save",
            _("Add a colleague"),
            lambda: dispatch(AddConfirmed()),
            enabled=bool(model.role) and not model.busy,
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _said(model: Model, look: Look) -> list[ft.Control]:
    wait, problem = model.wait_seconds, model.problem
    return entry_notices("colleagues", model.secret, look, problem, wait)
