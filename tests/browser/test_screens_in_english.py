"""Every screen in English, in `make test-slow`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.clinic import Clinic
from tests.browser.tour import Tour
from tests.browser.walk import sound, walked

# Two walks side by side take `make test` longer than it has; Arabic shows more.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tour(browser: Browser, clinic: Clinic) -> Iterator[Tour]:
    """The whole walk."""
    with walked(browser, clinic, "en") as walk:
        yield walk


def test_every_screen_was_shown_without_an_error(tour: Tour) -> None:
    sound(tour)
