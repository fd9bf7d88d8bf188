"""An arrival starts a legal clock: it is past, and not long ago."""

from dataclasses import replace

import pytest

from app.core.values import Arrival
from app.features.register.arrival_entry import MAX_AGO_DAYS, entry_of, is_likely
from app.features.register.checking import Context, Need, wrong_arrival
from app.features.register.events import (
    BackPressed,
    Entered,
    Page,
    PageOpened,
    SavePressed,
)
from app.features.register.form import Field, Form
from tests.features.register.test_state import MINIMUM, after

NOW_MS = 1_790_000_000_000
DAY_MS = 24 * 60 * 60 * 1000
CONTEXT = Context(NOW_MS, "Europe/Athens")


@pytest.mark.parametrize(
    ("at_ms", "likely"),
    [
        (NOW_MS, True),
        (NOW_MS + 1, False),
        (NOW_MS - MAX_AGO_DAYS * DAY_MS, True),
        (NOW_MS - MAX_AGO_DAYS * DAY_MS - 1, False),
    ],
)
def test_an_arrival_lies_in_the_past_and_at_most_sixty_days_back(
    at_ms: int, *, likely: bool
) -> None:
    assert is_likely(at_ms, NOW_MS) is likely


def test_an_old_arrival_that_the_record_has_is_not_asked_about_again() -> None:
    arrival = Arrival("Pier 3", "", NOW_MS // 60_000 * 60_000 - 99 * DAY_MS)
    form = Form().with_arrival(entry_of(arrival, CONTEXT.zone))
    assert wrong_arrival(form, CONTEXT) is Need.ARRIVAL_UNLIKELY
    assert wrong_arrival(form, replace(CONTEXT, before=form)) is None
    assert wrong_arrival(form, replace(CONTEXT, began=form)) is None


@pytest.mark.parametrize(("year", "month"), [("26", "9"), ("2062", "9"), ("2026", "6")])
def test_an_arrival_in_the_future_or_long_ago_leads_to_its_page(
    year: str, month: str
) -> None:
    model = after(
        *MINIMUM,
        PageOpened(Page.ARRIVAL),
        Entered(Field.ARRIVED_MONTH, month),
        Entered(Field.ARRIVED_YEAR, year),
        BackPressed(),
        SavePressed(),
    )
    assert Need.ARRIVAL_UNLIKELY in model.needs
    assert model.page is Page.ARRIVAL
