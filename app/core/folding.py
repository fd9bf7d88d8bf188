"""Text as search compares it: no marks, no case, one letter for its variants. Pure.

Tablets and the server search by these rules, so that both find the same people.
"""

import unicodedata
from dataclasses import dataclass

from app.core.ids import CARD_LENGTH

_CARD_LOOKALIKES = str.maketrans({"i": "1", "l": "1", "o": "0"})
_MIN_TYPED = 3
"""Characters of a card or phone number before they are looked for."""
_NUMBER_SIGNS = frozenset("+-/(). ")

_SAME_LETTER = str.maketrans(
    {
        # Arabic script: keyboards and spellings differ more than names do.
        "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
        "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER E}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER YEH WITH TAIL}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
        "\N{ARABIC LETTER KAF WITH RING}": "\N{ARABIC LETTER GAF}",
        "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC TATWEEL}": "",
        "\N{ZERO WIDTH NON-JOINER}": "",
        "\N{ZERO WIDTH JOINER}": "",
        # Latin letters that do not decompose.
        "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN SMALL LETTER D WITH STROKE}": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LATIN SMALL LETTER AE}": "ae",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
    }
)
# Ethiopic syllables written in two ways and spoken in one: ሠ as ሰ, ፀ as ጸ.
_SAME_SYLLABLE = {0x1220 + i: 0x1230 + i for i in range(8)} | {
    0x1340 + i: 0x1338 + i for i in range(7)
}


def folded(text: str) -> str:
    """Return text without case, marks, tatweel and variants of letters and digits."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDS)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded; marks of punctuation part words."""
    return folded(text).translate(_PARTS).split()


class _Folds(dict[int, str]):
    """What each character of a decomposed text becomes; made as characters come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.category(character) == "Mn":
            return self.setdefault(code, "")
        plain = character.casefold().translate(_SAME_LETTER).translate(_SAME_SYLLABLE)
        return self.setdefault(code, "".join(_digit(c) for c in plain))


class _Parts(dict[int, str]):
    """A space for each character that parts words.

    Vowel signs of Indic scripts stand beside their letter and part no words.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        within = character.isalnum() or unicodedata.category(character) == "Mc"
        return self.setdefault(code, character if within else " ")


_FOLDS, _PARTS = _Folds(), _Parts()


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(c for c in folded(text) if c.isdigit())


def name_words(text: str) -> list[str]:
    """Return the words of a name, folded; a hyphenated one also as one word."""
    if text.isascii() and text.replace(" ", "").isalpha():  # Mostly so.
        return text.lower().split()
    words, parts = tokens(text), text.split()
    if len(words) == len(parts) and "".join(parts).isalpha():  # Nothing to be joined.
        return words
    return [*words, *_joined_words(text)]


def _joined_words(text: str) -> list[str]:
    return [joined for word in text.split() if (joined := "".join(tokens(word)))]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a search field, as names, cards and numbers may match it.

    A hyphen joins words, as it does in one of name_words. `card` and `number` are
    empty where the text can be neither.
    """

    words: tuple[str, ...]
    card: str
    number: str

    @classmethod
    def of(cls, text: str) -> "Typed":
        """Read a text; each of its words begins a word of a name."""
        words = tuple(_joined_words(text))
        card = "".join(words).translate(_CARD_LOOKALIKES)
        numeric = all(c.isdigit() or c in _NUMBER_SIGNS for c in folded(text))
        number = digits(text).lstrip("0") if numeric else ""
        fits = _MIN_TYPED <= len(card) <= CARD_LENGTH and card.isascii()
        return cls(
            words, card if fits else "", number if len(number) >= _MIN_TYPED else ""
        )
