"""Every screen in Arabic: right to left, and no English on any."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.clinic import Clinic
from tests.browser.tour import Tour
from tests.browser.walk import sound, walked


@pytest.fixture(scope="module")
def tour(browser: Browser, clinic: Clinic) -> Iterator[Tour]:
    """The whole walk."""
    with walked(browser, clinic, "ar") as walk:
        yield walk


def test_every_screen_was_shown_without_an_error(tour: Tour) -> None:
    sound(tour)


def test_no_english_stands_on_a_screen(tour: Tour) -> None:
    assert tour.english() == {}
