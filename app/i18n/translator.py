"""One session's words in one language."""

from collections.abc import Callable
from decimal import Decimal
from gettext import GNUTranslations
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.numbers import format_decimal

from app.i18n import bidi, catalogue
from app.i18n.languages import (
    LOCALES,
    SOURCE,
    Direction,
    Language,
    Languages,
    Review,
    chain,
)

_Ask = Callable[[GNUTranslations], str]


def N_(msgid: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Mark a sentence for extraction; it is looked up when it is shown."""
    return msgid


class Lookup(NamedTuple):
    """Words, and the tag of the language they are in."""

    text: str
    language: str


class Translator:
    """Looks words up in one language, and says where it had none.

    Holds no state but the messages it missed; a session has its own.
    """

    def __init__(self, tag: str, *, locales: Path = LOCALES) -> None:
        languages = Languages(locales)
        near = [languages[step] for step in chain(tag) if step in languages]
        if not near:
            raise LookupError(f"no catalogue for language {tag!r}")
        self.language: Language = near[0]
        self.languages = languages
        self._catalogues = [(lang.tag, catalogue.load(lang)) for lang in near]
        self._missing: set[str] = set()

    @property
    def tag(self) -> str:
        """The language's BCP-47 tag."""
        return self.language.tag

    @property
    def direction(self) -> Direction:
        """The way this language's lines run."""
        return self.language.direction

    @property
    def is_rtl(self) -> bool:
        """Whether a whole screen in this language is mirrored."""
        return self.language.direction is Direction.RTL

    @property
    def review_state(self) -> Review:
        """Who has stood behind these words."""
        return self.language.review

    @property
    def babel_locale(self) -> Locale:
        """The CLDR locale for dates, numbers and names."""
        return self.language.babel_locale

    @property
    def missing(self) -> frozenset[str]:
        """The messages that this session asked for and had only in English."""
        return frozenset(self._missing)

    def gettext(self, msgid: str) -> str:
        """A sentence; in marked English where the language has none."""
        return self._shown(self.lookup(msgid))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """A sentence in the form that the count asks for."""
        english = singular if count == 1 else plural
        return self._shown(
            self._find(lambda words: words.ngettext(singular, plural, count), english)
        )

    def pgettext(self, context: str, msgid: str) -> str:
        """A sentence whose English has more than one meaning."""
        return self._shown(self.lookup(msgid, context))

    def lookup(self, msgid: str, context: str | None = None) -> Lookup:
        """Unmarked words with their language, for a screen that marks them itself."""
        if context is None:
            return self._find(lambda words: words.gettext(msgid), msgid)
        return self._find(lambda words: words.pgettext(context, msgid), msgid)

    def translate(self, context: str, text: str) -> str | None:
        """A question's words, as app.core.questionnaire asks for them; None if none."""
        found = self._search(lambda words: words.pgettext(context, text))
        return found.text if found else None

    def fill(self, template: str, **values: object) -> str:
        """A sentence with its placeholders filled, numbers written as here."""
        shown = {name: self._value(value) for name, value in values.items()}
        return template.format(**shown)

    def isolate(self, text: str) -> str:
        """A name or free text, kept from disturbing the line it stands in.

        "PHQ-9:" and Arabic words are read from the right on an Arabic screen, though
        a Latin letter stands first.
        """
        if self.is_rtl and bidi.is_in_rtl(text):
            return bidi.isolate_rtl(text)
        if self.is_rtl or bidi.direction_of(text) is Direction.RTL:
            return bidi.isolate(text)
        return text

    def isolate_ltr(self, text: str) -> str:
        """A phone number, date or code, kept in its order in any line."""
        return bidi.isolate_ltr(text) if self.is_rtl else text

    def _find(self, ask: _Ask, english: str) -> Lookup:
        if not english:
            # The empty msgid is a catalogue's header, never words.
            return Lookup(english, SOURCE)
        found = self._search(ask)
        if found is None and self.tag != SOURCE:
            self._missing.add(english)
        return found or Lookup(english, SOURCE)

    def _search(self, ask: _Ask) -> Lookup | None:
        for tag, words in self._catalogues:
            try:
                text = ask(words)
            except catalogue.UntranslatedError:
                continue
            if text:
                return Lookup(text, tag)
        return None

    def _shown(self, found: Lookup) -> str:
        if found.language != SOURCE or self.tag == SOURCE or not found.text:
            return found.text
        return self.isolate_ltr(f"[{SOURCE}] {found.text}")

    def _value(self, value: object) -> str:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return format_decimal(
                value,
                locale=self.babel_locale,
                numbering_system=self.language.numbering,
            )
        return self.isolate(str(value))
