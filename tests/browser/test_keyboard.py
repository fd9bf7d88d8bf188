"""A PIN by a keyboard: digits, Enter, and the keys of the pad by Tab."""

import re

from playwright.sync_api import Browser

from tests.browser.clinic import NURSE, PIN, Clinic
from tests.browser.hands import Hands
from tests.support.browser import opened

SITE = "Keyboard camp"
WRONG_PIN = "918273"


def test_a_pin_is_typed_on_a_keyboard_and_enter_tries_it_at_the_dots_alone(
    clinic: Clinic, browser: Browser
) -> None:
    clinic.add_site(SITE)
    with (
        clinic.tablet("Tablet K", SITE) as tablet,
        opened(browser, tablet.program.url) as screen,
    ):
        hands, keyboard = Hands(screen), screen.page.keyboard
        hands.enrol(tablet)
        hands.press(re.compile(NURSE))
        hands.sees("Choose a PIN of 6 digits or more")
        keyboard.type(PIN, delay=50)
        hands.sees(re.compile("6 digits entered"))
        keyboard.press("Enter")
        hands.sees("Type the same PIN once more")
        keyboard.type(PIN, delay=50)
        hands.sees(re.compile("6 digits entered"))
        keyboard.press("Enter")
        hands.is_home()
        hands.press("Lock")
        hands.press(re.compile(NURSE))
        hands.sees("Your PIN")
        keyboard.type(WRONG_PIN, delay=50)
        hands.sees(re.compile("6 digits entered"))
        keyboard.press("Tab")
        keyboard.press("Enter")
        hands.sees(re.compile("7 digits entered"))
        for _ in range(7):
            keyboard.press("Backspace")
        hands.sees(re.compile("0 digits entered"))
        keyboard.type(PIN, delay=50)
        hands.sees(re.compile("6 digits entered"))
        keyboard.press("Shift+Tab")
        keyboard.press("Enter")
        hands.is_home()
