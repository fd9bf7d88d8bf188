"""The languages that lie in locales/: found there, never listed in code."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
SOURCE = "en"

# Codes that CLDR writes otherwise: Dari is Persian of Afghanistan there.
_ALIASES = {"prs": "fa-AF", "pbt": "ps", "pbu": "ps", "iw": "he"}


class Direction(StrEnum):
    """The way a script runs."""

    LTR = "ltr"
    RTL = "rtl"


class Review(StrEnum):
    """Who has stood behind the words of a language."""

    SOURCE = "source"
    MACHINE_DRAFTED = "machine-drafted"
    SPEAKER_REVIEWED = "speaker-reviewed"
    CLINICIAN_REVIEWED = "clinician-reviewed"


class Months(StrEnum):
    """How months are written: CLDR's Tigrinya names mean Ethiopian months too."""

    NAMES = "names"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Language:
    """One language as locales/languages.toml declares it."""

    tag: str
    own_name: str
    direction: Direction
    review: Review
    for_staff: bool
    for_person: bool
    complete: bool
    numbering: str
    months: Months
    fonts: tuple[str, ...]
    folder: Path

    @property
    def po(self) -> Path:
        """The catalogue that translators edit."""
        return self.folder / "messages.po"

    @property
    def mo(self) -> Path:
        """The compiled catalogue, a build product."""
        return self.folder / "messages.mo"

    @property
    def babel_locale(self) -> Locale:
        """The CLDR locale for dates, numbers and names."""
        return cldr_locale(self.tag)


class Languages(Mapping[str, Language]):
    """Every language with a catalogue, by tag; `likely` orders spoken languages."""

    def __init__(self, locales: Path = LOCALES) -> None:
        declared = tomllib.loads((locales / "languages.toml").read_text("utf-8"))
        self.likely: tuple[str, ...] = tuple(declared["likely_spoken"])
        self._by_tag = {
            tag: _language(tag, entry, locales)
            for tag, entry in declared["languages"].items()
        }

    def __getitem__(self, tag: str) -> Language:
        return self._by_tag[tag]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_tag)

    def __len__(self) -> int:
        return len(self._by_tag)

    def for_staff(self) -> tuple[Language, ...]:
        """Languages in which the app itself can be shown."""
        return tuple(lang for lang in self.values() if lang.for_staff)

    def for_person(self) -> tuple[Language, ...]:
        """Languages in which questions can be shown to the person."""
        return tuple(lang for lang in self.values() if lang.for_person)

    def best(self, tag: str) -> Language | None:
        """The catalogue nearest to a tag (fa-AF, then fa), or None."""
        return next((self[near] for near in chain(tag) if near in self), None)


def canonical(tag: str) -> str:
    """A tag as this app keeps it: hyphens, and aliases resolved."""
    tag = tag.replace("_", "-")
    return _ALIASES.get(tag, tag)


def chain(tag: str) -> tuple[str, ...]:
    """A tag and its parents, nearest first: ti-ER, ti."""
    parts = canonical(tag).split("-")
    return tuple("-".join(parts[:end]) for end in range(len(parts), 0, -1))


def cldr_locale(tag: str) -> Locale:
    """The CLDR locale of a tag or its nearest parent; English where there is none."""
    for near in chain(tag):
        try:
            return Locale.parse(near, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(SOURCE)


def _language(tag: str, entry: Mapping[str, Any], locales: Path) -> Language:
    return Language(
        tag=tag,
        own_name=entry["own_name"],
        direction=Direction(entry["direction"]),
        review=Review(entry["review"]),
        for_staff="staff" in entry["use"],
        for_person="person" in entry["use"],
        complete=entry["complete"],
        numbering=entry["numbering"],
        months=Months(entry["months"]),
        fonts=tuple(entry["fonts"]),
        folder=locales / tag.replace("-", "_") / "LC_MESSAGES",
    )
