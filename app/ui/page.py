"""A session's page: its look, its address, and the ways back that it hears of."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from app.ui.failures import Failures
from app.ui.look import Look, Width
from app.ui.navigator import Navigator
from app.ui.presence import Presence
from app.ui.source import Source

TOUCHES = frozenset(
    {"change", "click", "confirm_pop", "dismiss", "key_down", "keyboard_event"}
    | {"scroll", "select", "submit", "tap", "tap_down"}
)
"""Events that only a person's hand begins."""


LEAVING_SECONDS = 0.3


class Attendant:
    """Carries a session's look to its page, and the page's events to the session."""

    def __init__(self, page: ft.Page, navigator: Navigator, look: Source[Look]) -> None:
        self._page = page
        self._navigator = navigator
        self._look = look
        self._stop_leaving: Callable[[], None] = lambda: None

    def attend(self, presence: Presence) -> None:
        """Begin, and go on until the session ends."""
        self._listen(presence)
        self._show_look()
        self._look.subscribe(self._show_look)
        self._navigator.subscribe(self._show_path)
        self._page.on_resize = self._resized
        self._page.on_route_change = self._path_changed
        self._resized(None)
        # The first place needs an address, too: the browser's back leads there.
        self._show_path()

    def _listen(self, presence: Presence) -> None:
        """Hear of every touch and key, and of leaving the foreground.

        Where all events come in, so that no control has to think of it; after it was
        dealt with, so that a lock keeps what it typed.
        """
        dispatch = self._page.session.dispatch_event

        async def heard(control_id: int, event_name: str, event_data: Any) -> None:
            await dispatch(control_id, event_name, event_data)
            if event_name in TOUCHES:
                presence.touched()

        def moved(event: ft.AppLifecycleStateChangeEvent) -> None:
            self._stop_leaving()
            if event.state is ft.AppLifecycleState.RESUME:
                presence.came_back()
            elif self._page.web:
                self._leave_soon(presence, event.state)
            elif event.state is not ft.AppLifecycleState.SHOW:
                presence.went_away()

        self._page.session.dispatch_event = heard  # type: ignore[method-assign]
        self._page.on_app_lifecycle_state_change = moved
        self._page.on_keyboard_event = _pressed  # or the client keeps keys to itself

    def _leave_soon(self, presence: Presence, state: ft.AppLifecycleState) -> None:
        """A tab that is loaded anew is hidden, then detached: it takes no patch more.

        Sending one would end its session. A hidden tab draws nothing meanwhile.
        """
        if state not in (ft.AppLifecycleState.SHOW, ft.AppLifecycleState.DETACH):
            loop = asyncio.get_running_loop()
            handle = loop.call_later(LEAVING_SECONDS, presence.went_away)
            self._stop_leaving = handle.cancel

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


def _pressed(_event: object) -> None:
    """A key is heard where all events come in."""


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
