"""What stands over a screen: a cover, or a word before the lock. It names nobody."""

from collections.abc import Callable

import flet as ft

from app.ui.look import Look
from app.ui.presence import Shade
from app.ui.theme import CONTENT_WIDTH, Space, Type
from app.ui.widgets import main_button, words


def shade(kind: Shade, look: Look, came_back: Callable[[], None]) -> list[ft.Control]:
    """Return the layers that stand over a screen; mostly none."""
    match kind:
        case Shade.COVER:
            return [_cover(look, came_back)]
        case Shade.WARNING:
            return [_warning(look)]
        case _:
            return []


def _cover(look: Look, came_back: Callable[[], None]) -> ft.Control:
    _ = look.t.gettext
    column = ft.Column(
        [
            ft.Icon(ft.Icons.LOCK_OUTLINE, size=64, color=ft.Colors.PRIMARY),
            words(_("Tessera"), Type.TITLE, bold=True),
            main_button("shade.back", _("Go on"), came_back),
        ],
        width=CONTENT_WIDTH,
        spacing=Space.LARGE,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Container(
        column,
        key="shade.cover",
        bgcolor=ft.Colors.SURFACE,
        padding=Space.LARGE,
        alignment=ft.Alignment.CENTER,
        on_click=lambda _event: came_back(),
    )


def _warning(look: Look) -> ft.Control:
    """It takes the touch, so that nobody presses what they did not look at."""
    _ = look.t.gettext
    said = ft.Semantics(
        content=words(
            _("This tablet locks in a few seconds. Touch the screen to go on."),
            Type.TITLE,
            bold=True,
        ),
        live_region=True,
    )
    card = ft.Container(
        said,
        bgcolor=ft.Colors.SURFACE,
        border_radius=12,
        padding=Space.LARGE,
        width=CONTENT_WIDTH,
    )
    return ft.Container(
        card,
        key="shade.warning",
        bgcolor=ft.Colors.with_opacity(0.5, ft.Colors.SCRIM),
        padding=Space.MEDIUM,
        alignment=ft.Alignment.CENTER,
        on_click=_touched,
    )


def _touched(_event: object) -> None:
    """Every touch is heard where events come in, see `page`."""
