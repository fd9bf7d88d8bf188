"""What goes wrong at a tablet is said in a sentence, and nothing is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from app.storage.opening import VAULT_NAME
from tests.browser import care, story
from tests.browser.care import Newcomer
from tests.browser.clinic import NURSE, Clinic, Tablet
from tests.browser.hands import Hands
from tests.support.browser import opened

SITE = "Inland camp"
WRONG_PIN = "918273"
RESTORED = "What was typed here before, and not saved, is back."
MISTYPED = "This card code is mistyped. Compare each character with the card."
UNREACHABLE = (
    "There is no connection to the server. "
    "You can go on working; everything is kept on this tablet."
)
CUT = (
    "The connection was cut. What was sent is safe; "
    "the rest is kept and will be sent next time."
)
CORRUPT = (
    "The file with the records cannot be read. It was not changed. "
    "Do not use this tablet; bring it to your administrator."
)
QUESTIONS = story.TB_SYMPTOMS
MAN = Newcomer("Male", "44", "en", latin="Ibrahim", original="Ibrahim")


@pytest.fixture(scope="module")
def site(clinic: Clinic) -> str:
    """A site whose people are those of these tests alone."""
    clinic.add_site(SITE)
    return SITE


@pytest.fixture(scope="module")
def tablet(clinic: Clinic, site: str, browser: Browser) -> Iterator[Tablet]:
    """An enrolled tablet on which the nurse chose her PIN; locked."""
    with clinic.tablet("Tablet C", site) as enrolled:
        with at(enrolled, browser) as hands:
            hands.enrol(enrolled)
            hands.choose_pin()
        yield enrolled


@contextmanager
def at(tablet: Tablet, browser: Browser) -> Iterator[Hands]:
    """A new browser at a tablet: it locks whoever was there before."""
    with opened(browser, tablet.program.url) as screen:
        yield Hands(screen)


@contextmanager
def unlocked(tablet: Tablet, browser: Browser) -> Iterator[Hands]:
    """The same, at home."""
    with at(tablet, browser) as hands:
        hands.unlock()
        yield hands


def test_enrolment_says_what_is_wrong_and_keeps_what_was_typed(
    clinic: Clinic, site: str, tablet: Tablet, browser: Browser
) -> None:
    with clinic.tablet("Tablet D", site) as fresh, at(fresh, browser) as hands:
        hands.write("One-time code", tablet.code)
        hands.write("Name of this tablet", "Tablet D")
        hands.press("Set up")
        hands.sees("This code was already used. Ask your administrator for a new one.")
        hands.holds("Name of this tablet", "Tablet D")
        hands.write("One-time code", "7777-7777-777")
        hands.press("Set up")
        hands.sees("This code is not right. Compare it with the code you were given.")
        fresh.network.go_away()
        hands.write("One-time code", fresh.code)
        hands.press("Set up")
        hands.sees(UNREACHABLE)
        hands.holds("One-time code", fresh.code)
        fresh.network.come_back()
        hands.press("Set up")
        hands.sees("Who are you?")


def test_a_mistyped_card_code_is_said_and_nothing_else_is_lost(
    clinic: Clinic, tablet: Tablet, browser: Browser
) -> None:
    (card,) = clinic.cards(1)
    wrong = ("8" if card[0] != "8" else "9") + card[1:]
    with unlocked(tablet, browser) as hands:
        hands.press("Register a person")
        care.fill_in(hands, Newcomer("Male", "37", "fr", card=wrong))
        hands.sees(MISTYPED)
        hands.press("Save")
        hands.sees("Something is still missing. Look for the marked places.")
        hands.holds("Card code", wrong)
        hands.holds("Age in years", "37")
        hands.write("Card code", card)
        hands.misses(MISTYPED)
        hands.press("Save")
        hands.sees("Saved on this tablet.")
        assert care.shown_code(hands) == card


def test_a_connection_that_is_cut_in_the_middle_loses_and_doubles_nothing(
    tablet: Tablet, browser: Browser
) -> None:
    with unlocked(tablet, browser) as hands:
        tablet.network.cut_each_after(700)
        hands.sees("No network")
        hands.press("Register a person")
        code = care.register(hands, Newcomer("Female", "25", "fa-AF"))
        hands.press("People who are waiting")
        hands.open_sync()
        hands.press("Send and receive now")
        hands.sees(CUT)
        hands.sees(re.compile("records exist only on this tablet"))
        tablet.network.cut_each_after(None)
        hands.press("Back")
        hands.send_and_receive()
        hands.sees(re.compile(code))
        assert "\n".join(hands.words()).count(code) == 1


def test_a_reload_keeps_what_was_typed_in_a_registration(
    tablet: Tablet, browser: Browser
) -> None:
    with unlocked(tablet, browser) as hands:
        hands.press("Register a person")
        care.fill_in(hands, Newcomer("Female", "61", "so", latin="Hodan"))
        hands.reload()
        hands.holds("Name in Latin letters", "Hodan")
    with at(tablet, browser) as hands:
        hands.begin_unlocking()  # and one is where one was
        hands.sees(RESTORED)
        hands.holds("Name in Latin letters", "Hodan")
        hands.press("Back")
        hands.holds("Age in years", "61")
        hands.press("Save")
        hands.sees("Saved on this tablet.")


def test_a_second_browser_locks_the_first_one(tablet: Tablet, browser: Browser) -> None:
    with unlocked(tablet, browser) as first, unlocked(tablet, browser):
        first.sees("Who are you?")
        assert not first.find("Register a person").is_visible()


def test_a_tablet_that_dies_in_a_screening_keeps_every_answer(
    tablet: Tablet, browser: Browser
) -> None:
    with unlocked(tablet, browser) as hands:
        hands.press("Register a person")
        code = care.register(hands, MAN)
        hands.press("Give the information notice")
        hands.sees("Was the person told?")
        hands.go_home()
        care.open_visit(hands, code)
        care.begin(hands, story.TB)
        care.answer_all(hands, QUESTIONS[:2], "No")
        hands.reload()
        care.answer_all(hands, QUESTIONS[2:4], "No")
        hands.sees(re.compile("4 of 5 answered"))
        tablet.program.kill()
    tablet.program.start()
    with unlocked(tablet, browser) as hands:
        care.open_visit(hands, code)
        hands.sees(re.compile("Begun"))
        hands.press(hands.row(story.TB))  # what was typed opens at its questions
        hands.sees(re.compile("4 of 5 answered"))
        care.answer(hands, QUESTIONS[4], "No")
        care.finish(hands)


@pytest.fixture(scope="module")
def other(clinic: Clinic, site: str, browser: Browser) -> Iterator[Tablet]:
    """A tablet that may be locked for long, and broken."""
    with clinic.tablet("Tablet E", site) as enrolled:
        with at(enrolled, browser) as hands:
            hands.enrol(enrolled)
            hands.choose_pin()
        yield enrolled


def test_wrong_pins_are_refused_for_longer_each_time(
    other: Tablet, browser: Browser
) -> None:
    with at(other, browser) as hands:
        hands.begin_unlocking(NURSE, WRONG_PIN)
        hands.sees("This PIN is not right.")
        for _ in range(2):
            hands.sees("0 digits entered")
            hands.type_digits(WRONG_PIN)
            hands.press("Unlock")
        first = hands.seconds_to_wait()
        hands.may_try_again()
        hands.type_digits(WRONG_PIN)
        hands.press("Unlock")
        assert hands.seconds_to_wait() > first > 0
        hands.may_not_unlock()


def test_a_damaged_file_is_set_aside_and_named(other: Tablet, browser: Browser) -> None:
    other.program.stop()
    vault = other.folder / VAULT_NAME
    damaged = b"\xff" * 100 + vault.read_bytes()[100:]
    vault.write_bytes(damaged)
    other.program.start()
    with at(other, browser) as hands:
        hands.sees(CORRUPT)
        hands.screen.shoot("trouble-en-800x1280")
        words = "\n".join(hands.words())
        kept = [path for path in other.folder.iterdir() if path.name in words]
        assert [path.read_bytes() for path in kept] == [damaged]
