"""Plain text, titles, and the ground on which things stand together."""

from collections.abc import Sequence

import flet as ft

from app.ui.theme import CORNER, Space, Type, letters


def words(
    text: str,
    size: Type = Type.BODY,
    color: str | None = None,
    *,
    bold: bool = False,
) -> ft.Text:
    """Text in the language of the screen."""
    return ft.Text(text, style=letters(size, bold=bold), color=color)


def subtitle(text: str) -> ft.Text:
    """What explains, more quietly than what it explains."""
    return words(text, Type.BODY, ft.Colors.ON_SURFACE_VARIANT)


def title(text: str) -> ft.Control:
    """The heading of a screen's content."""
    return _heading(text, Type.DISPLAY, 1)


def section_title(text: str) -> ft.Control:
    """The heading of a part."""
    return _heading(text, Type.TITLE, 2)


def card(key: str, controls: Sequence[ft.Control]) -> ft.Control:
    """Things that belong together, on a ground of their own."""
    return ft.Container(
        ft.Column(
            list(controls),
            spacing=Space.MEDIUM,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        key=key,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        border_radius=CORNER,
        padding=Space.MEDIUM,
    )


def unsaid(content: ft.Control) -> ft.Control:
    """What is seen only: the label around it says it already."""
    return ft.Semantics(content=content, exclude_semantics=True)


def _heading(text: str, size: Type, level: int) -> ft.Control:
    return ft.Semantics(
        content=words(text, size, bold=True),
        header=True,
        heading_level=level,
        container=True,
    )
