"""What is typed of an age or a birth date, and the interval that it means."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.birth import (
    MAX_AGE_YEARS,
    Birth,
    BirthSource,
    birth_of_age,
    birth_of_parts,
)
from app.i18n.digits import parse_integer


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
                if years is None or not 0 <= years <= MAX_AGE_YEARS:
                    return None
                return birth_of_age(years, self.said_by, today)
            case Mode.DATE:
                parts = (self.year, self.month, self.day)
                return birth_of_parts(parts, self.said_by, today)
            case Mode.BAND:
                band = _BY_CODE.get(self.band)
                if band is None:
                    return None
                return birth_of_age(band[0], self.said_by, today, band[1])
