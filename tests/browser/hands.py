"""What people do before a screen: found by role and name, as a screen reader would."""

import re
import time
from re import Pattern
from typing import Literal

from playwright.sync_api import Locator, TimeoutError, expect

from app.i18n import Translator
from app.ui.widgets.steady import DOUBLED_SECONDS
from tests.browser.clinic import COORDINATOR, MEDIATOR, NURSE, PIN, Tablet
from tests.support.browser import ACTION_MS, Role, Screen, show_semantics

_TOUCHES = 3
_LOOK_SECONDS = 0.05
_AT_ONCE_SECONDS = 0.05
_UNHURRIED = DOUBLED_SECONDS + 0.15
_STEPS, _STEP_MS = 12, 3_000
CARD = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")
Name = str | Pattern[str]
"""A sentence of the catalogue, in English; or a pattern of what is on the screen."""


class Hands:
    """Hands that press, and eyes that wait, before a screen in one language."""

    def __init__(self, screen: Screen, tag: str = "en") -> None:
        self.screen = screen
        self.t = Translator(tag)
        self._pressed_at = 0.0
        self._came_at = 0.0
        self._home_url = ""

    # What is on the screen

    def find(self, name: Name, role: Role = "button") -> Locator:
        """The first control of this role whose name is, or fits, this one."""
        page = self.screen.page
        if isinstance(name, Pattern):
            return page.get_by_role(role, name=name).first
        return page.get_by_role(role, name=self.t.gettext(name), exact=True).first

    def row(self, title: str) -> Pattern[str]:
        """The name of a row that begins with a title of the catalogue."""
        return re.compile(f"^{re.escape(self.t.gettext(title))}, ")

    def sees(self, text: Name, timeout_ms: float = ACTION_MS) -> None:
        """Wait until a sentence stands on the screen, alone or within others."""
        self._wait(self._where(text), "attached", timeout_ms)

    def misses(self, text: Name, timeout_ms: float = ACTION_MS) -> None:
        """Wait until a sentence stands nowhere on the screen."""
        self._wait(self._where(text), "detached", timeout_ms)

    def sees_one(self, name: Pattern[str], role: Role = "button") -> None:
        """Wait until one control alone has a name that fits."""
        began = time.monotonic()
        found = self.screen.page.get_by_role(role, name=name)
        expect(found).to_have_count(1, timeout=ACTION_MS)
        self._note_what_came(began)

    def holds(self, field: str, text: str) -> None:
        """Enter a field, which alone makes it tell its value, and compare."""
        found = self.find(field, "textbox")
        self._wait(found)
        self._rest()
        found.click()
        expect(found).to_have_value(text, timeout=ACTION_MS)

    def words(self) -> list[str]:
        """Everything that the screen says, from the top, names of fields included."""
        found: list[str] = self.screen.page.evaluate(_WORDS)
        return found

    def _wait(
        self,
        locator: Locator,
        state: Literal["attached", "detached"] = "attached",
        timeout_ms: float = ACTION_MS,
    ) -> None:
        began = time.monotonic()
        try:
            locator.wait_for(state=state, timeout=timeout_ms)
        except TimeoutError as error:
            words = "\n".join(self.words())
            raise AssertionError(f"{error}\nThe screen says:\n{words}") from None
        self._note_what_came(began)

    def _note_what_came(self, began: float) -> None:
        now = time.monotonic()
        if now - began > _AT_ONCE_SECONDS:
            self._came_at = now

    def _where(self, text: Name) -> Locator:
        said = text if isinstance(text, Pattern) else self.t.gettext(text)
        page = self.screen.page
        # Flutter makes the same words a text or a label, as its tree falls out.
        return page.get_by_text(said).or_(page.get_by_label(said)).first

    # What hands do

    def press(self, name: Name, role: Role = "button") -> None:
        """Press a control once it is there, not so soon that it is a doubled tap."""
        control = self.find(name, role)
        self._wait(control)
        self.press_at(control)

    def press_at(self, control: Locator) -> None:
        """Press a control that may only just have come."""
        self._rest()
        self._tap(control)

    def choose(self, tile: Locator) -> None:
        """Press a tile unless it is marked, and wait until it is."""
        self._wait(tile)
        if tile.get_attribute("aria-current") != "true":
            self.press_at(tile)
        began = time.monotonic()
        expect(tile).to_have_attribute("aria-current", "true", timeout=ACTION_MS)
        self._note_what_came(began)

    def choose_quickly(self, tile: Locator) -> None:
        """The same for a tile that stood there before the last press."""
        self._wait(tile)
        self._tap(tile)
        expect(tile).to_have_attribute("aria-current", "true", timeout=ACTION_MS)

    def pick(self, name: Name) -> None:
        """Choose a tile by its name."""
        self.choose(self.find(name))

    def write(self, field: str, text: str) -> None:
        """Put a text in the place of what a field holds."""
        self.write_at(self.find(field, "textbox"), text)

    def write_at(self, field: Locator, text: str) -> None:
        """Put a text in the place of what a field holds."""
        self._enter(field)
        self.screen.page.keyboard.press("Control+A")
        self.screen.page.keyboard.type(text)
        give_up_at = time.monotonic() + ACTION_MS / 1_000
        # A card that is known takes its field away: then what was typed led on.
        while not field.evaluate_all(_HOLD, text):
            assert time.monotonic() < give_up_at, (text, self.words())
            time.sleep(_LOOK_SECONDS)

    def write_secretly(self, field: str, text: str) -> None:
        """Put a text into an empty field that does not show it."""
        self._enter(self.find(field, "textbox"))
        self.screen.page.keyboard.type(text)

    def _enter(self, field: Locator) -> None:
        self._wait(field)
        self._rest()  # a press may still be moving what is below it
        for _try in range(_TOUCHES):
            field.click()
            # A finger needs longer for its first key than a field to take the focus,
            # and nobody types before the field shows that it has it.
            self.screen.page.evaluate(_FRAMES)
            if field.evaluate("field => field.getRootNode().activeElement === field"):
                return
        raise AssertionError("the field does not take the focus")

    def _rest(self) -> None:
        # Nobody presses what they have only just seen come; on a busy machine it may
        # come long after the press that led to it.
        until = max(self._pressed_at + _UNHURRIED, self._came_at + DOUBLED_SECONDS)
        time.sleep(max(0.0, until - time.monotonic()))

    def _tap(self, control: Locator) -> None:
        control.click()
        self._pressed_at = time.monotonic()

    # The tablet itself

    def enrol(self, tablet: Tablet, station: str = "Registration") -> None:
        """Set a fresh tablet up with its one-time code."""
        self.write("One-time code", tablet.code)
        self.write("Name of this tablet", tablet.name)
        self.pick(station)
        self.press("Set up")
        self.sees("Who are you?")

    def choose_pin(self, who: str = NURSE, pin: str = PIN) -> None:
        """Unlock a tablet for the first time."""
        self.press(re.compile(who))
        self._type_twice(pin)
        self.is_home()

    def set_pin_of(self, colleague: str, pin: str = PIN) -> None:
        """Let a colleague, who stands beside, choose a PIN on this tablet."""
        self.press("Colleagues")
        self.press(re.compile(colleague))
        template = self.t.gettext("I am {name}")
        self.press(re.compile(re.escape(self.t.fill(template, name=colleague))))
        self._type_twice(pin)
        template = self.t.gettext("{name} can unlock this tablet now.")
        self.sees(re.compile(re.escape(self.t.fill(template, name=colleague))))
        self.go_home()

    def change_hands(self, who: str) -> None:
        """Give the tablet to a colleague."""
        self.press("Change hands")
        self.unlock(who)

    def _type_twice(self, pin: str) -> None:
        for asked in (
            "Choose a PIN of 6 digits or more",
            "Type the same PIN once more",
        ):
            self.sees(asked)
            self.type_digits(pin)
            self.press("Continue")

    def begin_unlocking(self, who: str = NURSE, pin: str = PIN) -> None:
        """Pick a name, type a PIN and press the button."""
        self.press(re.compile(who))
        self.sees("Your PIN")
        self.type_digits(pin)
        self.press("Unlock")

    def unlock(self, who: str = NURSE) -> None:
        """Unlock a tablet with the PIN that was chosen before, and go home.

        An unlock leads to where the tablet was as it locked.
        """
        self.begin_unlocking(who)
        # The pad has a way back of its own, and is drawn until the next screen is.
        self._wait(self.find("Unlock"), "detached", 2 * ACTION_MS)
        self._wait(self.find("Lock"), timeout_ms=2 * ACTION_MS)
        home, back = self.find("Register a person"), self.find("Back")
        self._wait(home.or_(back).first)
        for _step in range(_STEPS):
            if home.is_visible():
                break
            self._step_back(back)
        self.is_home()

    def scroll(self) -> None:
        """Scroll the middle of the screen to its end."""
        size = self.screen.page.viewport_size
        assert size is not None
        self.screen.page.mouse.move(size["width"] / 2, size["height"] / 2)
        self.screen.page.mouse.wheel(0, 10_000)

    def _step_back(self, back: Locator) -> None:
        """Press a way back, which may belong to a screen that is just leaving."""
        here = self.screen.page.url
        self._rest()
        try:
            back.click(timeout=_STEP_MS)
            self._pressed_at = time.monotonic()
            self.screen.page.wait_for_url(lambda now: now != here, timeout=_STEP_MS)
        except TimeoutError:
            # Nothing was lost: what stands there now is looked at again, for as long
            # as a press may take at all.
            self._wait(self.find("Register a person").or_(back).first)

    def type_digits(self, digits: str) -> None:
        """Press the pad's buttons; no digit twice in a row."""
        for count, digit in enumerate(digits, 1):
            pressing = self.press if count == 1 else self._tap_named
            pressing(re.compile(f"^{digit}$"))
            template = self.t.ngettext(
                "{count} digit entered", "{count} digits entered", count
            )
            self.sees(re.compile(re.escape(self.t.fill(template, count=count))))

    def seconds_to_wait(self) -> int:
        """How long the screen says that nobody may try."""
        said = re.compile(r"try again in (\d+) second")
        self.sees(said)
        found = said.search("\n".join(self.words()))
        return int(found.group(1)) if found else 0

    def may_not_unlock(self) -> None:
        """See that the button does nothing now."""
        expect(self.find("Unlock")).to_be_disabled()

    def may_try_again(self) -> None:
        """Wait until the screen lets one try again."""
        self.misses(re.compile("try again in"), 4 * ACTION_MS)

    def reload(self) -> None:
        """Load the page again, as one who is impatient does."""
        self.screen.page.reload()
        show_semantics(self.screen.page)

    def _tap_named(self, name: Pattern[str]) -> None:
        self._tap(self.find(name))

    def is_home(self) -> None:
        """Wait for the people who are waiting."""
        self._wait(self.find("Register a person"), timeout_ms=2 * ACTION_MS)
        self._home_url = self.screen.page.url

    def go_home(self) -> None:
        """Press Back until the people who are waiting are there."""
        back = self.find("Back")
        for _step in range(_STEPS):
            if self.screen.page.url == self._home_url:
                break
            self._step_back(back)
        self.is_home()

    def open_sync(self) -> None:
        """Press the strip."""
        self.press(re.compile(f"{NURSE}|{MEDIATOR}|{COORDINATOR}"))
        self.sees("Send and receive now")

    def send_and_receive(self) -> None:
        """Send and receive until nothing exists on this tablet alone, and go back."""
        self.open_sync()
        self.press("Send and receive now")
        self.sees("Everything on this tablet is also on the server.")
        self.sees("The server answers.")
        self.press("Back")


_HOLD = "(fields, text) => fields.every((field) => field.value === text)"
_FRAMES = """async () => {
    for (let count = 0; count < 4; count++)
        await new Promise((drawn) => requestAnimationFrame(drawn));
}"""
_WORDS = """() => {
    const found = [];
    const walk = (node) => {
        for (const child of node.childNodes) {
            if (child.nodeType === Node.TEXT_NODE) {
                if (child.textContent.trim()) found.push(child.textContent.trim());
                continue;
            }
            const label = child.getAttribute?.("aria-label");
            if (label) found.push(label);
            if (["INPUT", "TEXTAREA"].includes(child.tagName) && child.value)
                found.push(child.value);
            walk(child);
        }
    };
    for (const host of document.querySelectorAll("flt-semantics-host")) walk(host);
    return found;
}"""
