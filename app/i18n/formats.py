"""Dates, times, waiting, ages, numbers and phones, written for one language."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, lists, numbers, units

from app.core.birth import Birth, BirthSource, Precision
from app.i18n.digits import ascii_digits
from app.i18n.languages import Months
from app.i18n.translator import N_, Translator

_WORDED_UNITS = (N_("breaths/min"), N_("beats/min"))
"""What forms call a unit in words; any other sign is the same in every language."""
_INFANT_YEARS = 2
_MONTHS_A_YEAR = 12
_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?")


def day(t: Translator, value: date) -> str:
    """A date without a doubt about day and month."""
    if t.language.months is Months.NUMBERS:
        return t.isolate_ltr(value.isoformat())
    return t.isolate(dates.format_date(value, "long", locale=t.babel_locale))


def month(t: Translator, value: date) -> str:
    """A month and its year."""
    if t.language.months is Months.NUMBERS:
        return t.isolate_ltr(f"{value:%Y-%m}")
    words = dates.format_skeleton("yMMMM", value, locale=t.babel_locale)
    return t.isolate(words)


def instant(t: Translator, at_ms: int, zone: str) -> str:
    """An instant's date and time in a site's zone."""
    local = _local(at_ms, zone)
    return t.fill(
        t.pgettext("date and time", "{date}, {time}"),
        date=day(t, local.date()),
        time=t.isolate_ltr(f"{local:%H:%M}"),
    )


def local_day(at_ms: int, zone: str) -> date:
    """The date of an instant in a site's zone."""
    return _local(at_ms, zone).date()


def waiting(t: Translator, milliseconds: int) -> str:
    """How long, in the two units that matter: "12 min", "1 hr 5 min", "2 days"."""
    minutes = max(0, milliseconds) // 60_000
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        parts = [(days, "day"), (hours, "hour")]
    elif hours:
        parts = [(hours, "hour"), (minutes, "minute")]
    else:
        return _unit(t, minutes, "minute")
    return " ".join(_unit(t, count, unit) for count, unit in parts if count)


def birth_date(t: Translator, birth: Birth) -> str:
    """A birth date as exactly as it is known, and "about" where it is estimated."""
    text = _birth_words(t, birth)
    if birth.source is BirthSource.ESTIMATED:
        return t.fill(t.gettext("about {date}"), date=text)
    return text


def age(t: Translator, birth: Birth, on: date) -> str:
    """The age on a date: in months below two years, as a range where it is one."""
    low, high = birth.age_years(on)
    if high < _INFANT_YEARS:
        return _age_in_months(t, birth, on)
    if low == high:
        return t.fill(t.ngettext("{count} year", "{count} years", low), count=low)
    template = t.ngettext("{low} to {count} year", "{low} to {count} years", high)
    return t.fill(template, low=low, count=high)


def number(t: Translator, value: int | Decimal | str) -> str:
    """A number, its decimals kept as they are; a string is read as a decimal.

    One that is none, as a newer version may write it, is shown as it stands.
    """
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        return t.isolate(value)
    return numbers.format_decimal(
        Decimal(value),
        locale=t.babel_locale,
        decimal_quantization=False,
        numbering_system=t.language.numbering,
        format=_pattern(value),
    )


def quantity(t: Translator, value: str, sign: str) -> str:
    """A measured value with its unit, kept together in any line."""
    if sign in _WORDED_UNITS:
        return t.isolate(f"{number(t, value)}\u00a0{t.gettext(sign)}")
    return t.isolate_ltr(
        f"{number(t, value)}\u00a0{sign}" if sign else number(t, value)
    )


def unit(t: Translator, sign: str) -> str:
    """A unit: its sign, the same in every language, or its words in this one."""
    if sign in _WORDED_UNITS:
        return t.isolate(t.gettext(sign))
    return t.isolate_ltr(sign)


def phone(t: Translator, typed: str) -> str:
    """A phone number with digits that every phone has, in its order in any line."""
    return t.isolate_ltr(ascii_digits(typed).strip())


def code(t: Translator, text: str) -> str:
    """A card code or an id, in its order in any line."""
    return t.isolate_ltr(text)


def joined(t: Translator, parts: Iterable[str]) -> str:
    """Things one after the other, as a language lists them."""
    return lists.format_list(list(parts), locale=t.babel_locale)


def _local(at_ms: int, zone: str) -> datetime:
    seconds, rest_ms = divmod(at_ms, 1000)
    whole = datetime.fromtimestamp(seconds, tz=UTC)
    return whole.replace(microsecond=rest_ms * 1000).astimezone(ZoneInfo(zone))


def _unit(t: Translator, count: int, unit: str) -> str:
    return units.format_unit(
        count,
        f"duration-{unit}",
        length="short",
        locale=t.babel_locale,
        numbering_system=t.language.numbering,
    )


def _birth_words(t: Translator, birth: Birth) -> str:
    match birth.precision:
        case Precision.DAY:
            return day(t, birth.earliest)
        case Precision.MONTH:
            return month(t, birth.earliest)
        case Precision.YEAR | Precision.AGE | Precision.BAND:
            first, last = birth.earliest.year, birth.latest.year
            years = str(first) if first == last else f"{first}\u2013{last}"
            return t.isolate_ltr(years)


def _age_in_months(t: Translator, birth: Birth, on: date) -> str:
    low, high = _months(birth.latest, on), _months(birth.earliest, on)
    if low == high:
        return t.fill(t.ngettext("{count} month", "{count} months", low), count=low)
    template = t.ngettext("{low} to {count} month", "{low} to {count} months", high)
    return t.fill(template, low=low, count=high)


def _months(born: date, on: date) -> int:
    whole = (on.year - born.year) * _MONTHS_A_YEAR + on.month - born.month
    return max(0, whole - (on.day < born.day))


def _pattern(value: int | Decimal | str) -> str:
    """A CLDR pattern with as many decimals as the value was given with."""
    exponent = Decimal(value).as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return "#,##0." + "0" * decimals if decimals else "#,##0"
