"""A page waits until a dialog is gone: one that it covers too early never goes.

Flutter closes a dialog as the topmost of its routes. A page that is pushed over it
in the same moment takes its place there, and the dialog stands for ever (seen on
Flet 1.0.5, whose client needs about 150 ms to let one go).
"""

import asyncio

from app.ui.navigator import Entry
from app.ui.source import Source

GONE_SECONDS = 0.4
Stack = tuple[Entry, ...]


class Dialogs(Source[int]):
    """Whether a dialog stands or is going; its value changes when one has gone."""

    def __init__(self) -> None:
        super().__init__(0)
        self._is_open = False
        self._is_going = False
        self._drawn: Stack = ()

    def standing(self) -> None:
        """A screen draws its dialog."""
        self._is_open = True

    def ended(self) -> None:
        """A screen that drew a dialog draws none; the page may follow in a moment."""
        if not self._is_open:
            return
        self._is_open, self._is_going = False, True
        asyncio.get_running_loop().call_later(GONE_SECONDS, self._gone)

    def stack(self, wanted: Stack) -> Stack:
        """Return the places to draw: as before, while a dialog stands above them."""
        if not self._drawn or not (self._is_open or self._is_going):
            self._drawn = wanted
        return self._drawn

    def _gone(self) -> None:
        self._is_going = False
        self.set(self.value + 1)
