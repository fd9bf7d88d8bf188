"""One arrival at two tablets, as the scenario of the project tells it."""

import re
import time
from dataclasses import dataclass, field

from tests.browser import care
from tests.browser.care import Newcomer
from tests.browser.clinic import COORDINATOR, MEDIATOR, PASSPHRASE, Clinic, Tablet
from tests.browser.hands import Hands

MOTHER = Newcomer("Female", "31", "ar", "أمينة منصور", "Amina Mansour")
SON = Newcomer(
    *("Male", "9", "", "يوسف", "Yusuf"), relation="Child", with_whom="A parent"
)
DAUGHTER = Newcomer(
    *("Female", "4", "", "ليلى", "Leila"), relation="Child", with_whom="A parent"
)
CHILD_ALONE = Newcomer("Male", "15", "ti", "ዳዊት", "Dawit", with_whom="Nobody")
LATE_ONE = Newcomer("Female", "52", "fr", "Fatoumata", "Fatoumata")
INTERPRETER = "Huda Nasser"
TB = "Tuberculosis: four symptoms"
PHQ = "PHQ-9: signs of depression"
VITAL = "Vital signs"
CHILD_FLAG = (
    "A child without a parent. Do not leave the child alone; tell child protection."
)
TB_SYMPTOMS = (
    "Do you have a cough now?",
    "Have you coughed up blood?",
    "Do you have a fever",
    "Have you lost weight",
    "Do you sweat so much",
)
PHQ_FIRST = (
    "Little interest",
    "Feeling down",
    "Trouble falling",
    "Feeling tired",
    "Poor appetite",
    "Feeling bad about yourself",
)
PHQ_SECOND = ("Trouble concentrating", "Moving or speaking so slowly")
PHQ_NINE = "Thoughts that you would be better off dead"
BREATHING = (
    ("Breaths in one minute", "18"),
    ("Oxygen saturation", "97"),
    ("Heartbeats in one minute", "82"),
    ("Body temperature", "36.8"),
)


@dataclass(slots=True)
class Story:
    """Who acts where, the cards' codes, and what was seen on the way."""

    clinic: Clinic
    tablet_a: Tablet
    tablet_b: Tablet
    a: Hands
    b: Hands
    console: Hands
    codes: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def networks_go(self) -> None:
        """Both tablets lose their network."""
        for hands, tablet in ((self.a, self.tablet_a), (self.b, self.tablet_b)):
            tablet.network.go_away()
            hands.sees("No network")

    def networks_come(self) -> None:
        """A sends what it has, then B."""
        for hands, tablet in ((self.a, self.tablet_a), (self.b, self.tablet_b)):
            tablet.network.come_back()
            hands.send_and_receive()


def tell(story: Story) -> None:
    """Live through it all, once."""
    set_up(story)
    story.networks_go()
    a_registers(story)
    story.networks_come()
    story.seen["queue of A"] = waiting(story.a, story.codes)
    story.seen["queue of B"] = waiting(story.b, story.codes)
    story.networks_go()
    a_cares(story)
    a_begins_what_b_will_finish(story)
    b_cares(story)
    both_read_a_new_card(story)
    story.networks_come()
    story.a.send_and_receive()
    b_finishes(story)
    one_sees_the_other(story)


def set_up(story: Story) -> None:
    """Enrol both tablets and choose PINs."""
    story.a.enrol(story.tablet_a)
    story.b.enrol(story.tablet_b, "First check")
    story.a.choose_pin()
    story.b.choose_pin()
    story.b.set_pin_of(MEDIATOR)  # a nurse's is not set beside a mediator
    story.b.change_hands(MEDIATOR)


def a_registers(story: Story) -> None:
    """A mother, her two children, a child alone, a man with a card and no name."""
    a, codes = story.a, story.codes
    cards = story.clinic.cards(2)
    a.press("Register a person")
    codes["mother"] = care.register(a, MOTHER)
    for name, child in (("son", SON), ("daughter", DAUGHTER)):
        a.press("Another of this family")
        codes[name] = care.register(a, child)
    a.press("Register the next person")
    codes["child alone"] = care.register(a, CHILD_ALONE)
    a.sees(CHILD_FLAG)
    a.press("Register the next person")
    man = Newcomer("Male", "40", care.NOT_KNOWN, card=cards[0])
    codes["man"] = care.register(a, man)
    codes["both"] = cards[1]
    a.press("People who are waiting")
    a.is_home()


def waiting(hands: Hands, codes: dict[str, str]) -> list[str]:
    """Who of these stands in the queue of a tablet at home."""
    hands.is_home()
    for name in ("mother", "man"):
        hands.sees(re.compile(codes[name]))
    words = "\n".join(hands.words())
    return [name for name, code in codes.items() if code in words]


def a_cares(story: Story) -> None:
    """The notice, consents, TB in Arabic, PHQ-9 with item 9, a birth date."""
    a = story.a
    care.open_visit(a, story.codes["mother"])
    a.press(a.row("Information and consent"))
    care.tell_and_ask_consent(a, INTERPRETER)
    a.press("Go on to the screening")
    a.sees("The whole record")
    care.begin(a, TB, INTERPRETER)
    a.sees(re.compile("علامات السل"))
    care.answer(a, TB_SYMPTOMS[0], "Yes")
    care.answer_all(a, ("Have you been coughing", *TB_SYMPTOMS[1:]), "No")
    care.finish(a)
    a.press("Back to the visit")
    a.sees("The whole record")
    a_asks_phq(story)
    a.press("The whole record")
    care.correct_birth_date(a, "14", "3", "1995")
    a.go_home()


def a_asks_phq(story: Story) -> None:
    """PHQ-9 has no Arabic text here: it is interpreted aloud, and that is kept."""
    a = story.a
    care.begin(a, PHQ, INTERPRETER)
    a.sees(re.compile("Interpreted aloud into"))
    care.answer_all(a, PHQ_FIRST, re.compile("Several days"))
    a.press("Next")
    care.answer_all(a, PHQ_SECOND, re.compile("Not at all"))
    care.answer(a, PHQ_NINE, re.compile("Several days"))
    a.press("For the staff: read this")
    a.sees(re.compile("Assess the risk of suicide today"))
    care.finish(a)
    story.seen["result of PHQ-9"] = a.words()
    a.press("Back to the visit")
    a.sees("The whole record")


def a_begins_what_b_will_finish(story: Story) -> None:
    """A asks the man two of the TB questions, and is called away."""
    a = story.a
    care.open_visit(a, story.codes["man"])
    care.begin(a, TB, language="English")
    care.answer_all(a, TB_SYMPTOMS[:2], "No")
    a.press("Go on later")
    a.press("The tablet is turned to me")
    a.sees("The whole record")
    a.go_home()


def b_cares(story: Story) -> None:
    """Vital signs and another birth date; the man's card is read at registration."""
    b = story.b
    care.open_visit(b, story.codes["mother"])
    care.begin(b, VITAL)
    care.answer(b, "How awake is the person?", "Awake and alert")
    b.press("Next")
    care.measure(b, BREATHING)
    b.press("Next")
    b.sees("Blood pressure")
    care.measure(b, (("Upper value", "124"), ("Lower value", "78")))
    b.press("Next")
    b.sees("Weight and height")
    care.finish(b)
    b.press("Back to the visit")
    b.sees("The whole record")
    b.press("The whole record")
    care.correct_birth_date(b, "2", "8", "1996")
    b.go_home()
    b.press("Register a person")
    b.write("Card code", story.codes["man"])
    b.sees("This card belongs to somebody who is registered already.")
    b.press("This person came back")
    b.pick("This visit goes on")
    b.press("Save")
    b.sees("Saved on this tablet.")
    b.press("People who are waiting")
    b.is_home()


def both_read_a_new_card(story: Story) -> None:
    """A second nameless man shows the same new card at both desks, both offline."""
    man = Newcomer("Male", "28", "so", card=story.codes["both"])
    for hands in (story.a, story.b):
        hands.press("Register a person")
        care.register(hands, man)
        hands.press("People who are waiting")
        hands.is_home()


def b_finishes(story: Story) -> None:
    """B goes on where A was called away."""
    b = story.b
    care.open_visit(b, story.codes["man"])
    b.sees(re.compile("Begun · by Eleni Papadaki"))
    care.begin(b, TB)
    story.seen["what B goes on with"] = b.words()
    care.answer_all(b, TB_SYMPTOMS[2:], "No")
    care.finish(b)
    story.seen["result of B"] = b.words()
    b.press("Back to the visit")
    b.sees("The whole record")
    b.go_home()


def one_sees_the_other(story: Story) -> None:
    """Both reach the server: somebody registered at A comes to B's queue."""
    a, b = story.a, story.b
    a.press("Register a person")
    care.fill_in(a, LATE_ONE)
    b.is_home()
    a.press("Save")
    began = time.monotonic()
    b.sees(re.compile(LATE_ONE.latin))
    story.seconds["A to B"] = time.monotonic() - began
    a.press("People who are waiting")
    a.is_home()


def sign_in(console: Hands) -> None:
    """Sign the coordinator in."""
    console.write("Your name", COORDINATOR)
    console.write_secretly("Passphrase", PASSPHRASE)
    console.press("Sign in")
    console.sees("People at all sites")
