"""One answer as a tile: wide, tall, and told apart by more than colour."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import flet as ft

from app.ui.look import Look
from app.ui.theme import CORNER, Space, Touch, Type
from app.ui.widgets.bilingual import Said, line
from app.ui.widgets.steady import SteadyContainer
from app.ui.widgets.words import subtitle, unsaid, words

_LINE = 24  # an icon is higher than a line of words


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its value, its words for the staff and for the person."""

    value: str
    label: str
    said: Said | None = None
    detail: str = ""
    icon: ft.IconData | None = None

    @property
    def is_said_once(self) -> bool:
        """Whether the label is all there is to read."""
        return self.said is None and not self.detail


def answer_tile(
    key: str,
    choice: Choice,
    look: Look,
    on_tap: Callable[[str], None],
    mark: "Mark",
) -> ft.Control:
    """One answer across the whole width; its name is the staff's label."""
    row: list[ft.Control] = [
        _choice_words(choice, look, mark),
        ft.Icon(mark.icon, color=mark.icon_color),
    ]
    if choice.icon is not None:
        row.insert(0, ft.Icon(choice.icon, color=mark.ink))
    return tappable(
        key,
        choice,
        mark,
        lambda: on_tap(choice.value),
        ft.Row(row, spacing=Space.MEDIUM),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """How a tile tells whether it is chosen: sign, border and ground."""

    is_chosen: bool = False
    is_many: bool = False
    is_large: bool = False
    is_plain: bool = False
    is_small: bool = False

    @property
    def icon(self) -> ft.IconData:
        """The sign at the end of the tile."""
        if self.is_plain:
            return ft.Icons.CHEVRON_RIGHT
        if self.is_many:
            return (
                ft.Icons.CHECK_BOX
                if self.is_chosen
                else ft.Icons.CHECK_BOX_OUTLINE_BLANK
            )
        return (
            ft.Icons.CHECK_CIRCLE if self.is_chosen else ft.Icons.RADIO_BUTTON_UNCHECKED
        )

    def large_icon(self, choice: Choice) -> ft.IconData:
        """The sign above a large tile's words: chosen, or the choice's own."""
        if self.is_chosen or choice.icon is None:
            return self.icon
        return choice.icon

    @property
    def icon_color(self) -> str:
        """The colour of the sign."""
        return ft.Colors.PRIMARY if self.is_chosen else ft.Colors.OUTLINE

    @property
    def ink(self) -> str:
        """The colour of the words."""
        return (
            ft.Colors.ON_PRIMARY_CONTAINER if self.is_chosen else ft.Colors.ON_SURFACE
        )

    @property
    def ground(self) -> str:
        """The colour behind."""
        return ft.Colors.PRIMARY_CONTAINER if self.is_chosen else ft.Colors.SURFACE

    @property
    def border(self) -> ft.Border:
        """Thicker where chosen; the padding gives way, so nothing jumps."""
        if self.is_chosen:
            return _border(2, ft.Colors.PRIMARY)
        return _border(1, ft.Colors.OUTLINE)

    @property
    def padding(self) -> ft.Padding:
        """Room around the words; a tile of one line is as high as it must be."""
        height = Touch.LEAST if self.is_small else Touch.TILE
        room = Space.MEDIUM if self.is_large else (height - _LINE) // 2
        edge = room - (2 if self.is_chosen else 1)
        return _padding(edge)


@cache
def _border(width: int, color: str) -> ft.Border:
    return ft.Border.all(width, color)


@cache
def _padding(edge: int) -> ft.Padding:
    return ft.Padding.symmetric(vertical=edge, horizontal=Space.MEDIUM)


def _choice_words(choice: Choice, look: Look, mark: Mark) -> ft.Control:
    label = words(choice.label, Type.BODY, mark.ink)
    label.expand = True
    if choice.is_said_once:
        return label
    label.expand = None
    lines: list[ft.Control] = [label]
    if choice.said is not None:
        lines.append(line(choice.said, look, Type.LEAD, mark.ink))
    if choice.detail:
        lines.append(subtitle(choice.detail))
    return ft.Column(
        lines,
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def tappable(
    key: str,
    choice: Choice,
    mark: Mark,
    on_tap: Callable[[], None],
    content: ft.Control,
) -> ft.Control:
    """Content that is tapped as one thing and named by the choice's label."""
    # Where the label is all that is read, it is the name without being said twice.
    is_once = choice.is_said_once
    return ft.MergeSemantics(
        ft.Semantics(
            label=None if is_once else choice.label,
            button=None if mark.is_many else True,
            selected=None if mark.is_many else mark.is_chosen,
            checked=mark.is_chosen if mark.is_many else None,
            content=SteadyContainer(
                content if is_once else unsaid(content),
                key=key,
                bgcolor=mark.ground,
                border=mark.border,
                border_radius=CORNER,
                padding=mark.padding,
                ink=True,
                on_click=lambda _event: on_tap(),
            ),
        ),
        key=f"{key}.box",
    )
