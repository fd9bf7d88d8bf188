"""What a view may ask about its session: words and width."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.i18n import Translator
from app.i18n.languages import LOCALES

MEDIUM_FROM = 600
WIDE_FROM = 1100


class Width(Enum):
    """How much room there is, in three steps."""

    COMPACT = "compact"
    MEDIUM = "medium"
    WIDE = "wide"

    @classmethod
    def of(cls, pixels: float | None) -> "Width":
        """The step of a page's width; unknown is compact, which always fits."""
        if pixels is None or pixels < MEDIUM_FROM:
            return cls.COMPACT
        return cls.MEDIUM if pixels < WIDE_FROM else cls.WIDE


class Translators:
    """A session's translators: its own and those of the persons it meets."""

    def __init__(self, locales: Path = LOCALES) -> None:
        self._locales = locales
        self._known: dict[str, Translator] = {}

    def of(self, tag: str) -> Translator:
        """The translator of a language; LookupError where there is no catalogue."""
        if tag not in self._known:
            self._known[tag] = Translator(tag, locales=self._locales)
        return self._known[tag]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A session's way of showing things; compared by identity, replaced whole."""

    t: Translator
    width: Width
    translators: Translators

    @property
    def is_rtl(self) -> bool:
        """Whether the whole screen is mirrored."""
        return self.t.is_rtl

    @property
    def is_wide(self) -> bool:
        """Whether a list can stand beside what it selects."""
        return self.width is Width.WIDE

    def in_language(self, tag: str) -> Translator:
        """The words of another language: the person's, beside the staff's."""
        return self.translators.of(tag)

    def with_language(self, tag: str) -> "Look":
        """The same session in another language."""
        return Look(self.translators.of(tag), self.width, self.translators)

    def with_width(self, width: Width) -> "Look":
        """The same session on a page of another width."""
        return Look(self.t, width, self.translators)


def first_look(tag: str, pixels: float | None) -> Look:
    """The look of a session that begins."""
    translators = Translators()
    return Look(translators.of(tag), Width.of(pixels), translators)
