"""Texts of a form, with the translations that came with it."""

from collections.abc import Callable
from dataclasses import dataclass

Translate = Callable[[str, str], str | None]
"""A catalogue: (context, text) to its translation, or None where there is none."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in its source language; `context` is its msgctxt in the catalogues."""

    source: str
    context: str
    language: str = "en"
    translations: tuple[tuple[str, str], ...] = ()

    def text_in(
        self, language: str, translate: Translate | None = None
    ) -> tuple[str, str]:
        """Return the text and the language it is in: the source's as a last resort.

        The form's own translation comes first, then the catalogue `translate`.
        """
        if _base(language) == _base(self.language):
            return self.source, self.language
        for wanted in (language, _base(language)):
            for tag, text in self.translations:
                if tag.casefold() == wanted.casefold():
                    return text, tag
        translated = translate(self.context, self.source) if translate else None
        return (translated, language) if translated else (self.source, self.language)


def _base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].casefold()
