"""Drawing of Forgotten: the name, what helps, then a pad under the thumb."""

from collections.abc import Callable

import flet as ft

from app.features.forgotten.state import (
    BackPressed,
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    Event,
    FetchPressed,
    KeysSwitched,
    Model,
    Person,
    PersonPressed,
    Step,
    TextTyped,
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
        "then you choose a new one."
    )
    alone = _(
        "If nobody here can unlock: ask your coordinator for permission. "
        "It comes over the network, counts once, and opens this tablet for you."
    )
    body: list[ft.Control] = [
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


def _entry(model: Model, person: Person, dispatch: Dispatch, look: Look) -> Frame:
    _ = look.t.gettext
    keys = Keys(
        digit=lambda digit: dispatch(DigitPressed(digit)),
        erase=lambda: dispatch(ErasePressed()),
        type=lambda text: dispatch(TextTyped(text)),
        switch=lambda: dispatch(KeysSwitched()),
        go_on=lambda: dispatch(ContinuePressed()),
    )
    return Frame(
        title=look.t.isolate(person.name),
        body=[
            w.section_title(_asked(model, look)),
            *_said(model, look),
            *secret_entry("forgotten", model.secret, look, keys),
        ],
        main=w.main_button(
            "forgotten.continue",
            _("Continue"),
            lambda: dispatch(ContinuePressed()),
            enabled=not model.busy,
        ),
        back=lambda: dispatch(BackPressed()),
    )


def _asked(model: Model, look: Look) -> str:
    _ = look.t.gettext
    if model.step is Step.REPEAT:
        return _("Type the same PIN once more")
    if model.secret.has_letters:
        return _("Choose a passphrase of 8 letters and digits or more")
    return _("Choose a PIN of 6 digits or more")


def _said(model: Model, look: Look) -> list[ft.Control]:
    t = look.t
    _ = t.gettext
    said: list[ft.Control] = []
    if model.problem is not None:
        sentence = messages.problem(t, model.problem)
        said.append(w.notice("forgotten.problem", sentence, w.Tone.WARNING))
    if model.differs:
        sentence = _("The two PINs were not the same. Choose one again.")
        said.append(w.notice("forgotten.differs", sentence, w.Tone.WARNING))
    if model.busy:
        said.append(w.waiting("forgotten.busy", _("One moment")))
    return said
