"""The part of the walk that is about the coordinators' console."""

import re
from contextlib import ExitStack

from playwright.sync_api import Browser

from tests.browser import story, strangers
from tests.browser.clinic import Clinic, Program
from tests.browser.hands import Hands
from tests.browser.tour import Tour
from tests.support.browser import CONSOLE, opened

ANSWER_MS = 600


def console_screens(
    walk: Tour, stack: ExitStack, browser: Browser, there: tuple[Clinic, Program]
) -> None:
    """Sign in, people at all sites, a merged record; tablets, files; wide, too."""
    clinic, console = there
    screen = stack.enter_context(opened(browser, console.url, CONSOLE))
    hands = walk.goes_to(Hands(screen, walk.tag))
    hands.find("Passphrase", "textbox").wait_for()
    shoot_wide(walk, "console-sign-in")
    story.sign_in(hands)
    hands.sees(re.compile("أمينة"))
    shoot_wide(walk, "console-people")
    tablets(walk)
    set_aside(walk, clinic)
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


def set_aside(walk: Tour, clinic: Clinic) -> None:
    """What nobody known wrote: left out, and accepted once its writer is known."""
    hands = walk.hands
    left, taken = f"Salma {walk.tag}", f"Noor {walk.tag}"
    strangers.a_strangers_change(clinic, left)
    writer = strangers.a_strangers_change(clinic, taken)
    hands.press("Look again")
    shoot_wide(walk, "console-told-of-set-aside")
    hands.press("Set aside")
    hands.sees(re.compile(taken))
    shoot_wide(walk, "console-set-aside")
    _leave_out(walk, left)
    hands.press(re.compile(taken))
    hands.press("Try again")
    still = hands.t.ngettext(
        "{count} change is still set aside: its cause is not gone yet.",
        "{count} changes are still set aside: their cause is not gone yet.",
        1,
    )
    hands.sees(re.compile(re.escape(hands.t.fill(still, count=1))))
    shoot_wide(walk, "console-set-aside-still")
    strangers.add_stranger(clinic, writer, f"{strangers.STRANGER} {walk.tag}")
    hands.press("Try again")
    accepted = hands.t.ngettext(
        "{count} change was accepted. It is in the record now.",
        "{count} changes were accepted. They are in the records now.",
        1,
    )
    hands.sees(re.compile(re.escape(hands.t.fill(accepted, count=1))))
    _left_out(walk, left)
    hands.press("Back")
    hands.sees(re.compile(taken))


def _leave_out(walk: Tour, name: str) -> None:
    hands, why = walk.hands, "Whoever wrote it does not work here"
    hands.press(re.compile(name))
    hands.sees("What was written")
    shoot_wide(walk, "console-set-aside-change")
    hands.press("Leave it out")
    hands.find(why).wait_for()
    shoot_wide(walk, "console-set-aside-reason")
    hands.press(why)
    hands.sees("It was left out, and stays on record. Its tablet is told so.")


def _left_out(walk: Tour, name: str) -> None:
    hands = walk.hands
    hands.find("What was left out", "checkbox").click()
    hands.press(re.compile(name))
    hands.sees("What was written")
    hands.misses("Leave it out")
    shoot_wide(walk, "console-left-out")


def shoot_wide(walk: Tour, name: str) -> None:
    """A console's picture in its own size, then in a tablet's."""
    screen = walk.hands.screen
    if walk.sizes:
        screen.shoot(f"{name}-{walk.tag}-{CONSOLE.width}x{CONSOLE.height}")
    walk.shoot(name, ANSWER_MS)
    if walk.sizes:
        screen.resize(CONSOLE)
        screen.settle()
