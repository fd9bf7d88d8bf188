"""Birth dates: intervals, ages, and what makes another moot."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.birth import (
    ADULT_YEARS,
    Birth,
    BirthSource,
    Precision,
    birth_from_json,
    birth_of_age,
    birth_prevails,
)
from app.core.clock import HybridTimestamp
from app.core.merge import Shown, Write, shown
from app.core.records import policy
from tests.core.strategies import births

ON = date(2026, 11, 22)


def written(*given_births: Birth) -> tuple[Write, ...]:
    """Concurrent writes of birth dates, the first one oldest."""
    return tuple(
        Write(birth.to_json(), f"operation-{n}", stamp, "nurse", "site")
        for n, birth in enumerate(given_births)
        for stamp in [HybridTimestamp(1000 + n, 0, "device")]
    )


def shown_birth(*given_births: Birth) -> Shown:
    """What is shown of concurrent birth dates."""
    result = shown(written(*given_births), policy("Patient", "birth"))
    assert result is not None
    return result


def year(number: int, source: BirthSource = BirthSource.SAID) -> Birth:
    return Birth(date(number, 1, 1), date(number, 12, 31), Precision.YEAR, source)


@given(births())
def test_a_birth_date_survives_its_json(birth: Birth) -> None:
    assert birth_from_json(birth.to_json()) == birth


@pytest.mark.parametrize(
    "value",
    [
        None,
        "1990",
        {},
        {
            "from": "1990-01-01",
            "to": "1990-13-01",
            "precision": "day",
            "source": "said",
        },
        {
            "from": "1990-01-01",
            "to": "1990-01-01",
            "precision": "hour",
            "source": "said",
        },
        {
            "from": "1990-01-01",
            "to": "1990-01-01",
            "precision": "day",
            "source": "dream",
        },
    ],
)
def test_what_this_version_cannot_read_is_none(value: object) -> None:
    assert birth_from_json(value) is None  # type: ignore[arg-type]  # any JSON


@given(births(), births())
def test_an_estimate_never_conflicts_with_what_was_said(a: Birth, b: Birth) -> None:
    assume((a.source is BirthSource.ESTIMATED) != (b.source is BirthSource.ESTIMATED))
    said = a if b.source is BirthSource.ESTIMATED else b
    for one, other in permutations((a, b)):
        result = shown_birth(one, other)
        assert not result.in_conflict
        assert result.value == said.to_json()


@given(births(), births())
def test_a_wide_interval_never_conflicts_with_a_narrower_one_inside(
    outer: Birth, inner: Birth
) -> None:
    assume(outer.source is not BirthSource.ESTIMATED)
    assume(inner.source is not BirthSource.ESTIMATED)
    outer = replace(
        outer,
        earliest=min(outer.earliest, inner.earliest),
        latest=max(outer.latest, inner.latest),
    )
    for one, other in permutations((outer, inner)):
        result = shown_birth(one, other)
        assert not result.in_conflict
        same = (outer.earliest, outer.latest) == (inner.earliest, inner.latest)
        assert same or result.value == inner.to_json()


@given(births(), births())
def test_what_was_said_twice_conflicts_unless_one_contains_the_other(
    a: Birth, b: Birth
) -> None:
    assume(BirthSource.ESTIMATED not in (a.source, b.source))
    contains = (a.earliest <= b.earliest and b.latest <= a.latest) or (
        b.earliest <= a.earliest and a.latest <= b.latest
    )
    assert shown_birth(a, b).in_conflict is not contains


def test_two_said_years_contradict_each_other_and_both_are_kept() -> None:
    result = shown_birth(year(1990), year(1991))
    assert result.value == year(1991).to_json()
    assert [write.value for write in result.others] == [year(1990).to_json()]


@given(births(), births(), births())
def test_prevailing_is_transitive(a: Birth, b: Birth, c: Birth) -> None:
    ab = birth_prevails(a.to_json(), b.to_json())
    bc = birth_prevails(b.to_json(), c.to_json())
    if ab and bc:
        assert birth_prevails(a.to_json(), c.to_json())


@given(births())
def test_a_known_birth_date_prevails_over_none_at_all(birth: Birth) -> None:
    assert birth_prevails(birth.to_json(), None)
    assert not birth_prevails(None, birth.to_json())


@given(st.integers(0, 110), st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_everyone_in_the_interval_of_an_age_has_that_age(years: int, on: date) -> None:
    birth = birth_of_age(years, BirthSource.SAID, on)
    assert birth.precision is Precision.AGE
    assert birth.age_years(on) == (years, years)


@given(st.integers(1, 110), st.dates(date(1951, 3, 1), date(2100, 12, 31)))
def test_nobody_outside_the_interval_of_an_age_has_that_age(
    years: int, on: date
) -> None:
    assume((on.month, on.day) not in ((2, 28), (2, 29), (3, 1)))
    birth = birth_of_age(years, BirthSource.SAID, on)
    day = timedelta(days=1)
    for outside in (birth.earliest - day, birth.latest + day):
        other = Birth(outside, outside, Precision.DAY, BirthSource.SAID)
        assert other.age_years(on) != (years, years)


@given(
    st.integers(0, 60),
    st.integers(0, 40),
    st.dates(date(1950, 1, 1), date(2100, 12, 31)),
)
def test_a_band_of_ages_runs_from_its_first_to_its_last(
    lower: int, width: int, on: date
) -> None:
    birth = birth_of_age(lower, BirthSource.ESTIMATED, on, lower + width)
    assert birth.precision is Precision.BAND
    assert birth.age_years(on) == (lower, lower + width)


@given(births(), st.dates(date(1991, 1, 1), date(2030, 12, 31)))
def test_who_may_be_a_child_is_treated_as_one(birth: Birth, on: date) -> None:
    youngest, oldest = birth.age_years(on)
    assert youngest <= oldest
    assert birth.may_be_child(on) is (youngest < ADULT_YEARS)


def test_on_the_eighteenth_birthday_nobody_is_a_child_any_more() -> None:
    born = Birth(
        date(2008, 11, 22), date(2008, 11, 22), Precision.DAY, BirthSource.SAID
    )
    assert born.may_be_child(ON - timedelta(days=1))
    assert not born.may_be_child(ON)


def test_someone_said_to_be_about_18_may_be_a_child() -> None:
    band = birth_of_age(17, BirthSource.ESTIMATED, ON, 19)
    assert band.may_be_child(ON)


def test_an_age_on_the_29th_of_february_is_an_interval_like_any_other() -> None:
    birth = birth_of_age(30, BirthSource.SAID, date(2024, 2, 29))
    assert (birth.earliest, birth.latest) == (date(1993, 3, 1), date(1994, 2, 28))
