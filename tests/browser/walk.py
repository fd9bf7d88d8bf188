"""A walk through every screen in one language; see `Tour` for the photographs."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Locator

from app.clinic.library import read_library
from app.ui.form_words import FormWords
from tests.browser import care, story, walk_console, walk_door, walk_lookup
from tests.browser.clinic import COORDINATOR, Clinic, Tablet
from tests.browser.hands import Hands
from tests.browser.tour import Tour
from tests.support.browser import opened

SITE = "Harbour"
PHQ_FIRST, PHQ_SECOND = (1, 1, 1, 1, 1, 1), (0, 0, 1)


@contextmanager
def walked(browser: Browser, clinic: Clinic, tag: str) -> Iterator[Tour]:
    """The whole walk in one language, at a site of its own."""
    site, helper = f"{SITE} {tag}", f"{walk_door.HELPER} {tag}"
    clinic.tessera_each(
        [
            ["site", "add", site, "--zone", "Europe/Athens"],
            ["practitioner", "add", helper, "--role", "mediator"],
            ["compartment", "allow", "--practitioner", COORDINATOR],
            ["erasure", "allow", "--practitioner", COORDINATOR],
        ]
    )
    with ExitStack() as stack:
        tablet = stack.enter_context(clinic.tablet(f"Tablet {tag}", site, tag))
        console = stack.enter_context(clinic.console(tag))
        at_tablet = opened(browser, tablet.program.url)
        walk = Tour(Hands(stack.enter_context(at_tablet), tag), tag)
        walk_door.door(walk, tablet, helper)
        tablet.network.go_away()
        walk.hands.sees("No network")
        registration(walk)
        screening(walk)
        record(walk)
        sending(walk, tablet)
        walk_lookup.looking_up(walk, clinic)
        walk_door.sent_away(walk, clinic, helper)
        walk_door.forgotten_by_the_server(walk, clinic, tablet)
        # It would lock itself, sooner or later, while nobody is at it.
        before_the_tablet = walk.hands
        before_the_tablet.press("Lock")
        before_the_tablet.sees("Who are you?")
        walk_console.console_screens(walk, stack, browser, (clinic, console))
        walk.goes_to(before_the_tablet).unlock()
        walk_door.blocked(walk, clinic, tablet)
        yield walk


def sound(tour: Tour) -> None:
    """Every screen was shown, without an error and without another host."""
    assert len(tour.said) >= 25
    for screen in tour.screens:
        assert screen.troubles == []
        assert screen.foreign_requests == []
    said = "\n".join(text for words in tour.said.values() for text in words)
    crashed = tour.hands.t.gettext(
        "Something unexpected happened. What was saved is kept. "
        "If it happens again, report: {kind}."
    )
    assert crashed.partition("{")[0] not in said


def registration(walk: Tour) -> None:
    """A mother with all her pages, then a child alone."""
    hands = walk.hands
    hands.press("Register a person")
    hands.sees("Sex")
    walk.shoot("register-empty")
    hands.press("Another language")
    hands.find("Back").wait_for()
    hands.misses("Sex")
    walk.shoot("register-languages")
    hands.press("Back")
    care.fill_in(hands, story.MOTHER)
    walk.shoot("register-name")
    for step in ("Origin and languages", "Phone numbers", "Arrival"):
        template = hands.t.gettext("Next: {step}")
        label = hands.t.fill(template, step=hands.t.gettext(step))
        hands.press(re.compile(re.escape(label)))
        hands.find(step, "heading").wait_for()
        walk.shoot(f"register-{step.split()[0].lower()}")
    hands.press("Back")
    hands.sees("More, if there is time")
    walk.shoot("register-filled")
    hands.press("Save")
    hands.sees("Saved on this tablet.")
    walk.shoot("registered")
    family_and_card(walk, care.shown_code(hands))
    child_alone(walk)


def child_alone(walk: Tour) -> None:
    """A child with nobody, and the queue in which both stand."""
    hands = walk.hands
    care.fill_in(hands, story.CHILD_ALONE)
    hands.press("Back")
    hands.sees(story.CHILD_FLAG)
    walk.shoot("register-child-alone")
    hands.press("Save")
    hands.sees("Saved on this tablet.")
    hands.press("People who are waiting")
    hands.is_home()
    hands.sees(re.compile("أمينة"))
    walk.shoot("home")


def family_and_card(walk: Tour, code: str) -> None:
    """A relative's form, a card that is known, somebody who came back."""
    hands = walk.hands
    hands.press("Another of this family")
    hands.sees("Sex")
    walk.shoot("register-family")
    hands.press("Back")
    hands.press("Register a person")
    hands.write("Card code", code)
    hands.sees("This card belongs to somebody who is registered already.")
    walk.shoot("register-known-card")
    hands.press("This person came back")
    hands.find("This visit goes on").wait_for()
    walk.shoot("register-returning")
    hands.press("Back")
    hands.is_home()
    hands.press("Register a person")


def screening(walk: Tour) -> None:
    """Notice, consents, the visit, three forms, their results."""
    hands = walk.hands
    care.open_visit(hands, "أمينة")
    walk.shoot("visit")
    hands.press(hands.row("Information and consent"))
    hands.sees("Was the person told?")
    walk.shoot("notice")
    care.tell_and_ask_consent(hands, story.INTERPRETER, walk.shoot)
    walk.shoot("notice-saved")
    hands.press("Go on to the screening")
    hands.sees("The whole record")
    forms(walk)


def forms(walk: Tour) -> None:
    """Three forms of the visit; what they raise, and what they say at the end."""
    hands = walk.hands
    begin(walk, "tb-four-symptoms")
    answer(walk, 0, 0)
    for place in range(1, 6):
        answer(walk, place, 0 if place == 1 else 1)
    hands.press("For the staff: read this")
    walk.shoot("screening-tb")
    end(walk, "tb")
    begin(walk, "phq9")
    for place, option in enumerate(PHQ_FIRST):
        answer(walk, place, option)
    walk.shoot("screening-phq9")
    hands.press("Next")
    hands.press("Finish")
    hands.sees("An answer is needed here.")
    walk.shoot("screening-missing")
    for place, option in enumerate(PHQ_SECOND):
        answer(walk, place, option)
    hands.press("For the staff: read this")
    walk.shoot("screening-phq9-flag")
    end(walk, "phq9")
    vital_signs(walk)


def vital_signs(walk: Tour) -> None:
    """The first pages of a form that is put off: no way out without the staff."""
    hands = walk.hands
    begin(walk, "vital-signs")
    answer(walk, 0, 0)
    walk.shoot("screening-alertness")
    hands.press("Next")
    hands.write_at(cards(hands).nth(0).get_by_role("textbox"), "180")
    walk.shoot("screening-vital-signs")
    hands.press("End early")
    hands.press("The tablet is turned to me")
    hands.sees("Why does it end early?")
    walk.shoot("screening-end-early")
    hands.press("Cancel")
    hands.press("Go on later")
    hands.press("The tablet is turned to me")
    hands.sees("The whole record")
    walk.shoot("visit-with-alarm")


def begin(walk: Tour, name: str) -> None:
    """Open a form by its name in this language, and say how it is asked."""
    hands = walk.hands
    form = next(form for form in read_library().forms if form.name == name)
    title = FormWords(hands.t, form, form.canonical).title
    hands.press(re.compile(f"^\\W*{re.escape(title)}.*, "))
    hands.sees("Who is with the person now?")
    hands.pick("Interpreter, present")
    hands.write("Name of who interprets", story.INTERPRETER)
    hands.pick("Nobody: alone with the staff")
    walk.shoot(f"how-{name}")
    hands.press("Start the questions")
    hands.sees("End early")


def cards(hands: Hands) -> Locator:
    """The cards of questions: groups with a name, and something to answer with."""
    page = hands.screen.page
    groups = page.locator('[role="group"][aria-label]')
    return groups.filter(has=page.locator("input, [role=button][aria-current]"))


def answer(walk: Tour, question: int, option: int) -> None:
    """Answer by places: the words depend on the language."""
    card = cards(walk.hands).nth(question)
    walk.hands.choose(card.locator('[role="button"][aria-current]').nth(option))


def end(walk: Tour, name: str) -> None:
    """Finish a form, turn the tablet, see the result, and go back."""
    hands = walk.hands
    hands.press("Finish")
    hands.sees("Turn the tablet to you")
    if name == "tb":
        walk.shoot("turn-the-tablet")
    hands.press("The tablet is turned to me")
    hands.sees("What was answered")
    walk.shoot(f"result-{name}")
    if name == "phq9":
        hands.press("Correct an answer")
        hands.find("Next").wait_for()
        walk.shoot("screening-correct")
        hands.press("Back")
        hands.sees("What was answered")
    hands.press("Back to the visit")
    hands.sees("The whole record")


def record(walk: Tour) -> None:
    """The record and its corrections."""
    hands = walk.hands
    hands.press("The whole record")
    hands.sees("What was written")
    confidential(walk)
    walk.shoot("record")
    hands.press("Correct something about the person")
    template = hands.t.gettext("Correct: {field}")
    label = hands.t.fill(template, field=hands.t.gettext("Birth date"))
    hands.find(re.compile(re.escape(label))).wait_for()
    walk.shoot("record-correct-what")
    amended(walk, template)
    hands.press(re.compile(re.escape(label)))
    hands.sees("Until now")
    walk.shoot("amend-birth-date")
    hands.press("Back")
    hands.sees("What was written")
    in_error(walk)


def confidential(walk: Tour) -> None:
    """A note that only those may read who were named for it."""
    hands = walk.hands
    hands.press("Write a confidential note")
    hands.find("Confidential note", "heading").wait_for()
    hands.pick("Violence")
    hands.write("What was said, in any language", "هي خائفة")
    walk.shoot("confidential")
    hands.press("Save")
    hands.sees("What was written")


def in_error(walk: Tour) -> None:
    """What was written by mistake, or on the wrong person."""
    hands = walk.hands
    hands.press(hands.row("Information notice"))
    hands.press("This was entered in error")
    hands.sees("Why was this written in error?")
    walk.shoot("record-why-in-error")
    hands.press("Cancel")
    hands.misses("Why was this written in error?")
    hands.scroll()
    walk.shoot("record-timeline")
    hands.press(hands.row("Confidential note"))
    hands.sees("Only who may read it can move it to another person.")
    walk.shoot("record-note")
    hands.press("Back")
    hands.sees("What was written")
    hands.press(hands.row("Information notice"))
    hands.press("This belongs to another person")
    hands.sees("Whose is it?")
    walk.shoot("record-right-person")
    hands.press("Back")
    hands.sees("What was written")
    hands.go_home()


def amended(walk: Tour, template: str) -> None:
    """What can be corrected of a person, beside the birth date."""
    hands = walk.hands
    for field in ("Name", "Sex", "Language"):
        named = hands.t.fill(template, field=hands.t.gettext(field))
        hands.press(re.compile(re.escape(named)))
        hands.sees("Until now")
        walk.shoot(f"amend-{field.lower()}")
        hands.press("Back")
        hands.sees("What was written")
        hands.press("Correct something about the person")


def sending(walk: Tour, tablet: Tablet) -> None:
    """Search; what waits, seen without and with a PIN; sync once there is a network."""
    hands = walk.hands
    hands.write("Find a person: name, card or phone", "Dawit")
    hands.sees(re.compile("ዳዊት"))
    walk.shoot("home-search")
    hands.open_sync()
    hands.press("Send and receive now")
    hands.sees("Only on this tablet")
    walk.shoot("sync-offline")
    hands.press("Lock")
    walk_door.unsent(walk, tablet)
    hands.unlock()
    hands.open_sync()
    hands.press("Send and receive now")
    hands.sees("The server answers.")
    hands.sees("Everything on this tablet is also on the server.")
    walk.shoot("sync")
    hands.press("Back")
    hands.is_home()
