"""Questions answered by tiles: one of several, several, yes or no."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import flet as ft

from app.ui.look import Look
from app.ui.theme import Space, Type
from app.ui.widgets.bilingual import line
from app.ui.widgets.tiles import Choice, Mark, answer_tile, tappable
from app.ui.widgets.words import words


def choice_list(
    key: str,
    choices: Sequence[Choice],
    chosen: Collection[str],
    look: Look,
    on_choose: "Choosing",
) -> ft.Control:
    """Answers one below the other; `one` or `many` says how many may be chosen."""
    return ft.Column(
        [
            answer_tile(
                f"{key}.{choice.value}",
                choice,
                look,
                on_choose.tell,
                Mark(choice.value in chosen, on_choose.is_many),
            )
            for choice in choices
        ],
        key=key,
        spacing=Space.SMALL,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@dataclass(frozen=True, slots=True)
class Choosing:
    """Who is told of a tapped value, and whether several may be chosen."""

    tell: Callable[[str], None]
    is_many: bool = False


def one(tell: Callable[[str], None]) -> Choosing:
    """At most one answer."""
    return Choosing(tell)


def many(tell: Callable[[str], None]) -> Choosing:
    """Any number of answers."""
    return Choosing(tell, is_many=True)


def yes_no(
    key: str,
    choices: tuple[Choice, Choice],
    chosen: str | None,
    look: Look,
    on_choose: "Answering",
) -> ft.Control:
    """Two large tiles side by side, and the quiet answers below them."""
    pair = ft.Row(
        [
            _large_tile(f"{key}.{choice.value}", choice, look, chosen, on_choose)
            for choice in choices
        ],
        spacing=Space.MEDIUM,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        intrinsic_height=True,
    )
    quiet = [
        answer_tile(
            f"{key}.{choice.value}",
            choice,
            look,
            on_choose.tell,
            Mark(choice.value == chosen),
        )
        for choice in on_choose.quiet
    ]
    return ft.Column(
        [pair, *quiet],
        key=key,
        spacing=Space.SMALL,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@dataclass(frozen=True, slots=True)
class Answering:
    """Who is told of yes or no, and what else may be said."""

    tell: Callable[[str], None]
    quiet: tuple[Choice, ...] = ()


def filter_chips(
    key: str,
    choices: Sequence[Choice],
    chosen: Collection[str],
    on_toggle: Callable[[str], None],
    look: Look | None = None,
) -> ft.Control:
    """Small switches in a row that wraps; with a look, in the person's words too."""
    return ft.Row(
        [
            _chip(
                f"{key}.{choice.value}",
                choice,
                Mark(choice.value in chosen, is_many=True, is_small=True),
                on_toggle,
                look,
            )
            for choice in choices
        ],
        key=key,
        wrap=True,
        spacing=Space.SMALL,
        run_spacing=Space.SMALL,
    )


def _chip(
    key: str,
    choice: Choice,
    mark: "Mark",
    on_toggle: Callable[[str], None],
    look: Look | None,
) -> ft.Control:
    label: ft.Control = words(choice.label, Type.BODY, mark.ink)
    if choice.said is not None and look is not None:
        said = line(choice.said, look, Type.LEAD, mark.ink)
        label = ft.Column([label, said], spacing=0, tight=True)
    row: list[ft.Control] = [label]
    if mark.is_chosen:
        row.insert(0, ft.Icon(ft.Icons.CHECK, size=20, color=mark.ink))
    return tappable(
        key,
        choice,
        mark,
        lambda: on_toggle(choice.value),
        ft.Row(row, spacing=Space.SMALL, tight=True),
    )


def _large_tile(
    key: str,
    choice: Choice,
    look: Look,
    chosen: str | None,
    on_choose: Answering,
) -> ft.Control:
    mark = Mark(choice.value == chosen, is_large=True)
    lines: list[ft.Control] = [
        ft.Icon(
            mark.large_icon(choice),
            color=mark.ink,
            size=32,
        ),
        words(choice.label, Type.LEAD, mark.ink),
    ]
    if choice.said is not None:
        lines.append(line(choice.said, look, Type.TITLE, mark.ink))
    tile = tappable(
        key,
        choice,
        mark,
        lambda: on_choose.tell(choice.value),
        ft.Column(
            lines,
            spacing=0,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            alignment=ft.MainAxisAlignment.CENTER,
        ),
    )
    tile.expand = True
    return tile
