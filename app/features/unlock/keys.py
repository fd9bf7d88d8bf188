"""What the keys of Unlock tell: digits, letters instead, a forgotten PIN."""

from dataclasses import dataclass
from typing import assert_never

from app.ui.secret import Secret


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """One digit more."""

    digit: str


@dataclass(frozen=True, slots=True)
class ErasePressed:
    """One sign less."""


@dataclass(frozen=True, slots=True)
class TextTyped:
    """A passphrase is typed in a field; the field's whole text."""

    text: str


@dataclass(frozen=True, slots=True)
class KeysSwitched:
    """The other keys are asked for: letters, or digits."""


@dataclass(frozen=True, slots=True)
class ForgotPressed:
    """Somebody can't unlock."""


@dataclass(frozen=True, slots=True)
class OpenForgotten:
    """Leads to what can be done about it."""


KeyEvent = DigitPressed | ErasePressed | TextTyped | KeysSwitched


def after_key(secret: Secret, event: KeyEvent) -> Secret:
    """Return what stands after a key."""
    match event:
        case DigitPressed(digit):
            return secret.with_digit(digit)
        case ErasePressed():
            return secret.without_last()
        case TextTyped(text):
            return secret.typed(text)
        case KeysSwitched():
            return secret.switched()
        case _:
            assert_never(event)
