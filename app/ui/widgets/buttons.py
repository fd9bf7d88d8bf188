"""Buttons: one main action a screen, the rest quiet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from app.ui.look import Look
from app.ui.theme import Space, Touch, Type
from app.ui.widgets.steady import (
    SteadyFilledButton,
    SteadyIconButton,
    SteadyOutlinedButton,
)
from app.ui.widgets.words import words

Press = Callable[[], None]
_LINE_HEIGHT = 25
"""Of Type.LEAD in our fonts, in dp."""


def main_button(
    key: str,
    label: str,
    on_press: Press,
    icon: ft.IconData | None = None,
    *,
    enabled: bool = True,
) -> ft.Control:
    """The one main action: large, at the thumb, deaf to a doubled tap."""
    return SteadyFilledButton(
        content=_centred(label),
        icon=icon,
        key=key,
        style=ft.ButtonStyle(padding=_tall(Touch.MAIN)),
        disabled=not enabled,
        on_click=lambda _event: on_press(),
    )


def quiet_button(
    key: str,
    label: str,
    on_press: Press,
    icon: ft.IconData | None = None,
    *,
    enabled: bool = True,
) -> ft.Control:
    """Everything that is not the main action; as deaf to a doubled tap."""
    return SteadyOutlinedButton(
        content=_centred(label),
        icon=icon,
        key=key,
        style=ft.ButtonStyle(padding=_tall(Touch.TILE)),
        disabled=not enabled,
        on_click=lambda _event: on_press(),
    )


@dataclass(frozen=True, slots=True)
class Way:
    """Where a button of a bar leads."""

    key: str
    label: str
    icon: ft.IconData
    on_press: Press


def ways_bar(ways: Sequence[Way]) -> ft.Control:
    """Ways to other screens, side by side: a sign above its word, also on a phone."""
    buttons: list[ft.Control] = [_way_button(way) for way in ways]
    return ft.Row(
        buttons,
        spacing=Space.SMALL,
        intrinsic_height=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _way_button(way: Way) -> ft.Control:
    label = words(way.label)
    label.text_align = ft.TextAlign.CENTER
    return SteadyOutlinedButton(
        content=ft.Column(
            [ft.Icon(way.icon), label],
            spacing=0,
            tight=True,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        key=way.key,
        expand=True,
        style=ft.ButtonStyle(padding=Space.SMALL),
        on_click=lambda _event: way.on_press(),
    )


def icon_button(key: str, label: str, icon: ft.IconData, on_press: Press) -> ft.Control:
    """A known sign with its name for those who hear the screen."""
    return ft.MergeSemantics(
        ft.Semantics(
            label=label,
            content=SteadyIconButton(
                icon,
                key=key,
                width=Touch.LEAST,
                height=Touch.LEAST,
                icon_color=ft.Colors.ON_SURFACE,
                on_click=lambda _event: on_press(),
            ),
        ),
        key=f"{key}.box",
    )


def language_button(key: str, look: Look, on_press: Press) -> ft.Control:
    """Leads to the languages of the app, from wherever one may not read this one."""
    return icon_button(key, look.t.gettext("Language"), ft.Icons.LANGUAGE, on_press)


def _tall(height: int) -> ft.Padding:
    """Make a button of one line so tall; a label of two lines makes it taller."""
    above = (height - _LINE_HEIGHT) / 2
    return ft.Padding.symmetric(horizontal=Space.MEDIUM, vertical=above)


def _centred(label: str) -> ft.Text:
    text = words(label, Type.LEAD)
    text.text_align = ft.TextAlign.CENTER
    return text
