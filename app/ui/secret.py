"""A PIN or passphrase as it is typed, given once or chosen twice: pure, for models."""

from dataclasses import dataclass, replace
from typing import assert_never

from app.core.roles import needs_passphrase

MIN_DIGITS = 6
_MAX_DIGITS = 12
_MAX_LETTERS = 128


@dataclass(frozen=True, slots=True, repr=False)
class DigitPressed:
    """One digit more."""

    digit: str


@dataclass(frozen=True, slots=True)
class ErasePressed:
    """One sign less."""


@dataclass(frozen=True, slots=True, repr=False)
class TextTyped:
    """A passphrase is typed in a field; the field's whole text."""

    text: str


@dataclass(frozen=True, slots=True)
class KeysSwitched:
    """The other keys are asked for: letters, or digits."""


@dataclass(frozen=True, slots=True)
class ContinuePressed:
    """It is typed."""


KeyEvent = DigitPressed | ErasePressed | TextTyped | KeysSwitched


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What was typed so far, on the pad or, where it has letters, in a field."""

    text: str = ""
    has_letters: bool = False
    first: str = ""
    """A new one, as it was typed the first time."""
    differs: bool = False
    """Whether a new one was another the second time."""
    is_passphrase: bool = False
    """Whether digits alone are too little: then the pad is not offered."""

    @classmethod
    def for_role(cls, role: str) -> "Secret":
        """Return an empty one, with letters where a role needs a passphrase."""
        needed = needs_passphrase(role)
        return cls(has_letters=needed, is_passphrase=needed)

    def cleared(self) -> "Secret":
        """Nothing typed, on the same keys."""
        return Secret(has_letters=self.has_letters, is_passphrase=self.is_passphrase)

    def pressed(self, event: KeyEvent) -> "Secret":
        """What stands after a key; what was typed on other keys does not belong."""
        told = replace(self, differs=False)
        match event:
            case DigitPressed(digit):
                has_room = len(self.text) < _MAX_DIGITS
                return replace(told, text=self.text + digit) if has_room else told
            case ErasePressed():
                return replace(told, text=self.text[:-1])
            case TextTyped(text):
                return replace(told, text=text[:_MAX_LETTERS])
            case KeysSwitched() if self.is_passphrase:
                return told
            case KeysSwitched():
                return replace(told, text="", has_letters=not self.has_letters)
            case _:
                assert_never(event)

    def confirmed(self) -> "Secret":
        """A new one was typed: now once more, or chosen, or anew where it differs."""
        if not self.first:
            return replace(self.cleared(), first=self.text)
        return self if self.is_chosen else replace(self.cleared(), differs=True)

    @property
    def is_long_enough(self) -> bool:
        """Whether it could be one at all."""
        return len(self.text) >= MIN_DIGITS

    @property
    def is_chosen(self) -> bool:
        """Whether a new one was typed twice, and the same."""
        return bool(self.first) and self.text == self.first


EMPTY = Secret()
"""Nothing typed, on the pad."""
