"""Where a PIN or passphrase is typed: a pad, or a field that shows no letter."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.ui.look import Look
from app.ui.secret import MIN_DIGITS, Secret
from app.ui.widgets.buttons import quiet_button
from app.ui.widgets.fields import FieldOptions, text_field
from app.ui.widgets.pad import number_pad, pin_dots

_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys of an entry tell."""

    digit: Callable[[str], None]
    erase: Callable[[], None]
    type: Callable[[str], None]
    switch: Callable[[], None]
    go_on: Callable[[], None]


def secret_entry(key: str, secret: Secret, look: Look, keys: Keys) -> list[ft.Control]:
    """Draw the pad, or the field, and the way from one to the other."""
    _ = look.t.gettext
    if secret.has_letters:
        label = _("PIN or passphrase")
        options = FieldOptions(is_secret=True, autofocus=True, on_submit=keys.go_on)
        field = text_field(f"{key}.text", label, secret.text, keys.type, options)
        switch = quiet_button(f"{key}.digits", _("Use digits instead"), keys.switch)
        return [field, switch]
    pad = number_pad(f"{key}.pad", look, keys.digit, keys.erase)
    listener = ft.KeyboardListener(
        pad,
        key=f"{key}.keyboard",
        autofocus=True,
        on_key_down=lambda event: _key_pressed(event.key, keys),
    )
    dots = pin_dots(f"{key}.dots", look, len(secret.text), MIN_DIGITS)
    switch = quiet_button(f"{key}.letters", _("Use letters instead"), keys.switch)
    return [dots, listener, switch]


def _key_pressed(sign: str, keys: Keys) -> None:
    """The pad is for fingers; a keyboard's keys do the same."""
    plain = sign.removeprefix("Numpad ")
    if plain in _DIGITS:
        keys.digit(plain)
    elif plain == "Backspace":
        keys.erase()
    elif plain == "Enter":
        keys.go_on()
