"""What staff do for a person: register, tell, ask, correct."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import Pattern

from playwright.sync_api import Locator

from app.i18n import names
from tests.browser.hands import CARD, Hands, Name

NOT_KNOWN = "und"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is typed of somebody who is registered; choices in English, tags."""

    sex: str
    age: str
    language: str = ""
    original: str = ""
    latin: str = ""
    card: str = ""
    relation: str = ""
    with_whom: str = ""


def fill_in(hands: Hands, person: Newcomer) -> None:
    """Fill the registration in, without saving it."""
    hands.sees("Sex")
    if person.relation:
        hands.pick(person.relation)
    if person.card:
        hands.write("Card code", person.card)
    else:
        hands.press("No card")
        hands.sees("Write this code on a wristband")
    hands.pick(person.sex)
    hands.write("Age in years", person.age)
    if person.with_whom:
        hands.pick(person.with_whom)
    if person.language:
        hands.pick(language(hands, person.language))
    if person.original or person.latin:
        hands.press(hands.row("Name"))
        hands.write("Name, as the person writes it", person.original)
        hands.write("Name in Latin letters", person.latin)


def language(hands: Hands, tag: str) -> Pattern[str]:
    """The tile of a language, as it is called in the language of the screen."""
    if tag == NOT_KNOWN:
        return exactly(hands, "Language not known yet")
    name = names.language_name(hands.t, tag)
    return re.compile(f"^\\W*{re.escape(name)}\\W*$")


def register(hands: Hands, person: Newcomer) -> str:
    """Register somebody and return the card's code."""
    fill_in(hands, person)
    hands.press("Save")
    hands.sees("Saved on this tablet.")
    return shown_code(hands)


def shown_code(hands: Hands) -> str:
    """The card's code that stands on the screen."""
    found = CARD.search("\n".join(hands.words()))
    assert found, hands.words()
    return found.group()


def person(name: str) -> Pattern[str]:
    """The row of somebody in a list, by a name or a card's code."""
    return re.compile(f"^\\W*{name}|{name}")


def open_visit(hands: Hands, name: str) -> None:
    """Open the visit of somebody who waits."""
    hands.press(person(name))
    hands.sees("The whole record")


def find(hands: Hands, code: str) -> None:
    """Open the visit of somebody, wherever they wait, by the card's code."""
    hands.write("Find a person: name, card or phone", code)
    # Until the others are gone the row still moves, and a press may miss it.
    hands.sees_one(CARD)
    open_visit(hands, code)


def tell_and_ask_consent(
    hands: Hands, interpreter: str, look: Callable[[str], None] = lambda _name: None
) -> None:
    """Give the notice through an interpreter; yes to phone, no to research."""
    hands.pick("The person was told")
    hands.pick("Interpreter, present")
    hands.write("Name of the interpreter", interpreter)
    look("notice-given")
    hands.press("Continue")
    hands.sees("Who decides?")
    hands.pick("The person")
    tiles = hands.screen.page.get_by_role("button")
    hands.choose(tiles.filter(has_text=exactly(hands, "Yes")).nth(0))
    hands.choose(tiles.filter(has_text=exactly(hands, "No")).nth(1))
    look("consents")
    hands.press("Save")
    hands.sees("Saved on this tablet. Care goes on, whatever was answered.")


def exactly(hands: Hands, msgid: str) -> Pattern[str]:
    """A pattern of one sentence alone."""
    return re.compile(f"^{re.escape(hands.t.gettext(msgid))}$")


def begin(hands: Hands, form: str, interpreter: str = "", language: str = "") -> None:
    """Open a form of the visit and say how it is asked."""
    hands.press(hands.row(form))
    hands.sees("Who is with the person now?")
    if language:
        hands.pick(re.compile(f"^{language}"))
    if interpreter:
        hands.pick("Interpreter, present")
        hands.write("Name of who interprets", interpreter)
    hands.pick("Nobody: alone with the staff")
    hands.press(re.compile(_either(hands, "Start the questions", _GO_ON)))
    hands.sees("End early")


_GO_ON = "Go on with the questions"


def _either(hands: Hands, *msgids: str) -> str:
    return "|".join(re.escape(hands.t.gettext(msgid)) for msgid in msgids)


def card_of(hands: Hands, question: str) -> Locator:
    """The card of a question, by how its words in the staff's language begin."""
    page = hands.screen.page
    found = page.get_by_role("group", name=re.compile(f"^{re.escape(question)}"))
    return found.first


def answer(hands: Hands, question: str, chosen: Name) -> None:
    """Choose an answer of a question that may only just have come."""
    hands.choose(_tile(hands, question, chosen))


def answer_all(hands: Hands, questions: Iterable[str], chosen: Name) -> None:
    """Give one answer to several questions of a page."""
    for number, question in enumerate(questions):
        choose = hands.choose_quickly if number else hands.choose
        choose(_tile(hands, question, chosen))


def _tile(hands: Hands, question: str, chosen: Name) -> Locator:
    said = exactly(hands, chosen) if isinstance(chosen, str) else chosen
    return card_of(hands, question).get_by_role("button", name=said)


def measure(hands: Hands, values: Iterable[tuple[str, str]]) -> None:
    """Type numbers into the fields of questions."""
    for question, value in values:
        hands.write_at(card_of(hands, question).get_by_role("textbox").first, value)


def finish(hands: Hands) -> None:
    """Finish a form, turn the tablet, stand before its result."""
    hands.press("Finish")
    hands.press("The tablet is turned to me")
    hands.find("Back to the visit").wait_for()
    hands.sees("What was answered")


def correct_birth_date(hands: Hands, day: str, month: str, year: str) -> None:
    """From a record, write another birth date."""
    t = hands.t
    hands.press("Correct something about the person")
    template = t.gettext("Correct: {field}")
    field = t.fill(template, field=t.gettext("Birth date"))
    hands.press(re.compile(f"^{re.escape(field)}$"))
    hands.sees("Until now")
    for part, text in (("Day", day), ("Month", month), ("Year", year)):
        hands.write(part, text)
    hands.pick("From a document")
    hands.press("Save")
    hands.sees("What was written")
