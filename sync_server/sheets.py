"""Keys on paper: written in groups that can be read aloud, typed back with checks.

The private half of the recovery key is parted in two: each sheet alone is random. A
sheet holds its number, the first bytes of SHA-256 of the public half, and a share.
Each line ends in a check character, so that a mistyped one is named by its number.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.ids import ALPHABET, check_character

KEY_BYTES = 32
_MARK_BYTES = 4
_BITS = 5
_LINE = 12
_GROUP = 4
_LOOKALIKES = str.maketrans("ILO", "110")


class SheetError(ValueError):
    """What was typed is no such text; the message says which line, and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One of the two sheets: number 1 or 2, whose key, and a share of it."""

    number: int
    mark: bytes
    share: bytes

    def lines(self) -> list[str]:
        """Return what is printed."""
        return _lines(bytes([self.number]) + self.mark + self.share)


def parted(private: bytes, public: bytes, random: bytes) -> tuple[Sheet, Sheet]:
    """Part a private half (32 bytes) by 32 random bytes."""
    mark = _mark(public)
    other = bytes(a ^ b for a, b in zip(private, random, strict=True))
    return Sheet(1, mark, random), Sheet(2, mark, other)


def read_sheet(typed: str) -> Sheet:
    """Read a sheet as it was typed back; raise SheetError."""
    raw = _bytes(typed, 1 + _MARK_BYTES + KEY_BYTES)
    sheet = Sheet(raw[0], raw[1 : 1 + _MARK_BYTES], raw[1 + _MARK_BYTES :])
    if sheet.number not in (1, 2):
        raise SheetError("This is no sheet of a recovery key.")
    return sheet


def joined(first: Sheet, second: Sheet) -> bytes:
    """Return the private half; raise SheetError where the two do not belong together.

    Whether it is the key of a public half, who has that must see.
    """
    if first.number == second.number:
        raise SheetError(f"Both are sheet {first.number}. Both sheets are needed.")
    if first.mark != second.mark:
        raise SheetError("These two sheets belong to different recovery keys.")
    return bytes(a ^ b for a, b in zip(first.share, second.share, strict=True))


def is_of(sheet: Sheet, public: bytes) -> bool:
    """Tell whether a sheet was made with this public half."""
    return sheet.mark == _mark(public)


def public_text(public: bytes) -> str:
    """Return a public half as one word, for a command."""
    return "-".join(_lines(public + _mark(public)))


def read_public(typed: str) -> bytes:
    """Read what public_text wrote; raise SheetError."""
    raw = _bytes(typed, KEY_BYTES + _MARK_BYTES)
    public, mark = raw[:KEY_BYTES], raw[KEY_BYTES:]
    if mark != _mark(public):
        raise SheetError("This is no public recovery key.")
    return public


def _mark(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:_MARK_BYTES]


def _lines(raw: bytes) -> list[str]:
    count = _rows(len(raw)) * _LINE
    number = int.from_bytes(raw) << (count * _BITS - len(raw) * 8)
    signs = [
        ALPHABET[(number >> (_BITS * place)) & (len(ALPHABET) - 1)]
        for place in reversed(range(count))
    ]
    text = "".join(signs)
    rows = (text[at : at + _LINE] for at in range(0, count, _LINE))
    return ["-".join((*_groups(row), check_character(row))) for row in rows]


def _rows(size: int) -> int:
    """Return in how many lines so many bytes are written."""
    return math.ceil(size * 8 / (_BITS * _LINE))


def _groups(row: str) -> Sequence[str]:
    return [row[at : at + _GROUP] for at in range(0, len(row), _GROUP)]


def _bytes(typed: str, size: int) -> bytes:
    plain = "".join(typed.split()).replace("-", "").upper().translate(_LOOKALIKES)
    width = _LINE + 1
    rows = [plain[at : at + width] for at in range(0, len(plain), width)]
    expected = _rows(size)
    if len(plain) != expected * width:
        raise SheetError(
            f"It has {expected} lines of {width} characters: "
            f"{len(plain)} were typed instead of {expected * width}."
        )
    for number, row in enumerate(rows, 1):
        known = all(sign in ALPHABET for sign in row)
        if not known or check_character(row[:-1]) != row[-1]:
            raise SheetError(f"Line {number} is mistyped. Compare it with the sheet.")
    value = 0
    for sign in "".join(row[:-1] for row in rows):
        value = value * len(ALPHABET) + ALPHABET.index(sign)
    return (value >> (expected * _LINE * _BITS - size * 8)).to_bytes(size)
