"""A walk through the screens in one language: what was said, and photographs."""

import os

from babel.messages.pofile import read_po

from app.i18n import Translator
from tests.browser.hands import Hands
from tests.support.browser import PHONE, TABLET

MARKED = "[en]"
LEAST_WORDS = 2


class Tour:
    """A walk in one language: everything that was said, and photographs."""

    def __init__(self, hands: Hands, tag: str) -> None:
        self.hands = hands
        self.tag = tag
        self.screens = [hands.screen]
        self.said: dict[str, list[str]] = {}
        self.sentences = english_sentences(hands.t)
        self.sizes = (PHONE, TABLET) if os.environ.get("TESSERA_SCREENSHOTS") else ()
        """Pictures are for who looks at them, and take as long as the walk."""

    def goes_to(self, hands: Hands) -> Hands:
        """Go on before another screen."""
        self.hands = hands
        if hands.screen not in self.screens:
            self.screens.append(hands.screen)
        return hands

    def shoot(self, name: str, answer_ms: int = 0) -> None:
        """Keep what a screen says; where somebody asked for them, its pictures too.

        A layout that depends on the width is drawn anew once the app has answered.
        """
        screen = self.hands.screen
        self.said[name] = self.hands.words()
        for viewport in self.sizes:
            screen.resize(viewport)
            if answer_ms:
                screen.page.wait_for_timeout(answer_ms)
            screen.shoot(f"{name}-{self.tag}-{viewport.width}x{viewport.height}")

    def english(self) -> dict[str, list[str]]:
        """The sentences that were not in the language of the walk, by screen."""
        found = {}
        for name, words in self.said.items():
            foreign = [text for text in words if is_english(text, self.sentences)]
            if foreign:
                found[name] = foreign
        return found


def english_sentences(t: Translator) -> frozenset[str]:
    """The catalogue's English sentences that have another form in this language."""
    with t.language.po.open("rb") as source:
        found = [m.id for m in read_po(source) if m.context is None]
    plain = {text for text in found if isinstance(text, str) and "{" not in text}
    return frozenset(
        text
        for text in plain
        if len(text.split()) >= LEAST_WORDS and t.gettext(text) != text
    )


def is_english(text: str, sentences: frozenset[str]) -> bool:
    """Whether a text is marked as English, or is one of the catalogue's sentences."""
    lines = {line.strip() for line in text.splitlines()}
    return MARKED in text or not lines.isdisjoint(sentences)
