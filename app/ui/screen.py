"""Flet's hooks live here and nowhere else: screens, their parts, the app."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import flet as ft

from app.i18n import fonts
from app.ui import shell, theme
from app.ui.dialogs import Dialogs
from app.ui.failures import Failure, Failures
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.loop import Loop
from app.ui.navigator import Entry, Navigator, Place
from app.ui.page import Attendant, device_back
from app.ui.presence import Presence, Shade, unwatched
from app.ui.routes import Route, Sync
from app.ui.scrolls import Scrolled, Scrolls
from app.ui.shade import shade
from app.ui.source import Source
from app.ui.status import Status
from app.ui.widgets.steady import TapGuard

P = ParamSpec("P")
T = TypeVar("T")
Dispatch = Callable[[Any], None]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """A loop, the view of its model, and the route back to it if not the place's."""

    loop: Loop[Any, Any, Any]
    view: Callable[[Any, Dispatch, Look], Frame]
    way_back: Callable[[Any], Route] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """What the screens of one session share."""

    navigator: Navigator
    look: Source[Look]
    status: Source[Status]
    failures: Failures
    taps: TapGuard = field(default_factory=TapGuard)
    dialogs: Dialogs = field(default_factory=Dialogs)
    lock: Callable[[], None] | None = None
    presence: Presence = field(default_factory=unwatched)
    scrolls: Scrolls = field(default_factory=Scrolls)

    def open_sync(self) -> None:
        """The strip was tapped."""
        if self.leads_to_sync(self.navigator.top):
            self.navigator.go(Sync())

    def leads_to_sync(self, entry: Entry) -> bool:
        """Whether the strip leads on: not while locked, without a vault, or there."""
        status = self.status.value
        is_open = status.practitioner is not None and status.only_here is not None
        return is_open and not isinstance(entry.route, Sync)


MakeScreen = Callable[[Place], Screen]
_memo = cast(
    "Callable[[Callable[..., ft.Control]], Callable[..., ft.Control]]", ft.memo
)


def part(
    draw: Callable[P, ft.Control],
) -> Callable[Concatenate[str, P], ft.Control]:
    """A repeated part of a view: drawn anew only when its arguments change.

    Called with its key first. Arguments are immutable values and functions that
    stay the same from one drawing to the next (`dispatch` does, a lambda does
    not). The part must not be called outside a view.
    """
    memoised = _memo(ft.component(draw))

    def keyed(key: str, /, *args: P.args, **kwargs: P.kwargs) -> ft.Control:
        return memoised(*args, **kwargs, key=key)

    return keyed


def open_app(page: ft.Page, kit: Kit, make: MakeScreen) -> None:
    """Show a session's screens on its page, and keep the page in step with them."""
    page.fonts = dict(fonts.FONTS)
    page.theme = theme.light()
    page.dark_theme = theme.dark()
    page.theme_mode = ft.ThemeMode.SYSTEM
    page.title = "Tessera"
    kit.taps.watch(page)
    Attendant(page, kit.navigator, kit.look).attend(kit.presence)
    page.render_views(_app, kit, make)


@ft.component
def _app(kit: Kit, make: MakeScreen) -> list[ft.View]:
    _watch(kit.navigator)
    _watch(kit.look)
    _watch(kit.dialogs)
    _watch(kit.presence)
    look, top = kit.look.value, kit.navigator.top
    stack = kit.dialogs.stack(kit.navigator.value)
    return [
        ft.View(
            [_shaded(kit, make, entry, look, top)],
            key=f"view{entry.number}",
            route=entry.path,
            padding=0,
            spacing=0,
            bgcolor=ft.Colors.SURFACE,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            # A client that pops by itself shows what lies below before we are asked.
            can_pop=False,
            on_confirm_pop=device_back(kit.navigator, kit.failures),
        )
        for entry in stack
    ]


def _shaded(kit: Kit, make: MakeScreen, entry: Entry, look: Look, top: Entry) -> Any:
    """A screen, and what stands over it while it stays as it is."""
    screen = _screen(f"screen{entry.number}", kit, make, entry, look, top)
    kind = kit.presence.value if entry == top else Shade.NONE
    layers = shade(kind, look, kit.presence.came_back)
    return ft.Stack([screen, *layers], fit=ft.StackFit.EXPAND, expand=True)


def _watch(source: Source[Any]) -> None:
    """Draw the calling component anew whenever a source changes."""
    _, again = ft.use_state(0)

    def redraw() -> None:
        again(lambda count: count + 1)

    watch = _once(lambda: _Watch(source))
    ft.use_effect(lambda: watch.begin(redraw), [], watch.end)


class _Watch:
    """A subscription for as long as a component is mounted."""

    def __init__(self, source: Source[Any]) -> None:
        self._source = source
        self._stop: Callable[[], None] = lambda: None

    def begin(self, redraw: Callable[[], None]) -> None:
        """The component was mounted."""
        self._stop = self._source.subscribe(redraw)

    def end(self) -> None:
        """The component is gone."""
        self._stop()


class _Seat:
    """A screen while it is mounted."""

    def __init__(self, kit: Kit, place: Place, screen: Screen) -> None:
        self._kit = kit
        self.place = place
        self._screen = screen
        self._drawn: object = None
        self._stop: Callable[[], None] = lambda: None

    def begin(self, redraw: Callable[[], None]) -> None:
        """Draw after each change; at once, if there was one meanwhile."""
        loop = self._screen.loop
        self._stop = loop.subscribe(redraw)
        if loop.model is not self._drawn:
            redraw()

    def end(self) -> None:
        """Give the screen its last word, then draw no more."""
        with self._kit.failures.guard():
            self._screen.loop.left()
        self._stop()

    def back(self) -> None:
        """The sign in the bar was tapped; of a screen that is left it is nothing."""
        if self.place.is_top:
            self._kit.navigator.press_back()

    def shown(self) -> None:
        """Tell the loop that its screen is on top, if it is.

        In the next turn of the event loop, so that a screen that has just been left
        has handed its draft on before the one below it loads.
        """
        if self.place.is_top:
            asyncio.get_running_loop().call_soon(self._tell_shown)

    def _tell_shown(self) -> None:
        with self._kit.failures.guard():
            self._screen.loop.shown()

    def dispatch(self, event: object) -> None:
        """Decide an event; what nobody expected is shown, and stops nothing."""
        with self._kit.failures.guard():
            self._screen.loop.dispatch(event)

    def draw(self, look: Look) -> Frame:
        """The view of the newest model."""
        self._drawn = self._screen.loop.model
        frames = [Frame(title=look.t.gettext("This page can’t be shown"), body=[])]
        with self._kit.failures.guard():
            frames.append(self._screen.view(self._drawn, self.dispatch, look))
        return frames[-1]


def _once(make: Callable[[], T]) -> T:
    """What is made at a component's first drawing and kept while it is mounted."""
    made: T = cast("Callable[[Callable[[], T]], Any]", ft.use_ref)(make).current
    return made


def _seat(kit: Kit, make: MakeScreen, entry: Entry) -> "_Seat":
    place = Place(kit.navigator, entry)
    return _Seat(kit, place, make(place))


def _draw_screen(
    kit: Kit, make: MakeScreen, entry: Entry, look: Look, top: Entry
) -> ft.Control:
    seat = _once(lambda: _seat(kit, make, entry))
    _, again = ft.use_state(0)
    ft.use_effect(
        lambda: seat.begin(lambda: again(lambda count: count + 1)), [], seat.end
    )
    ft.use_effect(seat.shown, [entry == top])
    frame = seat.draw(look)
    kit.navigator.own_back(entry, _own_back(frame))
    # A dialog would stand above the cover, and may name somebody.
    _watch(kit.presence)
    is_in_view = entry == top and kit.presence.value is not Shade.COVER
    _show_dialog(kit, frame.dialog if is_in_view else None)
    can_go_back = kit.navigator.value[0] != entry
    chrome = shell.Chrome(
        strip=_strip("session.strip", kit, look, entry),
        failure=_failure("session.failure", kit, look),
        back=seat.back if can_go_back or frame.back else None,
        scrolled=Scrolled(kit.scrolls, entry),
    )
    return shell.lay_out(frame, chrome, look)


def _own_back(frame: Frame) -> Callable[[], None] | None:
    """A screen's own way back; what a person may see, and a question, have none."""
    if frame.dialog is not None:
        return _stay
    return frame.back or (_stay if frame.bare else None)


def _stay() -> None:
    """Go nowhere."""


def _show_dialog(kit: Kit, dialog: ft.AlertDialog | None) -> None:
    """Show a screen's dialog, or none once the screen is no longer on top."""
    stood: list[bool] = _once(lambda: [False])
    if dialog is not None:
        kit.dialogs.standing()
        cancel = cast("Callable[[], None] | None", dialog.on_dismiss)
        # Closed by the device's way back; what we close ourselves was answered.
        dialog.on_dismiss = lambda: cancel() if cancel and stood[0] else None
    elif stood[0]:
        kit.dialogs.ended()
    stood[0] = dialog is not None
    ft.use_dialog(dialog)


def _draw_strip(kit: Kit, look: Look, entry: Entry) -> ft.Control:
    _watch(kit.status)
    status = kit.status.value
    return shell.strip(
        status,
        look,
        kit.open_sync if kit.leads_to_sync(entry) else None,
        kit.lock if status.practitioner is not None else None,
    )


def _draw_failure(kit: Kit, look: Look) -> ft.Control:
    _watch(kit.failures)
    failure: Failure | None = kit.failures.value
    if failure is None:
        return ft.Container()
    return shell.failure_banner(failure, look, kit.failures.dismiss)


_screen = part(_draw_screen)
_strip = part(_draw_strip)
_failure = part(_draw_failure)
