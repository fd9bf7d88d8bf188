"""Controls on which the doubled tap of a wet glove counts once."""

import time
from collections.abc import Callable
from dataclasses import field
from typing import Any

import flet as ft
from flet.controls.base_control import BaseControl

from app.ui.widgets.native import native

DOUBLED_SECONDS = 0.4
_STORE_KEY = "tessera.taps"


class TapGuard:
    """A session's last counted tap, and whether another one is its echo.

    An echo falls on the same control, or on one that came in its place since.
    Two taps on two controls that were both there are two taps.
    """

    def __init__(
        self,
        seconds: float = DOUBLED_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._last_at = -seconds
        self._last_control = 0

    def watch(self, page: ft.Page) -> None:
        """Guard the taps of this page's session."""
        page.session.store.set(_STORE_KEY, self)

    def now(self) -> float:
        """The time by which taps are judged."""
        return self._now()

    def admit(self, control: int, came_at: float) -> bool:
        """Whether a tap on a control counts."""
        now = self._now()
        is_soon = now - self._last_at < self._seconds
        if is_soon and (control == self._last_control or came_at > self._last_at):
            return False
        self._last_at, self._last_control = now, control
        return True


class Came:
    """When a control was first shown; outlives its redrawings."""

    def __init__(self) -> None:
        self.at = 0.0


class _Steady(BaseControl):
    came: Came

    def did_mount(self) -> None:
        """Remember since when it can be tapped."""
        guard = _guard(self)
        if guard is not None:
            self.came.at = guard.now()

    def _migrate_state(self, other: BaseControl) -> None:
        super()._migrate_state(other)
        if isinstance(other, _Steady):
            self.came = other.came

    def before_event(self, e: Any) -> bool:
        """Only what is no echo goes on to the handler."""
        guard = _guard(self)
        if e.name != "click" or guard is None:
            return True
        return guard.admit(self._i, self.came.at)


def _guard(control: BaseControl) -> TapGuard | None:
    guard = control.page.session.store.get(_STORE_KEY)
    return guard if isinstance(guard, TapGuard) else None


def _came() -> Any:
    return field(default_factory=Came, metadata={"skip": True})


@native("FilledButton")
class SteadyFilledButton(_Steady, ft.FilledButton):
    """A filled button that a doubled tap presses once."""

    came: Came = _came()


@native("OutlinedButton")
class SteadyOutlinedButton(_Steady, ft.OutlinedButton):
    """A quiet button that a doubled tap presses once."""

    came: Came = _came()


@native("IconButton")
class SteadyIconButton(_Steady, ft.IconButton):
    """A sign that a doubled tap presses once."""

    came: Came = _came()


@native("Container")
class SteadyContainer(_Steady, ft.Container):
    """A tappable ground that a doubled tap presses once."""

    came: Came = _came()
