"""Drawing of Forgotten: the name, what helps, then a pad under the thumb."""

from collections.abc import Callable

import flet as ft

from app.features.forgotten.state import (
    BackPressed,
    Event,
    FetchPressed,
    Model,
    Person,
    PersonPressed,
    Step,
)
from app.i18n.terms import role_name
from app.ui import widgets as w
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.pin_words import PinSet, pin_set
from app.ui.secret import ContinuePressed
from app.ui.secret_entry import asked_anew, entry_notices, secret_entry
from app.ui.widgets.lists import Row

Dispatch = Callable[[Event], None]


def view(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    """Draw the names, what can be done, or the pad."""
    if model.person is None:
        return _names(model, dispatch, look)
    if model.step is Step.TOLD:
        return _told(model, model.person, dispatch, look)
    return _entry(model, model.person, dispatch, look)


def _names(model: Model, dispatch: Dispatch, look: Look) -> Frame:
    _ = look.t.gettext
    rows = [_row(person, dispatch, look) for person in model.people]
    return Frame(
        title=_("I cannot unlock"),
        body=[w.section_title(_("Who are you?")), *rows, *_said(model, look)],
        quiet=w.quiet_button(
            "forgotten.people",
            _("My name is not here: ask the server"),
            lambda: dispatch(FetchPressed()),
            enabled=not model.busy,
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _row(person: Person, dispatch: Dispatch, look: Look) -> ft.Control:
    name, role = look.t.isolate(person.name), role_name(look.t, person.role)
    return w.list_row(
        f"forgotten.person.{person.practitioner_id}",
        Row(name, role, icon=ft.Icons.PERSON),
        lambda: dispatch(PersonPressed(person.practitioner_id)),
    )


def _told(model: Model, person: Person, dispatch: Dispatch, look: Look) -> Frame:
    _ = look.t.gettext
    beside = _(
        "A colleague who has unlocked opens Colleagues and taps your name. "
        "If you had a PIN here, a second colleague types theirs; "
        "then you choose a new one. One of them must have your role or a higher one."
    )
    alone = _(
        "If nobody here can unlock: ask your coordinator for permission. "
        "It comes over the network, counts once, and opens this tablet for you."
    )
    body: list[ft.Control] = []
    if person.pin_set is not None:
        body.append(w.notice("forgotten.set", _was_set(person.pin_set, look)))
    body += [
        w.section_title(_("With two colleagues")),
        w.words(beside),
        w.section_title(_("With your coordinator")),
        w.words(alone),
        *_said(model, look),
    ]
    return Frame(
        title=look.t.isolate(person.name),
        body=body,
        main=w.main_button(
            "forgotten.fetch",
            _("Fetch the permission"),
            lambda: dispatch(FetchPressed()),
            enabled=not model.busy,
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _was_set(pin: PinSet, look: Look) -> str:
    """Say who stood by: a PIN that its owner did not choose is seen here."""
    t = look.t
    told = t.gettext("{set}. If that was not you, tell your coordinator.")
    return t.fill(told, set=pin_set(t, pin))


def _entry(model: Model, person: Person, dispatch: Dispatch, look: Look) -> Frame:
    _ = look.t.gettext
    return Frame(
        title=look.t.isolate(person.name),
        body=[
            w.section_title(asked_anew(model.secret, look)),
            *_said(model, look),
            *secret_entry("forgotten", model.secret, look, dispatch),
        ],
        main=w.main_button(
            "forgotten.continue",
            _("Continue"),
            lambda: dispatch(ContinuePressed()),
            enabled=not model.busy,
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _said(model: Model, look: Look) -> list[ft.Control]:
    said = entry_notices("forgotten", model.secret, look, model.problem)
    if model.busy:
        said.append(w.waiting("forgotten.busy", look.t.gettext("One moment")))
    return said
