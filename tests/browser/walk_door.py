"""The part of the walk that is about who may use a tablet, from setup to its end."""

import re
import sqlite3
from contextlib import closing, suppress

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser import care
from tests.browser.clinic import (
    COORDINATOR,
    MEDIATOR,
    NURSE,
    PASSPHRASE,
    PIN,
    Clinic,
    Tablet,
)
from tests.browser.tour import Tour

HELPER = "Rana Aziz"
SOON_MS = 3_000
OFFLINE = (
    "There is no connection to the server. "
    "You can go on working; everything is kept on this tablet."
)


def door(walk: Tour, tablet: Tablet, helper: str) -> None:
    """Set up, names, a passphrase, home."""
    hands = walk.hands
    hands.sees("Your administrator gives you the server’s address and a one-time code.")
    walk.shoot("enrol")
    hands.press("Restore from a backup")
    hands.sees("Choose the file")
    walk.shoot("restore")
    hands.press("Back")
    hands.enrol(tablet)
    walk.shoot("unlock")
    first_unlock(walk)
    hands.press("Language")
    hands.sees("Language of the app")
    walk.shoot("languages")
    hands.press("Back")
    hands.is_home()
    backup(walk)
    colleagues(walk, helper)
    locked(walk, helper)


def first_unlock(walk: Tour) -> None:
    """A PIN is asked of one, a passphrase of another; the other comes in."""
    hands = walk.hands
    hands.press(re.compile(NURSE))
    hands.sees("Choose a PIN of 6 digits or more")
    walk.shoot("unlock-choose-pin")
    hands.press("Back")
    hands.press(re.compile(COORDINATOR))
    walk.shoot("unlock-choose-passphrase")
    hands.write_secretly("Passphrase", PASSPHRASE)
    hands.press("Continue")
    hands.sees("Type the same passphrase once more")
    hands.write_secretly("Passphrase", PASSPHRASE)
    hands.press("Continue")
    hands.is_home()
    walk.shoot("home-empty")


def backup(walk: Tour) -> None:
    """What a coordinator may take out of a tablet."""
    hands = walk.hands
    hands.open_sync()
    hands.press("This tablet: backup")
    hands.sees("Make a backup")
    walk.shoot("tablet")
    hands.go_home()


def colleagues(walk: Tour, helper: str) -> None:
    """Who works here; PINs for some of them, and one who is new."""
    hands = walk.hands
    hands.set_pin_of(NURSE)
    hands.set_pin_of(helper)
    hands.press("Colleagues")
    hands.sees(re.compile(MEDIATOR))
    walk.shoot("colleagues")
    hands.press(re.compile(MEDIATOR))
    hands.sees("Set a PIN here")
    walk.shoot("colleagues-hand-over")
    hands.press("Back")
    hands.press(re.compile(NURSE))
    hands.sees("Forgotten PIN")
    walk.shoot("colleagues-second")
    hands.press("Back")
    hands.press("Add a colleague")
    hands.misses(re.compile(MEDIATOR))
    walk.shoot("colleagues-add")
    hands.press("Back")
    hands.go_home()


def locked(walk: Tour, helper: str) -> None:
    """The PIN, and what helps who forgot it."""
    hands = walk.hands
    hands.press("Lock")
    hands.press(re.compile(NURSE))
    hands.sees("Your PIN")
    walk.shoot("unlock-pin")
    hands.press("Back")
    hands.press("I cannot unlock")
    hands.sees("My name is not here: ask the server")
    walk.shoot("forgotten-who")
    hands.press(re.compile(helper))
    hands.sees("With your coordinator")
    walk.shoot("forgotten")
    hands.press("Back")
    hands.sees("Who are you?")
    hands.press("Back")
    hands.press(re.compile(NURSE))
    hands.sees("Your PIN")
    hands.type_digits(PIN)
    hands.press("Unlock")
    hands.is_home()


def unsent(walk: Tour, tablet: Tablet) -> None:
    """What waits behind the lock goes to a stick, and to the server once it answers."""
    hands = walk.hands
    hands.sees("Who are you?")
    hands.find("Save to stick").wait_for()
    walk.shoot("unlock-unsent")
    hands.press("Save to stick")
    hands.sees(re.compile(r"tessera-.*\.tessera"))
    walk.shoot("handover-saved")
    hands.press("Send")
    hands.find("Send").wait_for()
    hands.sees(OFFLINE)
    walk.shoot("handover-offline")
    tablet.network.come_back()
    hands.press("Send")
    hands.sees("All of it was sent. The tablet confirms it at the next unlock.")
    walk.shoot("handover-sent")
    hands.press("Back")


def sent_away(walk: Tour, clinic: Clinic, helper: str) -> None:
    """What is closed to a mediator, opened for a reason; then they may not work."""
    hands = walk.hands
    hands.change_hands(helper)
    care.find(hands, "أمينة")
    walk.shoot("visit-closed")
    hands.press("Show it for a reason")
    hands.pick("Somebody is in danger now")
    walk.shoot("glass-why")
    hands.press("Show it")
    hands.sees(
        "Shown for the reason that you gave, until you leave this screen. "
        "It is written down."
    )
    walk.shoot("visit-opened")
    hands.go_home()
    clinic.tessera("practitioner", "revoke", helper)
    hands.press(re.compile(helper))
    hands.press("Send and receive now")
    hands.sees("Who are you?")
    walk.shoot("unlock-sent-away")


def forgotten_by_the_server(walk: Tour, clinic: Clinic, tablet: Tablet) -> None:
    """The server was made anew, and does not know this tablet: a code is asked for."""
    hands = walk.hands
    hands.unlock()
    kept = replace_token(clinic, tablet, b"of another server")
    hands.open_sync()
    hands.press("Send and receive now")
    hands.find("Connect again").wait_for()
    walk.shoot("sync-unknown")
    replace_token(clinic, tablet, kept)
    hands.press("Send and receive now")
    hands.misses("Connect again")
    hands.go_home()


def replace_token(clinic: Clinic, tablet: Tablet, token_hash: bytes) -> bytes:
    """Put another token's hash into the server's row of a tablet; return the old."""
    database = clinic.folder / "server" / "server.sqlite3"
    row = (tablet.name,)
    with closing(sqlite3.connect(database, timeout=30)) as server, server:
        found = "SELECT token_hash FROM device WHERE name = ?"
        [[before]] = server.execute(found, row).fetchall()
        change = "UPDATE device SET token_hash = ? WHERE name = ?"
        server.execute(change, (token_hash, *row))
    return bytes(before)


def blocked(walk: Tour, clinic: Clinic, tablet: Tablet) -> None:
    """A tablet that its administrator ended."""
    hands = walk.hands
    listed = clinic.tessera("device", "list").splitlines()
    [device] = [line.split("\t")[0] for line in listed if tablet.name in line]
    hands.open_sync()
    clinic.tessera("device", "revoke", device)
    ended = hands.find("This tablet was blocked", "heading")
    ask = hands.find("Send and receive now")
    ended.or_(ask).first.wait_for()
    with suppress(PlaywrightTimeoutError):  # It may ask by itself just now.
        if not ended.is_visible():
            ask.click(timeout=SOON_MS)
    ended.wait_for()
    walk.shoot("trouble-blocked")
