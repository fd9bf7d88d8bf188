"""A number pad of our own: large keys, no keyboard that covers the screen."""

from collections.abc import Callable, Sequence

import flet as ft

from app.ui.look import Look
from app.ui.theme import Space, Touch, Type
from app.ui.widgets.words import words

_WIDTH = 3 * 96 + 2 * Space.SMALL


def number_pad(
    key: str,
    look: Look,
    on_digit: Callable[[str], None],
    on_delete: Callable[[], None],
) -> ft.Control:
    """Ten digits, and a way to take one back."""
    _ = look.t.gettext
    rows: list[list[ft.Control]] = [
        [_digit(key, str(digit), on_digit) for digit in range(start, start + 3)]
        for start in (1, 4, 7)
    ]
    corner = ft.Container(expand=True)
    rows.append(
        [corner, _digit(key, "0", on_digit), _delete(key, _("Delete"), on_delete)]
    )
    pad = ft.Column(
        [_row(row, look) for row in rows],
        key=key,
        width=_WIDTH,
        spacing=Space.SMALL,
    )
    return ft.Row([pad], alignment=ft.MainAxisAlignment.CENTER)


def pin_dots(key: str, look: Look, filled: int, of: int) -> ft.Control:
    """How many digits were given, never which."""
    t = look.t
    said = t.fill(
        t.ngettext("{count} digit entered", "{count} digits entered", filled),
        count=filled,
    )
    dots: list[ft.Control] = [
        ft.Icon(
            ft.Icons.CIRCLE if place < filled else ft.Icons.CIRCLE_OUTLINED,
            size=20,
            color=ft.Colors.PRIMARY,
        )
        for place in range(max(of, filled))
    ]
    return ft.Semantics(
        content=ft.Row(
            dots, spacing=Space.MEDIUM, alignment=ft.MainAxisAlignment.CENTER
        ),
        key=key,
        label=said,
        live_region=True,
        container=True,
    )


def _row(controls: Sequence[ft.Control], look: Look) -> ft.Control:
    # A pad is the same everywhere: 1 2 3 from left to right.
    ordered = list(reversed(controls)) if look.is_rtl else list(controls)
    return ft.Row(ordered, spacing=Space.SMALL)


def _digit(key: str, sign: str, on_digit: Callable[[str], None]) -> ft.Control:
    return ft.OutlinedButton(
        content=words(sign, Type.TITLE, ft.Colors.ON_SURFACE),
        key=f"{key}.{sign}",
        height=Touch.MAIN,
        expand=True,
        on_click=lambda _event: on_digit(sign),
    )


def _delete(key: str, label: str, on_delete: Callable[[], None]) -> ft.Control:
    return ft.MergeSemantics(
        ft.Semantics(
            label=label,
            content=ft.OutlinedButton(
                content=ft.Icon(ft.Icons.BACKSPACE_OUTLINED),
                key=f"{key}.delete",
                height=Touch.MAIN,
                on_click=lambda _event: on_delete(),
            ),
        ),
        key=f"{key}.delete.box",
        expand=True,
    )
