"""Text of one direction inside a line of another, in one place."""

import unicodedata

from app.i18n.languages import Direction

_LRI, _RLI, _FSI, _PDI = "\u2066", "\u2067", "\u2068", "\u2069"
LTR_MARK = _LRI
"""Opens a text that runs left to right to its end, in any line."""
_OPENING = {_LRI, _RLI, _FSI}
_MARKS = str.maketrans("", "", _LRI + _RLI + _FSI + _PDI)
_STRONG = {"L": Direction.LTR, "R": Direction.RTL, "AL": Direction.RTL}


def isolate(text: str) -> str:
    """A name or free text: its own first strong letter decides how it runs."""
    return _wrapped(_FSI, text)


def isolate_ltr(text: str) -> str:
    """A phone number, date or code: left to right in any line."""
    return _wrapped(_LRI, text)


def isolate_rtl(text: str) -> str:
    """Words of a right-to-left language, whatever letter stands first."""
    return _wrapped(_RLI, text)


def without_isolates(text: str) -> str:
    """The bare text, for comparing and for copying."""
    return text.translate(_MARKS)


def direction_of(text: str) -> Direction | None:
    """The direction of the first strong letter; None where there is none."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _STRONG:
            return _STRONG[kind]
    return None


def is_in_rtl(text: str) -> bool:
    """Whether a right-to-left letter stands anywhere in it."""
    found = (_STRONG.get(unicodedata.bidirectional(each)) for each in text)
    return Direction.RTL in found


def _wrapped(opening: str, text: str) -> str:
    """Text between an opening mark and its end, once: what is isolated stays so."""
    return text if not text or _is_isolated(text) else f"{opening}{text}{_PDI}"


def _is_isolated(text: str) -> bool:
    """Whether the mark that opens the text is closed by its last character."""
    depth = 0
    for position, character in enumerate(text, start=1):
        if character in _OPENING:
            depth += 1
        elif character == _PDI:
            depth -= 1
        if depth <= 0:
            return character == _PDI and position == len(text)
    return False
