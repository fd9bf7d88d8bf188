"""How far each pane is scrolled, so that an unlock shows the same lines again."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import flet as ft

from app.ui.navigator import Entry
from app.ui.routes import Route
from app.ui.widgets.native import native

logger = logging.getLogger("tessera.ui")

SCROLL_MS = 1_000
"""How often a pane that is being scrolled tells of it."""
Offsets = Mapping[str, float]
"""Pixels from the top, by the name of a pane."""


class Scrolls:
    """A session's panes; of a place that stands no more they are forgotten."""

    def __init__(self) -> None:
        self._now: dict[Entry, dict[str, float]] = {}
        self._due: dict[tuple[Route, str], float] = {}

    def moved(self, entry: Entry, pane: str, pixels: float) -> None:
        """Somebody scrolled a pane of a place."""
        self._now.setdefault(entry, {})[pane] = pixels

    def of(self, entry: Entry) -> Offsets:
        """Return how far the panes of a place are scrolled."""
        return dict(self._now.get(entry, {}))

    def forget(self) -> None:
        """No place stands any more."""
        self._now.clear()
        self._due.clear()

    def return_to(self, route: Route, offsets: Offsets) -> None:
        """The next panes of these names, where this route stands, begin there."""
        self._due = {(route, pane): pixels for pane, pixels in offsets.items()}

    def begin(self, entry: Entry, pane: str) -> float:
        """Return where a pane that is shown for the first time begins: once."""
        return self._due.pop((entry.route, pane), 0.0)


@dataclass(frozen=True, slots=True)
class Scrolled:
    """The panes of one place."""

    scrolls: Scrolls
    entry: Entry

    def moved(self, pane: str, pixels: float) -> None:
        """Somebody scrolled a pane."""
        self.scrolls.moved(self.entry, pane, pixels)

    def begin(self, pane: str) -> float:
        """Return where a pane that is shown for the first time begins: once."""
        return self.scrolls.begin(self.entry, pane)


def _never() -> float:
    return 0.0


@native("Column")
class PaneColumn(ft.Column):
    """A column that scrolls, and begins where it is told."""

    begin: Callable[[], float] = field(default=_never, metadata={"skip": True})

    def did_mount(self) -> None:
        """Go to where it begins."""
        page, pixels = self.page, self.begin()
        if pixels:
            page.run_task(self._go_to, page, pixels)

    async def _go_to(self, page: ft.Page, pixels: float) -> None:
        # By its number: drawn anew meanwhile, this object stands on no page any more.
        if page.get_control(self._i) is None:
            return
        try:
            await page.session.invoke_method(self._i, "scroll_to", {"offset": pixels})
        except RuntimeError as error:  # Flet's word for a client that left meanwhile
            logger.info("a pane stayed at its top: %s", error)
