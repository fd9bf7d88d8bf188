"""Dates, numbers and names, each in four languages."""

# Digits of other scripts are what is tested here.
# ruff: noqa: RUF001

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.birth import Birth, BirthSource, Precision, birth_of_age
from app.i18n import Translator, bidi, formats, names
from app.i18n.digits import ascii_digits, parse_decimal, parse_integer

BORN = date(2024, 3, 7)
TODAY = date(2026, 11, 22)
MINUTE_MS = 60_000


def shown(text: str) -> str:
    return bidi.without_isolates(text)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "March 7, 2024"),
        ("fr", "7 mars 2024"),
        ("ar", "7 مارس 2024"),
        # CLDR calls March by the name of an Ethiopian month, so: numbers.
        ("ti", "2024-03-07"),
    ],
)
def test_a_date_leaves_no_doubt(tag: str, expected: str) -> None:
    assert shown(formats.day(Translator(tag), BORN)) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", "A, B, and C"), ("fr", "A, B et C"), ("ar", "A وB وC"), ("ti", "A፣ Bን Cን")],
)
def test_a_list_is_joined_as_a_language_joins_it(tag: str, expected: str) -> None:
    assert formats.joined(Translator(tag), ["A", "B", "C"]) == expected
    assert formats.joined(Translator(tag), []) == ""


def test_an_instant_is_written_in_the_zone_of_the_site() -> None:
    t = Translator("en")
    at_ms = 1_700_000_000_123
    assert formats.instant(t, at_ms, "UTC") == "November 14, 2023, 22:13"
    assert formats.instant(t, at_ms, "Europe/Athens") == "November 15, 2023, 00:13"
    assert formats.local_day(at_ms, "Europe/Athens") == date(2023, 11, 15)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-5, "0 min"),
        (0, "0 min"),
        (12, "12 min"),
        (65, "1 hr 5 min"),
        (120, "2 hr"),
        (1500, "1 day 1 hr"),
        (2880, "2 days"),
    ],
)
def test_waiting_is_told_in_the_units_that_matter(minutes: int, expected: str) -> None:
    assert formats.waiting(Translator("en"), minutes * MINUTE_MS) == expected


def test_waiting_is_told_in_each_language() -> None:
    told = {tag: formats.waiting(Translator(tag), 12 * MINUTE_MS) for tag in TAGS}
    assert told == {"en": "12 min", "fr": "12\xa0min", "ar": "12 د", "ti": "12 ደቒቓ"}


TAGS = ("en", "fr", "ar", "ti")


def born(precision: Precision, first: date, last: date) -> Birth:
    return Birth(first, last, precision, BirthSource.SAID)


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (born(Precision.DAY, BORN, BORN), "March 7, 2024"),
        (born(Precision.MONTH, date(2024, 3, 1), date(2024, 3, 31)), "March 2024"),
        (born(Precision.YEAR, date(1990, 1, 1), date(1990, 12, 31)), "1990"),
        (birth_of_age(30, BirthSource.SAID, TODAY), "1995–1996"),
        (birth_of_age(30, BirthSource.ESTIMATED, TODAY, 34), "about 1991–1996"),
    ],
)
def test_a_birth_date_is_as_exact_as_it_is_known(birth: Birth, expected: str) -> None:
    assert formats.birth_date(Translator("en"), birth) == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (birth_of_age(30, BirthSource.SAID, TODAY), "30 years"),
        (birth_of_age(30, BirthSource.SAID, TODAY, 34), "30 to 34 years"),
        (born(Precision.DAY, date(2026, 3, 23), date(2026, 3, 23)), "7 months"),
        (born(Precision.DAY, date(2026, 3, 22), date(2026, 3, 22)), "8 months"),
        (born(Precision.MONTH, date(2026, 3, 1), date(2026, 3, 31)), "7 to 8 months"),
        (born(Precision.DAY, TODAY, TODAY), "0 months"),
    ],
)
def test_an_age_is_in_months_below_two_years(birth: Birth, expected: str) -> None:
    assert formats.age(Translator("en"), birth, TODAY) == expected


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        ("en", "36.70", "36.70"),
        ("fr", "36.70", "36,70"),
        ("ar", "-1234.5", "-1,234.5"),
        ("en", 0, "0"),
        ("fr", 1234567, "1\u202f234\u202f567"),
    ],
)
def test_a_number_keeps_its_decimals(tag: str, value: str | int, expected: str) -> None:
    written = formats.number(Translator(tag), value)
    assert written.replace("\u200e", "") == expected


def test_tigrinya_months_are_numbers_too() -> None:
    birth = born(Precision.MONTH, date(2024, 3, 1), date(2024, 3, 31))
    assert formats.birth_date(Translator("ti"), birth) == "2024-03"


def test_a_card_code_keeps_its_order() -> None:
    assert formats.code(Translator("ar"), "K7-42") == "\u2066K7-42\u2069"


def test_a_phone_number_keeps_its_order_in_a_right_to_left_line() -> None:
    written = formats.phone(Translator("ar"), "+٤٩ 170 123")
    assert written == "\u2066+49 170 123\u2069"
    assert formats.phone(Translator("en"), "+49 170 123") == "+49 170 123"


@pytest.mark.parametrize("odd", ["", "NaN", "about 37", "1e999999999"])
def test_a_value_that_is_no_decimal_is_shown_as_it_stands(odd: str) -> None:
    t = Translator("fr")
    assert formats.number(t, odd) == t.isolate(odd)
    assert odd in formats.quantity(t, odd, "°C")


def test_a_quantity_stands_together() -> None:
    assert formats.quantity(Translator("fr"), "36.7", "°C") == "36,7\u00a0°C"


@pytest.mark.parametrize("sign", ["breaths/min", "beats/min"])
@pytest.mark.parametrize("tag", ["fr", "ar", "ti"])
def test_a_unit_of_words_is_said_in_the_language(tag: str, sign: str) -> None:
    t = Translator(tag)
    assert sign not in formats.unit(t, sign)
    assert formats.unit(t, sign).strip("\u2067\u2068\u2069") in formats.quantity(
        t, "18", sign
    )


def test_a_unit_of_a_sign_is_the_same_everywhere() -> None:
    assert formats.unit(Translator("ti"), "°C") == "°C"
    assert "°C" in formats.unit(Translator("ar"), "°C")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("36.7", "36.7"),
        ("36,7", "36.7"),
        ("٣٦٫٧", "36.7"),
        ("۳۶٫۷۰", "36.70"),
        (" ৩৬.৭ ", "36.7"),
        ("−5", "-5"),
        (".5", "0.5"),
        ("\u206636.7\u2069", "36.7"),
        ("1.234,5", None),
        ("1 234", None),
        ("", None),
        ("abc", None),
        ("1e5", None),
        ("NaN", None),
        ("²", None),
    ],
)
def test_a_typed_decimal_is_read_or_refused(typed: str, value: str | None) -> None:
    assert parse_decimal(typed) == value


def test_a_typed_whole_number_is_read_or_refused() -> None:
    assert parse_integer("١٢٠") == 120
    assert parse_integer("120.5") is None
    assert parse_integer("") is None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "০১২৩৪৫৬৭৮৯", "0123456789"]),
    st.sampled_from([".", ",", "٫"]),
)
def test_any_decimal_is_read_from_any_digits(
    value: Decimal, digits: str, mark: str
) -> None:
    plain = f"{value:f}"
    typed = plain.translate(str.maketrans("0123456789.", digits + mark))
    assert parse_decimal(typed) == plain


@given(st.text())
def test_whatever_is_typed_never_raises(typed: str) -> None:
    parse_decimal(typed)
    parse_integer(typed)
    ascii_digits(typed)


@pytest.mark.parametrize("isolate", [bidi.isolate, bidi.isolate_ltr, bidi.isolate_rtl])
@given(text=st.text(st.sampled_from("aس1\u2066\u2068\u2069")))
def test_isolating_twice_is_isolating_once(
    isolate: Callable[[str], str], text: str
) -> None:
    assert bidi.without_isolates(isolate(text)) == bidi.without_isolates(text)
    if text.count("\u2069") == 0 == text.count("\u2066") + text.count("\u2068"):
        assert isolate(isolate(text)) == isolate(text)


def test_two_isolates_side_by_side_are_isolated_together() -> None:
    names_of_two = f"{bidi.isolate('a')} {bidi.isolate('b')}"
    assert bidi.isolate(names_of_two) == f"\u2068{names_of_two}\u2069"


def test_countries_are_named_and_sorted_in_each_language() -> None:
    for tag in TAGS:
        t = Translator(tag)
        codes = [choice.code for choice in names.countries(t)]
        assert {"ER", "SY", "AF", "UA"} <= set(codes)
        assert len(codes) == len(set(codes))
        assert "EU" not in codes
    assert names.country_name(Translator("fr"), "er") == "Érythrée"
    assert names.country_name(Translator("fr"), "QQ") == "QQ"
    french = [choice.name for choice in names.countries(Translator("fr"))]
    assert french.index("Égypte") < french.index("Espagne")


def test_languages_that_cldr_writes_otherwise_have_names() -> None:
    t = Translator("en")
    assert names.language_name(t, "prs") == "Dari"
    assert names.language_name(t, "fa-AF") == "Dari"
    assert names.language_name(t, "kmr") == "Kurdish (Kurmanji)"
    assert names.language_name(t, "ar-SY") == "Arabic (Syria)"
    assert names.language_name(t, "x-none") == "x-none"
    assert names.own_name("ti") == "ትግርኛ"
    assert names.own_name("kmr") == "Kurmancî"
    assert names.own_name("prs") == "دری"
    assert names.own_name("qqq") == "qqq"


def test_the_likely_languages_stand_first() -> None:
    t = Translator("fr")
    choices = names.spoken_languages(t)
    codes = [choice.code for choice in choices]
    assert tuple(codes[: len(t.languages.likely)]) == t.languages.likely
    assert len(codes) == len(set(codes))
    assert {"kmr", "rmn", "wo", "sq"} <= set(codes)
    assert all(choice.name for choice in choices)
