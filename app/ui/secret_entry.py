"""Where a PIN or passphrase is typed: a pad, or a field that shows no letter."""

from collections.abc import Callable

import flet as ft

from app.core.problems import ProblemCode
from app.i18n import messages
from app.i18n.digits import ascii_digits
from app.ui.look import Look
from app.ui.secret import (
    MIN_DIGITS,
    ContinuePressed,
    DigitPressed,
    ErasePressed,
    KeyEvent,
    KeysSwitched,
    Secret,
    TextTyped,
)
from app.ui.theme import Space
from app.ui.widgets.buttons import quiet_button
from app.ui.widgets.fields import FieldOptions, text_field
from app.ui.widgets.notices import Tone, notice
from app.ui.widgets.pad import number_pad, pin_dots

_DIGITS = frozenset("0123456789")
Dispatch = Callable[[KeyEvent | ContinuePressed], None]


def secret_entry(
    key: str, secret: Secret, look: Look, dispatch: Dispatch
) -> list[ft.Control]:
    """Draw the pad, or the field, and the way from one to the other."""
    _ = look.t.gettext

    def switch() -> None:
        dispatch(KeysSwitched())

    if secret.has_letters:
        options = FieldOptions(
            is_secret=True,
            autofocus=True,
            on_submit=lambda: dispatch(ContinuePressed()),
        )
        field = text_field(
            f"{key}.text",
            _("Passphrase") if secret.is_passphrase else _("PIN or passphrase"),
            secret.text,
            lambda text: dispatch(TextTyped(text)),
            options,
        )
        if secret.is_passphrase:  # Whoever had a PIN before this role types it here.
            return [field]
        return [field, quiet_button(f"{key}.digits", _("Use digits instead"), switch)]
    pad = number_pad(
        f"{key}.pad",
        look,
        lambda digit: dispatch(DigitPressed(digit)),
        lambda: dispatch(ErasePressed()),
    )
    dots = pin_dots(f"{key}.dots", look, len(secret.text), MIN_DIGITS)
    letters = quiet_button(f"{key}.letters", _("Use letters instead"), switch)
    return [_listening(key, dots, pad, dispatch), letters]


def asked_anew(secret: Secret, look: Look) -> str:
    """Return what is asked for while a new one is chosen."""
    _ = look.t.gettext
    if secret.first and secret.has_letters:
        return _("Type the same passphrase once more")
    if secret.first:
        return _("Type the same PIN once more")
    if secret.has_letters:
        return _("Choose a passphrase of 8 letters and digits or more")
    return _("Choose a PIN of 6 digits or more")


def entry_notices(
    key: str,
    secret: Secret,
    look: Look,
    problem: ProblemCode | None,
    wait_seconds: int = 0,
) -> list[ft.Control]:
    """Say what is wrong with what was typed, and how long to wait."""
    t = look.t
    said: list[ft.Control] = []
    if problem is not None:
        sentence = messages.problem(t, problem)
        said.append(notice(f"{key}.problem", sentence, Tone.WARNING))
    if secret.differs:
        said.append(notice(f"{key}.differs", _different(secret, look), Tone.WARNING))
    if wait_seconds:
        template = t.ngettext(
            "You can try again in {count} second.",
            "You can try again in {count} seconds.",
            wait_seconds,
        )
        wait = t.fill(template, count=wait_seconds)
        said.append(notice(f"{key}.wait", wait))
    return said


def _different(secret: Secret, look: Look) -> str:
    _ = look.t.gettext
    if secret.has_letters:
        return _("The two passphrases were not the same. Choose one again.")
    return _("The two PINs were not the same. Choose one again.")


def _listening(
    key: str, dots: ft.Control, pad: ft.Control, dispatch: Dispatch
) -> ft.Control:
    """The pad is for fingers; a keyboard's keys do the same.

    Enter counts at the dots alone: on a key of the pad it presses that key, and a PIN
    that is half typed would be tried.
    """
    entered = ft.KeyboardListener(
        dots,
        key=f"{key}.enter",
        autofocus=True,
        on_key_down=lambda event: _enter_pressed(event.key, dispatch),
    )
    both = ft.Column(
        [entered, pad],
        spacing=Space.MEDIUM,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.KeyboardListener(
        both,
        key=f"{key}.keyboard",
        on_key_down=lambda event: _key_pressed(event.key, dispatch),
    )


def _enter_pressed(sign: str, dispatch: Dispatch) -> None:
    if sign.removeprefix("Numpad ") == "Enter":
        dispatch(ContinuePressed())


def _key_pressed(sign: str, dispatch: Dispatch) -> None:
    """A digit in whatever script, or one taken back."""
    plain = ascii_digits(sign.removeprefix("Numpad "))
    if plain in _DIGITS:
        dispatch(DigitPressed(plain))
    elif plain == "Backspace":
        dispatch(ErasePressed())
