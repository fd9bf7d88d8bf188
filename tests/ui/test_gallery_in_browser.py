"""The gallery in a real browser: names, keystrokes, doubled taps, both directions."""

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import (
    CONSOLE,
    PHONE,
    TABLET,
    Role,
    Screen,
    Viewport,
    opened,
)
from tests.support.processes import answers, free_port, running

EMPTY_BYTES = 8_000
SENTENCE = "Amina Haile of Asmara, daughter of Selam and Tesfay, born in the spring"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.ui.gallery", str(port)]
    log = tmp_path_factory.mktemp("gallery") / "log"
    with running(command, log=log, is_ready=answers(address)):
        yield address


def test_fast_typing_loses_nothing(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}/en", TABLET) as screen:
        screen.settle()  # A press before the first drawing is answered by nobody.
        screen.press("fields", "checkbox")
        field = screen.named("textbox", "Full name")
        field.click()
        screen.page.keyboard.type(SENTENCE, delay=10)
        screen.text(f"model: {SENTENCE}").wait_for(state="attached")
        expect(field).to_have_value(SENTENCE)


def test_a_doubled_tap_presses_once_and_a_later_one_again(
    browser: Browser, url: str
) -> None:
    with opened(browser, f"{url}/en", TABLET) as screen:
        screen.named("button", "Save (0)").dblclick()
        screen.named("button", "Save (1)").wait_for(state="attached")
        screen.page.wait_for_timeout(600)
        screen.press("Save (1)")
        screen.named("button", "Save (2)").wait_for(state="attached")


NAMES: list[tuple[str, Role, str]] = [
    ("choices", "button", "Yes"),
    ("choices", "button", "Does not know"),
    ("choices", "button", "Several days"),
    ("choices", "checkbox", "Night sweats"),
    ("choices", "heading", "Four-symptom screen"),
    ("choices", "button", "Left before the end"),
    ("choices", "button", "Sara Holm, No network, 12 records only on this tablet"),
    ("fields", "textbox", "Find a person"),
    ("fields", "textbox", "Note"),
    ("fields", "textbox", "Day"),
    ("fields", "textbox", "Age in years"),
    (
        "lists",
        "button",
        "Amina, K7M-2QX-4, 1 h 20 min, Now, triaged, Only on this tablet",
    ),
    ("notices", "progressbar", "Question 3 of 9"),
    ("pad", "button", "7"),
    ("pad", "button", "Delete"),
    ("turn", "button", "The tablet is turned to me"),
]


def test_every_control_has_its_role_and_name(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}/en", Viewport(800, 2400)) as screen:
        shown = ""
        for page, role, name in NAMES:
            if page != shown:
                screen.press(page, "checkbox")
                shown = page
            is_exact = role != "progressbar"
            found = screen.page.get_by_role(role, name=name, exact=is_exact).first
            found.wait_for(state="attached", timeout=5_000)


def test_what_is_chosen_is_told_to_a_screen_reader(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}/en", Viewport(800, 2400)) as screen:
        screen.press("Yes")
        expect(screen.named("button", "Yes")).to_have_attribute("aria-current", "true")
        expect(screen.named("button", "No")).to_have_attribute("aria-current", "false")
        screen.press("Night sweats", "checkbox")
        expect(screen.named("checkbox", "Night sweats")).to_be_checked()


def test_a_tile_is_chosen_from_the_keyboard(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}/en", Viewport(800, 2400)) as screen:
        screen.named("button", "No").focus()
        screen.page.keyboard.press("Enter")
        expect(screen.named("button", "No")).to_have_attribute("aria-current", "true")


def test_the_browsers_back_goes_back_by_one(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}/en", TABLET) as screen:
        strip = re.compile("only on this tablet")
        screen.page.get_by_role("button", name=strip).first.click()
        screen.named("button", "Back").wait_for(state="attached")
        screen.page.go_back()
        screen.named("button", "Back").wait_for(state="detached")
        screen.named("button", "Save (0)").wait_for(state="attached")


SIGHTS = [
    pytest.param(
        address,
        viewport,
        id=f"{address}-{viewport.width}",
        # One narrow page from right to left finds most; the rest takes minutes.
        marks=[] if (address, viewport) == ("ar", PHONE) else [pytest.mark.slow],
    )
    for address in ("en", "ar", "en-dark")
    for viewport in (PHONE, TABLET, CONSOLE)
]


@pytest.mark.parametrize(("address", "viewport"), SIGHTS)
def test_every_page_can_be_seen(
    browser: Browser, url: str, address: str, viewport: Viewport
) -> None:
    with opened(browser, f"{url}/{address}", viewport) as screen:
        for page in ("choices", "fields", "lists", "pad", "console"):
            screen.press(page, "checkbox")
            chip = screen.named("checkbox", page)
            expect(chip).to_be_checked()
            _wait_for_paint(screen)
            screen.shoot(f"gallery/{address}-{viewport.width}-{page}")
            assert _width(screen) == viewport.width


def _wait_for_paint(screen: Screen) -> None:
    """The tree of names is ready before the pixels are: wait until they rest."""
    before = b""
    for _ in range(50):
        now = screen.page.screenshot()
        if now == before and len(now) > EMPTY_BYTES:
            return
        before = now
        screen.page.wait_for_timeout(200)
    pytest.fail(f"nothing is painted, or it never rests: {len(before)} bytes")


def _width(screen: Screen) -> int:
    return int(screen.page.evaluate("document.documentElement.scrollWidth"))


def test_the_page_asks_nobody_else_for_anything(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}/ar", PHONE) as screen:
        screen.press("lists", "checkbox")
        screen.page.wait_for_timeout(500)
        assert screen.foreign_requests == []
