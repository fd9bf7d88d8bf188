"""A PIN or passphrase as it is typed: pure, for the models of screens."""

from dataclasses import dataclass, replace

from app.core.roles import needs_passphrase

MIN_DIGITS = 6
MIN_LETTERS = 8
_MAX_DIGITS = 12
_MAX_LETTERS = 128


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What was typed so far, on the pad or, where it has letters, in a field."""

    text: str = ""
    has_letters: bool = False

    @classmethod
    def to_choose(cls, role: str) -> "Secret":
        """Return an empty one, with letters where a role needs a passphrase."""
        return cls(has_letters=needs_passphrase(role))

    def cleared(self) -> "Secret":
        """Nothing typed, on the same keys."""
        return replace(self, text="")

    def with_digit(self, digit: str) -> "Secret":
        """One digit more, as far as there is room."""
        room = len(self.text) < _MAX_DIGITS
        return replace(self, text=self.text + digit) if room else self

    def without_last(self) -> "Secret":
        """One sign less."""
        return replace(self, text=self.text[:-1])

    def typed(self, text: str) -> "Secret":
        """What stands in the field."""
        return replace(self, text=text[:_MAX_LETTERS])

    def switched(self) -> "Secret":
        """The other keys; what was typed on these does not belong on those."""
        return Secret(has_letters=not self.has_letters)

    @property
    def is_long_enough(self) -> bool:
        """Whether it could be one at all."""
        return len(self.text) >= MIN_DIGITS


EMPTY = Secret()
"""Nothing typed, on the pad."""
