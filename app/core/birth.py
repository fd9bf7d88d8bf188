"""Birth dates as intervals, with their precision and who said so.

A value is {"from": "1990-01-01", "to": "1990-12-31", "precision": "year",
"source": "said"}: both ends inclusive, Gregorian, without a zone.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.canonical import Json
from app.core.document_json import as_mapping


class Precision(StrEnum):
    """How exactly a birth date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    AGE = "age"
    BAND = "band"


class BirthSource(StrEnum):
    """Who said so."""

    DOCUMENT = "document"
    SAID = "said"
    RELATIVE = "relative"
    ESTIMATED = "estimated"


_PRECISIONS = frozenset(each.value for each in Precision)
_MEMBERS = ("precision", "source", "from", "to")
_SOURCES = frozenset(each.value for each in BirthSource)
ADULT_YEARS = 18
MAX_AGE_YEARS = 120


@dataclass(frozen=True, slots=True)
class Birth:
    """When a person was born: an interval of dates, both inclusive."""

    earliest: date
    latest: date
    precision: Precision
    source: BirthSource

    def to_json(self) -> dict[str, Json]:
        """Return the value of the Patient's field `birth`."""
        return {
            "from": self.earliest.isoformat(),
            "to": self.latest.isoformat(),
            "precision": self.precision.value,
            "source": self.source.value,
        }

    def age_years(self, on: date) -> tuple[int, int]:
        """Return the least and the greatest age in completed years on a date."""
        return _years(self.latest, on), _years(self.earliest, on)

    def may_be_child(self, on: date) -> bool:
        """Tell whether the person may be under 18; doubt counts as a child."""
        return may_be_child(self.latest, on)


def may_be_child(latest: date, on: date) -> bool:
    """Tell whether somebody born on a date at the latest may be under 18 on another."""
    return _years(latest, on) < ADULT_YEARS


def _years(born: date, on: date) -> int:
    return max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def birth_from_json(value: Json) -> Birth | None:
    """Read the field `birth`; None where it is empty or from a newer version."""
    found = _read(value)
    if found is None:
        return None
    precision, source, first, last = found
    return Birth(first, last, Precision(precision), BirthSource(source))


def birth_range(value: Json) -> tuple[str, str]:
    """Return both ends of the field `birth` as ISO 8601 dates; "" where it is empty."""
    found = _read(value)
    if found is None:
        return "", ""
    _precision, _source, first, last = found
    text = first.isoformat()
    return text, text if first is last else last.isoformat()


def _read(value: Json) -> tuple[str, str, date, date] | None:
    members = as_mapping(value)
    precision, source, earliest, latest = map(str, map(members.get, _MEMBERS))
    if precision not in _PRECISIONS or source not in _SOURCES:
        return None
    try:
        first = date.fromisoformat(earliest)
        last = first if latest == earliest else date.fromisoformat(latest)
    except ValueError:
        return None
    return precision, source, first, last


def _back(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


def birth_of_age(
    years: int, source: BirthSource, on: date, upper: int | None = None
) -> Birth:
    """Return the birth interval of an age, or of a band from `years` to `upper`.

    Someone who is 30 on a day was born after the same day 31 years before.
    """
    oldest = years if upper is None else upper
    precision = Precision.AGE if upper is None else Precision.BAND
    earliest = _back(on, oldest + 1) + timedelta(days=1)
    return Birth(earliest, _back(on, years), precision, source)


def birth_prevails(winner: Json, loser: Json) -> bool:
    """Tell whether one birth date makes another moot rather than contradict it.

    What a person or a document said stands above an estimate; a narrower interval
    stands above a wider one that contains it. A said year and another said year
    do contradict each other.
    """
    a, b = birth_from_json(winner), birth_from_json(loser)
    if a is None or b is None:
        return a is not None and loser is None
    a_estimated = a.source is BirthSource.ESTIMATED
    b_estimated = b.source is BirthSource.ESTIMATED
    if a_estimated != b_estimated:
        return b_estimated
    return b.earliest <= a.earliest and a.latest <= b.latest


def birth_of_parts(
    parts: tuple[str, str, str], source: BirthSource, today: date
) -> Birth | None:
    """Return the interval of a typed year, month and day; the last two may be empty.

    None for what is no date, lies in the future or more than 120 years back.
    """
    texts = [part.strip() for part in parts]
    if any(text and not (text.isdecimal() and int(text)) for text in texts):
        return None
    year, month, day = (int(text) if text else 0 for text in texts)
    found = _interval(year, month, day) if year and (month or not day) else None
    if found is None or found[0] > today or found[0].year < today.year - MAX_AGE_YEARS:
        return None
    earliest, latest, precision = found
    return Birth(earliest, min(latest, today), precision, source)


def _interval(year: int, month: int, day: int) -> tuple[date, date, Precision] | None:
    try:
        if not month:
            return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
        if not day:
            last = monthrange(year, month)[1]
            return date(year, month, 1), date(year, month, last), Precision.MONTH
        exact = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    return exact, exact, Precision.DAY
