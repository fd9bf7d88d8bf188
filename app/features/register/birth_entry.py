"""What is typed of an age or a birth date, and the interval that it means."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.birth import Birth, BirthSource, Precision, birth_of_age
from app.i18n.digits import parse_integer

MAX_AGE = 120
_MONTHS = 12


class Mode(StrEnum):
    """How the age is said."""

    AGE = "age"
    DATE = "date"
    BAND = "band"


BANDS: tuple[tuple[int, int], ...] = (
    (0, 1),
    (2, 4),
    (5, 11),
    (12, 17),
    (18, 39),
    (40, 59),
    (60, 110),
)
"""Apparent ages in completed years, both inclusive; 18 parts children from adults."""


def band_code(band: tuple[int, int]) -> str:
    """Return a band as it stands in a draft and in keys of tiles."""
    return f"{band[0]}-{band[1]}"


_BY_CODE = {band_code(band): band for band in BANDS}


@dataclass(frozen=True, slots=True)
class BirthEntry:
    """As it was typed; the parts of another mode are kept, and don't count."""

    mode: Mode = Mode.AGE
    years: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    band: str = ""
    source: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said in the chosen mode."""
        match self.mode:
            case Mode.AGE:
                return not self.years.strip()
            case Mode.DATE:
                return not (self.day + self.month + self.year).strip()
            case Mode.BAND:
                return not self.band

    @property
    def said_by(self) -> BirthSource:
        """Who said it: as chosen, else the person; a band is what one sees."""
        if self.source in set(BirthSource):
            return BirthSource(self.source)
        return BirthSource.ESTIMATED if self.mode is Mode.BAND else BirthSource.SAID

    def birth(self, today: date) -> Birth | None:
        """Return the birth interval; None while it is empty or impossible."""
        match self.mode:
            case Mode.AGE:
                years = parse_integer(self.years)
                if years is None or not 0 <= years <= MAX_AGE:
                    return None
                return birth_of_age(years, self.said_by, today)
            case Mode.DATE:
                return self._from_date(today)
            case Mode.BAND:
                band = _BY_CODE.get(self.band)
                if band is None:
                    return None
                return birth_of_age(band[0], self.said_by, today, band[1])

    def _from_date(self, today: date) -> Birth | None:
        parts = [_part(text) for text in (self.year, self.month, self.day)]
        if any(part is None for part in parts):
            return None
        year, month, day = (part or 0 for part in parts)
        if not year or (day and not month):
            return None
        found = _interval(year, month, day)
        if found is None or found[0] > today or found[0].year < today.year - MAX_AGE:
            return None
        earliest, latest, precision = found
        return Birth(earliest, min(latest, today), precision, self.said_by)


def _part(text: str) -> int | None:
    """Return a typed part of a date, 0 where it was left out, None where wrong."""
    if not text.strip():
        return 0
    value = parse_integer(text)
    return value if value is not None and value > 0 else None


def _interval(year: int, month: int, day: int) -> tuple[date, date, Precision] | None:
    try:
        if not month:
            return date(year, 1, 1), date(year, _MONTHS, 31), Precision.YEAR
        if not day:
            last = monthrange(year, month)[1]
            return date(year, month, 1), date(year, month, last), Precision.MONTH
        exact = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    return exact, exact, Precision.DAY
