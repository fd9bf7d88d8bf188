"""Which PINs are good enough, and how long to wait after wrong ones. Pure."""

import unicodedata

from app.core.problems import ProblemCode
from app.core.roles import needs_passphrase
from app.storage.errors import PinRefusedError

MIN_LENGTH = 6
MIN_PASSPHRASE_LENGTH = 8
_SEQUENCES = ("01234567890", "09876543210")
_MAX_PERIOD = 3

FREE_ATTEMPTS = 3
_DELAYS_SECONDS = (15, 60, 300, 900, 3600)


def normalised_pin(typed: str) -> str:
    """Return a PIN or passphrase in one form, whatever keyboard typed it."""
    text = unicodedata.normalize("NFKC", typed).strip()
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c
        for c in text
    )


def check_new_pin(typed: str, role: str) -> str:
    """Return the normalised PIN; raise PinRefusedError if it is easily guessed.

    Some roles need a passphrase: longer, and not of digits alone.
    """
    pin = normalised_pin(typed)
    if needs_passphrase(role) and (len(pin) < MIN_PASSPHRASE_LENGTH or pin.isdigit()):
        raise PinRefusedError(ProblemCode.PASSPHRASE_NEEDED)
    if len(pin) < MIN_LENGTH:
        raise PinRefusedError(ProblemCode.PIN_TOO_SHORT)
    if _is_simple(pin):
        raise PinRefusedError(ProblemCode.PIN_TOO_SIMPLE)
    return pin


def _is_simple(pin: str) -> bool:
    """Tell whether a PIN repeats or counts: 111111, 121212, 123123, 123456, 112233."""
    if any(_repeats(pin, period) for period in range(1, _MAX_PERIOD + 1)):
        return True
    if any(pin in sequence for sequence in _SEQUENCES):
        return True
    pairs = pin[::2]
    return pin[::2] == pin[1::2] and any(pairs in s for s in _SEQUENCES)


def _repeats(pin: str, period: int) -> bool:
    return pin == (pin[:period] * len(pin))[: len(pin)]


def delay_seconds(failures: int) -> int:
    """Return how long the next attempt must wait after so many wrong PINs."""
    if failures < FREE_ATTEMPTS:
        return 0
    return _DELAYS_SECONDS[min(failures - FREE_ATTEMPTS, len(_DELAYS_SECONDS) - 1)]
