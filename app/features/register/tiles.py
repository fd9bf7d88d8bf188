"""Answers in a grid: for choices of one or two words, fewer rows to pass."""

from collections.abc import Callable, Sequence

import flet as ft

from app.ui import widgets as w
from app.ui.look import Look, Width
from app.ui.theme import CORNER, Space, Touch, Type
from app.ui.widgets.steady import SteadyContainer

_PADDING = 12
_LINE = 24
_PADDING_OF_ONE_LINE = (Touch.TILE - _LINE) // 2
_GAP = int(Space.SMALL)


def grid(
    key: str,
    choices: Sequence[w.Choice],
    chosen: str,
    look: Look,
    tell: Callable[[str], None],
) -> ft.Control:
    """Tiles of equal size, two in a row, four where there is room; one is chosen."""
    columns = 2 if look.width is Width.COMPACT else 4
    rows = [choices[at : at + columns] for at in range(0, len(choices), columns)]
    return ft.Column(
        [_row(key, row, columns, chosen, tell) for row in rows],
        key=key,
        spacing=Space.SMALL,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _row(
    key: str,
    choices: Sequence[w.Choice],
    columns: int,
    chosen: str,
    tell: Callable[[str], None],
) -> ft.Control:
    tiles = [
        _tile(f"{key}.{c.value}", c, w.Mark(c.value == chosen), tell) for c in choices
    ]
    tiles += [ft.Container(expand=True) for _gap in range(columns - len(tiles))]
    # Gaps are controls: a row that measures its height forgets its spacing, and
    # words that wrap would be cut off.
    spaced = [part for tile in tiles for part in (ft.Container(width=_GAP), tile)]
    return ft.Row(
        spaced[1:],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        intrinsic_height=True,
    )


def _tile(
    key: str, choice: w.Choice, mark: w.Mark, tell: Callable[[str], None]
) -> ft.Control:
    is_one_line = choice.icon is None and choice.said is None and not mark.is_chosen
    room = _PADDING_OF_ONE_LINE if is_one_line else _PADDING
    inset = room - (2 if mark.is_chosen else 1)
    return ft.MergeSemantics(
        ft.Semantics(
            label=choice.label,
            button=True,
            selected=mark.is_chosen,
            content=SteadyContainer(
                ft.Semantics(content=_words(choice, mark), exclude_semantics=True),
                key=key,
                bgcolor=mark.ground,
                border=mark.border,
                border_radius=CORNER,
                padding=ft.Padding.symmetric(vertical=inset, horizontal=Space.SMALL),
                ink=True,
                on_click=lambda _event: tell(choice.value),
            ),
        ),
        key=f"{key}.box",
        expand=True,
    )


def _words(choice: w.Choice, mark: w.Mark) -> ft.Control:
    lines: list[ft.Control] = []
    sign = ft.Icons.CHECK_CIRCLE if mark.is_chosen else choice.icon
    if sign is not None:
        lines.append(ft.Icon(sign, color=mark.ink, size=32 if choice.icon else 24))
    lines.append(_centred(choice.label, Type.BODY, mark.ink))
    if choice.said is not None and choice.said.text != choice.label:
        said = _centred(choice.said.text, Type.LEAD, mark.ink)
        said.rtl = choice.said.is_rtl
        lines.append(said)
    return ft.Column(
        lines,
        spacing=0,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _centred(text: str, size: Type, color: str) -> ft.Text:
    found = w.words(text, size, color)
    found.text_align = ft.TextAlign.CENTER
    return found
