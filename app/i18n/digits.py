"""What is typed as a number, whatever keyboard it was typed on."""

import re
import unicodedata
from decimal import Decimal

from app.i18n.bidi import without_isolates

_DECIMAL_MARKS = str.maketrans({",": ".", "\u066b": ".", "\u060c": ".", "\u2212": "-"})
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_INTEGER = re.compile(r"[+-]?\d+")


def ascii_digits(text: str) -> str:
    """The text with every script's decimal digits (٣, ۳, ৩) as 0 to 9."""
    return "".join(_ascii(character) for character in without_isolates(text))


def parse_decimal(typed: str) -> str | None:
    """The typed number as a decimal string, or None where it is not one.

    A comma, a point and the Arabic decimal sign all part the fraction; groups of
    thousands are refused, since "1.234" would have two meanings.
    """
    text = _bare(typed).translate(_DECIMAL_MARKS)
    if not _DECIMAL.fullmatch(text):
        return None
    return format(Decimal(text), "f")


def parse_integer(typed: str) -> int | None:
    """The typed whole number, or None where it is not one."""
    text = _bare(typed).translate(_DECIMAL_MARKS)
    return int(text) if _INTEGER.fullmatch(text) else None


def _bare(typed: str) -> str:
    """Digits of ASCII, and no space around them or mark of direction among them."""
    return "".join(
        character
        for character in ascii_digits(typed).strip()
        if unicodedata.category(character) != "Cf"
    )


def _ascii(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
