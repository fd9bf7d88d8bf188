"""A session's page: its look, its address, and the ways back that it hears of."""

from collections.abc import Awaitable, Callable

import flet as ft

from app.ui.failures import Failures
from app.ui.look import Look, Width
from app.ui.navigator import Navigator
from app.ui.source import Source


class Attendant:
    """Carries a session's look to its page, and the page's events to the session."""

    def __init__(self, page: ft.Page, navigator: Navigator, look: Source[Look]) -> None:
        self._page = page
        self._navigator = navigator
        self._look = look

    def attend(self) -> None:
        """Begin, and go on until the session ends."""
        self._show_look()
        self._look.subscribe(self._show_look)
        self._navigator.subscribe(self._show_path)
        self._page.on_resize = self._resized
        self._page.on_route_change = self._path_changed
        self._resized(None)
        # The first place needs an address, too: the browser's back leads there.
        self._show_path()

    def _show_look(self) -> None:
        self._page.rtl = self._look.value.is_rtl

    def _show_path(self) -> None:
        if self._page.web:
            self._page.navigate(self._navigator.top.path)

    def _path_changed(self, event: ft.RouteChangeEvent) -> None:
        navigator = self._navigator
        if event.route == navigator.top.path:
            return
        # By one step, as by the sign in the bar: a screen may have its own way.
        if navigator.has_path(event.route):
            navigator.press_back()
        if event.route != navigator.top.path:
            self._show_path()

    def _resized(self, _event: object) -> None:
        look = self._look.value
        width = Width.of(self._page.width)
        if width is not look.width:
            self._look.set(look.with_width(width))


def device_back(
    navigator: Navigator, failures: Failures
) -> Callable[[ft.Event[ft.View]], Awaitable[None]]:
    """The device's own way back: we move, and it leaves only the first place."""

    async def back(event: ft.Event[ft.View]) -> None:
        # A pop that nobody confirms does not happen.
        with failures.guard():
            if not navigator.press_back():
                await event.control.confirm_pop(should_pop=True)

    return back
