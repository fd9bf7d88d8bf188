"""Languages and countries to choose from: the likely ones first, the rest by search."""

import unicodedata

from app.features.register.form import LANGUAGE_UNKNOWN
from app.i18n import Translator, bidi, names
from app.i18n.languages import Direction
from app.ui import widgets as w

LIKELY_TILES = 10
FOUND_AT_MOST = 20


def language_choice(t: Translator, tag: str) -> w.Choice:
    """A language in the staff's words and in its own."""
    name = t.isolate(names.language_name(t, tag))
    own = names.own_name(tag)
    is_rtl = bidi.direction_of(own) is Direction.RTL
    return w.Choice(tag, name, w.Said(own, is_rtl))


def likely_languages(t: Translator, chosen: str) -> list[w.Choice]:
    """What arrivals speak most; another one that was chosen stands before them."""
    tags = list(t.languages.likely[:LIKELY_TILES])
    if chosen and chosen not in (*tags, LANGUAGE_UNKNOWN):
        tags.insert(0, chosen)
    return [language_choice(t, tag) for tag in tags]


def found_languages(t: Translator, text: str) -> list[w.Choice]:
    """Languages whose name contains what was typed; the likely ones for nothing."""
    likely = set(t.languages.likely)
    found = []
    for choice in names.spoken_languages(t):
        # A name in the language itself costs reading its locale: likely ones alone.
        own = names.own_name(choice.code) if choice.code in likely else ""
        if _fits(text, choice.name, own, choice.code):
            found.append(
                language_choice(t, choice.code)
                if own
                else w.Choice(choice.code, t.isolate(choice.name))
            )
    return found[: FOUND_AT_MOST if text.strip() else len(likely)]


def found_countries(t: Translator, text: str, chosen: str) -> list[w.Choice]:
    """Countries whose name contains what was typed; the chosen one for nothing."""
    if not text.strip():
        name = names.country_name(t, chosen) if chosen else ""
        return [w.Choice(chosen, t.isolate(name))] if chosen else []
    found = [c for c in names.countries(t) if _fits(text, c.name, c.code)]
    return [w.Choice(c.code, t.isolate(c.name)) for c in found[:FOUND_AT_MOST]]


def _fits(text: str, *candidates: str) -> bool:
    wanted = _folded(text)
    return any(wanted in _folded(candidate) for candidate in candidates)


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
