"""What the app tells: notices, empty lists, work in progress."""

import flet as ft

from app.ui.theme import CORNER, Space, Type
from app.ui.widgets.marks import Tone
from app.ui.widgets.words import subtitle, words

__all__ = ["Tone", "empty_state", "notice", "progress", "waiting"]


def notice(
    key: str, text: str, tone: Tone = Tone.INFO, action: ft.Control | None = None
) -> ft.Control:
    """A sentence with its sign, read aloud as it appears."""
    controls: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(tone.icon, color=tone.ink),
                ft.Container(words(text, color=tone.ink), expand=True),
            ],
            spacing=Space.MEDIUM,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]
    if action is not None:
        controls.append(action)
    return ft.Semantics(
        content=ft.Container(
            ft.Column(controls, spacing=Space.MEDIUM),
            bgcolor=tone.ground,
            border_radius=CORNER,
            padding=Space.MEDIUM,
        ),
        key=key,
        container=True,
        live_region=True,
    )


def empty_state(
    key: str,
    text: str,
    next_step: str,
    icon: ft.IconData = ft.Icons.INBOX_OUTLINED,
    action: ft.Control | None = None,
) -> ft.Control:
    """An empty list says what to do next."""
    controls: list[ft.Control] = [
        ft.Icon(icon, size=48, color=ft.Colors.OUTLINE),
        _centred(words(text, Type.LEAD)),
        _centred(subtitle(next_step)),
    ]
    if action is not None:
        controls.append(action)
    return ft.Container(
        ft.Column(
            controls,
            spacing=Space.SMALL,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        key=key,
        padding=Space.HUGE,
        alignment=ft.Alignment.CENTER,
    )


def progress(key: str, text: str, done: int, of: int) -> ft.Control:
    """How far, in words and as a bar."""
    share = done / of if of else 0.0
    return ft.Column(
        [
            words(text),
            ft.Semantics(
                content=ft.ProgressBar(
                    value=share,
                    bar_height=Space.SMALL,
                    border_radius=Space.SMALL // 2,
                    color=ft.Colors.PRIMARY,
                    bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
                ),
                label=text,
            ),
        ],
        key=key,
        spacing=Space.SMALL // 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def waiting(key: str, text: str) -> ft.Control:
    """Something is on its way; the words say what."""
    return ft.Semantics(
        content=ft.Row(
            [
                ft.ProgressRing(width=24, height=24, color=ft.Colors.PRIMARY),
                ft.Container(words(text), expand=True),
            ],
            spacing=Space.MEDIUM,
        ),
        key=key,
        container=True,
        live_region=True,
    )


def _centred(text: ft.Text) -> ft.Text:
    text.text_align = ft.TextAlign.CENTER
    return text
