"""Chromium on a Flet page: opened at a screen's size, readable by role and name."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Route,
    sync_playwright,
)

from tests.support.processes import HOST

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Flet's web client asks for this at every start, used or not, even with no_cdn.
ASKED_BY_FLET = "https://cdn.jsdelivr.net/npm/@rive-app/"
# Until the app's own fonts have come, the engine asks the page's host for the same
# families in its own form. Another family would be a sign that they do not have.
ASKED_UNTIL_FONTS_CAME = re.compile(
    r"/assets/fonts/notosans(arabic|ethiopic|bengali)?/"
)
LOAD_MS = 60_000
ACTION_MS = 30_000
SETTLE_MS = 60
SETTLE_TRIES = 24
# A page on which nothing is painted yet compresses to less.
BLANK_BYTES = 7_000
Role = Literal[
    "alert", "button", "checkbox", "dialog", "group", "heading", "img", "link",
    "listitem", "menuitem", "option", "progressbar", "radio", "status", "switch",
    "tab", "textbox",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Viewport:
    """A screen's size in CSS pixels."""

    width: int
    height: int


TABLET = Viewport(800, 1280)
PHONE = Viewport(360, 800)
CONSOLE = Viewport(1280, 800)


@dataclass(frozen=True, slots=True)
class Screen:
    """One open page.

    What it asks of other hosts is refused, and kept; so are the errors it logs.
    """

    page: Page
    foreign_requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def named(self, role: Role, name: str) -> Locator:
        """The first control of this role whose accessible name is exactly this."""
        return self.page.get_by_role(role, name=name, exact=True).first

    def text(self, text: str) -> Locator:
        """The first place where exactly this text stands."""
        return self.page.get_by_text(text, exact=True).first

    def press(self, name: str, role: Role = "button") -> None:
        """Press what carries this name."""
        self.named(role, name).click()

    def fill(self, name: str, text: str) -> None:
        """Focus the text field of this name and type into it, key by key."""
        self.named("textbox", name).click()
        self.page.keyboard.type(text)

    def resize(self, viewport: Viewport) -> None:
        """Turn the same page into another size of screen."""
        self.page.set_viewport_size(
            {"width": viewport.width, "height": viewport.height}
        )

    def settle(self) -> None:
        """Wait until what is seen moves no more."""
        self._at_rest()

    def shoot(self, name: str) -> Path:
        """Write what is seen, once it is at rest, to the folder of screenshots."""
        path = screenshot_folder() / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._at_rest())
        return path

    def _at_rest(self) -> bytes:
        # Roles and names are there before what they name is painted.
        before, seen = b"", self.page.screenshot()
        for _ in range(SETTLE_TRIES):
            if seen == before and len(seen) > BLANK_BYTES:
                break
            self.page.wait_for_timeout(SETTLE_MS)
            before, seen = seen, self.page.screenshot()
        return seen


@contextmanager
def launched(chromium: Path) -> Iterator[Browser]:
    """Run a headless browser until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=list(FLAGS), env=_without_proxies()
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, url: str, viewport: Viewport = TABLET, locale: str = "en-GB"
) -> Iterator[Screen]:
    """Load a Flet page in a fresh context and turn its semantics on."""
    context = browser.new_context(
        viewport={"width": viewport.width, "height": viewport.height},
        locale=locale,
        reduced_motion="reduce",  # Drawn without a graphics card, motion costs most.
    )
    context.set_default_timeout(ACTION_MS)
    try:
        screen = Screen(context.new_page())
        context.route(_is_foreign, lambda route: _refuse(screen, route))
        screen.page.on("pageerror", lambda error: screen.troubles.append(str(error)))
        screen.page.on("console", lambda message: _listen(screen, message))
        screen.page.goto(url, timeout=LOAD_MS)
        show_semantics(screen.page)
        yield screen
    finally:
        context.close()


def show_semantics(page: Page) -> None:
    """Ask Flutter for its tree of roles and names, as a screen reader would.

    The placeholder stands there before Flutter listens to it: it is pressed until
    the tree appears. What is drawn later joins the tree by itself.
    """
    page.wait_for_selector(
        "flt-semantics-placeholder", state="attached", timeout=LOAD_MS
    )
    page.wait_for_function(
        """() => {
            document.querySelector("flt-semantics-placeholder")?.click();
            return document.querySelector("flt-semantics") !== null;
        }""",
        polling=200,
        timeout=LOAD_MS,
    )


def screenshot_folder() -> Path:
    """Where screenshots go: TESSERA_SCREENSHOTS, else the build's folder."""
    chosen = os.environ.get("TESSERA_SCREENSHOTS")
    return Path(chosen) if chosen else ROOT / "build" / "screenshots"


def _is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and parts.hostname != HOST


def _refuse(screen: Screen, route: Route) -> None:
    if not route.request.url.startswith(ASKED_BY_FLET):
        screen.foreign_requests.append(route.request.url)
    route.abort()


def _listen(screen: Screen, message: ConsoleMessage) -> None:
    url = message.location["url"]
    is_expected = url.startswith(ASKED_BY_FLET) or ASKED_UNTIL_FONTS_CAME.search(url)
    if message.type == "error" and not is_expected:
        screen.troubles.append(f"{message.text} {url}")


def _without_proxies() -> dict[str, str | float | bool]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy")
    }
