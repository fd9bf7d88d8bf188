"""What is typed of an age or a birth date, and the interval that it means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.birth import Birth, BirthSource, Precision
from app.features.register.birth_entry import BANDS, BirthEntry, Mode, band_code

TODAY = date(2026, 9, 21)


def dated(day: str, month: str, year: str) -> BirthEntry:
    return BirthEntry(Mode.DATE, day=day, month=month, year=year)


def test_a_month_of_a_year_is_as_exact_as_a_month() -> None:
    birth = dated("", "2", "٢٠٠٠").birth(TODAY)
    assert birth == Birth(
        date(2000, 2, 1), date(2000, 2, 29), Precision.MONTH, BirthSource.SAID
    )


def test_a_whole_date_is_a_day() -> None:
    entry = BirthEntry(Mode.DATE, "", "29", "2", "2000", source="document")
    day = date(2000, 2, 29)
    assert entry.birth(TODAY) == Birth(day, day, Precision.DAY, BirthSource.DOCUMENT)


def test_nobody_is_born_after_today() -> None:
    birth = dated("", "", "2026").birth(TODAY)
    assert birth is not None
    assert birth.latest == TODAY


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("31", "2", "2000"),
        ("1", "", "2000"),
        ("", "", "2031"),
        ("", "", "18"),
        ("0", "1", "2000"),
        ("", "x", "2000"),
        ("1", "1", ""),
    ],
)
def test_a_date_that_cannot_be_is_none(day: str, month: str, year: str) -> None:
    entry = dated(day, month, year)
    assert not entry.is_empty
    assert entry.birth(TODAY) is None


@given(st.integers(0, 120))
def test_an_age_gives_that_age_today(years: int) -> None:
    birth = BirthEntry(years=str(years)).birth(TODAY)
    assert birth is not None
    assert birth.age_years(TODAY) == (years, years)


@pytest.mark.parametrize("band", BANDS)
def test_an_age_group_holds_its_ages(band: tuple[int, int]) -> None:
    birth = BirthEntry(Mode.BAND, band=band_code(band)).birth(TODAY)
    assert birth is not None
    assert birth.age_years(TODAY) == band


def test_the_groups_leave_no_age_out_and_part_children_from_adults() -> None:
    ages = [age for low, high in BANDS for age in range(low, high + 1)]
    assert ages == list(range(BANDS[-1][1] + 1))
    assert 18 in [low for low, _high in BANDS]


def test_a_mode_counts_what_was_typed_in_it_alone() -> None:
    entry = BirthEntry(Mode.BAND, years="30")
    assert entry.is_empty
    assert entry.birth(TODAY) is None
