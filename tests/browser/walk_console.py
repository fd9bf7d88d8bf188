"""The part of the walk that is about the coordinators' console."""

import re
from contextlib import ExitStack

from playwright.sync_api import Browser

from tests.browser import story
from tests.browser.clinic import Program
from tests.browser.hands import Hands
from tests.browser.tour import Tour
from tests.support.browser import CONSOLE, opened


def console_screens(
    walk: Tour, stack: ExitStack, browser: Browser, console: Program
) -> None:
    """Sign in, people at all sites, a merged record; tablets, files; wide, too."""
    screen = stack.enter_context(opened(browser, console.url, CONSOLE))
    hands = walk.goes_to(Hands(screen, walk.tag))
    hands.find("Passphrase", "textbox").wait_for()
    shoot_wide(walk, "console-sign-in")
    story.sign_in(hands)
    hands.sees(re.compile("أمينة"))
    shoot_wide(walk, "console-people")
    tablets(walk)
    hands.press("Files from tablets")
    hands.sees("Take a file in")
    shoot_wide(walk, "console-files")
    hands.press("Back")
    hands.press(re.compile("أمينة"))
    hands.sees("Information notice")
    shoot_wide(walk, "console-record")
    hands.press("Erase this person’s data")
    hands.sees("Keep this record")
    shoot_wide(walk, "console-erase")


def tablets(walk: Tour) -> None:
    """What tablets say of themselves, and who works on one of them."""
    hands = walk.hands
    hands.press("State of the tablets")
    hands.sees(re.compile(f"Tablet {walk.tag}"))
    shoot_wide(walk, "console-devices")
    hands.press("Back")
    hands.press("Tablets and PINs")
    hands.sees(re.compile(f"Tablet {walk.tag}"))
    shoot_wide(walk, "console-tablets")
    hands.press(re.compile(f"Tablet {walk.tag}"))
    hands.sees("Allow a new PIN")
    shoot_wide(walk, "console-tablet")
    hands.press("Allow a new PIN")
    hands.find("Cancel").wait_for()
    shoot_wide(walk, "console-allow")
    hands.press("Cancel")
    hands.press("Back")


def shoot_wide(walk: Tour, name: str) -> None:
    """A console's picture in its own size, then in a tablet's."""
    screen = walk.hands.screen
    screen.shoot(f"{name}-{walk.tag}-{CONSOLE.width}x{CONSOLE.height}")
    walk.shoot(name)
    screen.resize(CONSOLE)
    screen.settle()
