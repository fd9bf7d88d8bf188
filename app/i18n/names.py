"""Names of countries and languages, and the lists to choose them from."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from babel import Locale
from babel.localedata import locale_identifiers

from app.i18n.languages import SOURCE, canonical, cldr_locale
from app.i18n.translator import N_, Translator

# What people here speak and CLDR does not name.
_UNNAMED: Mapping[str, str] = {
    "kmr": N_("Kurdish (Kurmanji)"),
    "din": N_("Dinka"),
    "rmn": N_("Romani (Balkan)"),
}
# The same in the language itself.
_OWN_NAMES: Mapping[str, str] = {"kmr": "Kurmancî", "din": "Thuɔŋjäŋ", "rmn": "Romani"}
_COUNTRY_LENGTH = 2
_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
_ENGLISH = Locale.parse(SOURCE)


class Choice(NamedTuple):
    """A code and what it is called."""

    code: str
    name: str


def country_name(t: Translator, code: str) -> str:
    """A country by its two-letter code; the code itself where it has no name."""
    code = code.upper()
    return _first(t, "territories", code) or code


def countries(t: Translator) -> list[Choice]:
    """Every country, by name."""
    codes = (str(code) for code in _ENGLISH.territories)
    return _by_name(
        Choice(code, country_name(t, code)) for code in codes if _is_country(code)
    )


def language_name(t: Translator, tag: str) -> str:
    """A language by its tag, in the translator's language."""
    tag = canonical(tag)
    if tag in _UNNAMED:
        return t.gettext(_UNNAMED[tag])
    named = _first(t, "languages", tag.replace("-", "_"))
    return named or _named_by_parts(t, tag)


def own_name(tag: str) -> str:
    """A language's name in itself, for the person who speaks it."""
    tag = canonical(tag)
    if tag in _OWN_NAMES:
        return _OWN_NAMES[tag]
    locale = cldr_locale(tag)
    key = tag.replace("-", "_")
    language = key.partition("_")[0]
    if locale.language != language:
        return str(_ENGLISH.languages.get(key, tag))
    names = locale.languages
    return str(names.get(key) or names.get(language) or tag)


def spoken_languages(t: Translator) -> list[Choice]:
    """Languages to choose from: what arrivals speak most first, then by name."""
    likely = [Choice(tag, language_name(t, tag)) for tag in t.languages.likely]
    first = {choice.code for choice in likely}
    rest = {*_plain_languages(), *_UNNAMED} - first
    return likely + _by_name(Choice(tag, language_name(t, tag)) for tag in rest)


def _first(t: Translator, table: str, key: str) -> str | None:
    for locale in (t.babel_locale, _ENGLISH):
        name = getattr(locale, table).get(key)
        if name:
            return str(name)
    return None


def _named_by_parts(t: Translator, tag: str) -> str:
    """A tag with a region: "Arabic (Syria)"; the tag where CLDR knows neither."""
    language, _, region = tag.partition("-")
    name = _first(t, "languages", language)
    if name is None:
        return tag
    if not region:
        return name
    template = t.pgettext("language of a country", "{language} ({country})")
    return t.fill(template, language=name, country=country_name(t, region))


def _plain_languages() -> set[str]:
    """Living languages that CLDR writes, without their regions and scripts."""
    tags = {identifier.partition("_")[0] for identifier in locale_identifiers()}
    return tags & set(_ENGLISH.languages)


def _is_country(code: str) -> bool:
    return len(code) == _COUNTRY_LENGTH and code not in _NO_COUNTRY


def _by_name(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: _sort_key(choice.name))


def _sort_key(name: str) -> str:
    """Letters without their accents, so that É stands with E."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
