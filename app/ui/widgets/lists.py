"""Rows of lists: people, facts, and what happened when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import flet as ft

from app.ui.theme import CORNER, Space, Type, letters
from app.ui.widgets.marks import Tone, badge
from app.ui.widgets.steady import SteadyContainer
from app.ui.widgets.words import subtitle, unsaid, words


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words about a row, and their tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a list: its name, what explains it, what stands at the end."""

    title: str
    subtitle: str = ""
    trailing: str = ""
    badges: tuple[Badge, ...] = ()
    icon: ft.IconData | None = None
    is_selected: bool = False
    is_struck: bool = False
    is_large: bool = False

    @property
    def name(self) -> str:
        """What a screen reader says of the row."""
        words = (self.title, self.subtitle, self.trailing)
        return ", ".join(
            part for part in (*words, *(badge.text for badge in self.badges)) if part
        )


def list_row(
    key: str, row: Row, on_tap: Callable[[], None] | None = None
) -> ft.Control:
    """A row; with `on_tap` a button whose name begins with the title."""
    lines: list[ft.Control] = [_title(row)]
    if row.subtitle:
        lines.append(subtitle(row.subtitle))
    ends: list[ft.Control] = []
    if row.icon is not None:
        ends.append(ft.Icon(row.icon, color=ft.Colors.ON_SURFACE_VARIANT))
    ends.append(
        ft.Column(
            lines,
            spacing=Space.SMALL // 2,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.START,
        )
    )
    if row.trailing:
        ends.append(subtitle(row.trailing))
    if on_tap is None:
        return _ground(key, row, _with_badges(ends, row), None)
    ends.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ft.Colors.ON_SURFACE_VARIANT))
    return ft.MergeSemantics(
        ft.Semantics(
            label=row.name,
            button=True,
            selected=True if row.is_selected else None,
            content=_ground(key, row, _with_badges(ends, row), on_tap),
        ),
        key=f"{key}.box",
    )


class Urgency(Enum):
    """How soon somebody must be seen."""

    ROUTINE = "routine"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A person who waits, as the next person may see it: never a finding."""

    code: str
    first_name: str
    waiting: str
    state: str = ""
    urgency: Urgency = Urgency.ROUTINE
    urgency_words: str = ""
    only_here: str = ""


def queue_row(key: str, entry: QueueEntry, on_tap: Callable[[], None]) -> ft.Control:
    """Code, first name and waiting time; urgency as words with a sign."""
    tones = {
        Urgency.ROUTINE: Tone.PLAIN,
        Urgency.NOW: Tone.DANGER,
    }
    badges = []
    if entry.urgency_words:
        badges.append(Badge(entry.urgency_words, tones[entry.urgency]))
    if entry.state:
        badges.append(Badge(entry.state))
    if entry.only_here:
        badges.append(Badge(entry.only_here, Tone.INFO))
    row = Row(entry.first_name, entry.code, entry.waiting, tuple(badges))
    return list_row(key, row, on_tap)


def key_values(key: str, pairs: Sequence[tuple[str, str]]) -> ft.Control:
    """Facts, each under its name."""
    return ft.Column(
        [
            ft.MergeSemantics(
                ft.Column([subtitle(name), words(value, Type.LEAD)], spacing=0)
            )
            for name, value in pairs
        ],
        key=key,
        spacing=Space.MEDIUM,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What happened, when, and who wrote it where."""

    what: str
    when: str
    by: str
    detail: str = ""
    badges: tuple[Badge, ...] = ()
    is_struck: bool = False


def timeline_entry(
    key: str,
    entry: TimelineEntry,
    on_tap: Callable[[], None] | None = None,
) -> ft.Control:
    """One thing on a record's timeline; what was wrong stays legible, struck out."""
    lines = (entry.detail, entry.when, entry.by)
    row = Row(
        entry.what,
        "\n".join(line for line in lines if line),
        badges=entry.badges,
        icon=ft.Icons.BLOCK if entry.is_struck else ft.Icons.EVENT_NOTE_OUTLINED,
        is_struck=entry.is_struck,
    )
    return list_row(key, row, on_tap)


def _title(row: Row) -> ft.Text:
    text = words(row.title, Type.TITLE if row.is_large else Type.LEAD)
    if row.is_struck:
        text.style = letters(Type.LEAD).copy(decoration=ft.TextDecoration.LINE_THROUGH)
    return text


def _with_badges(ends: Sequence[ft.Control], row: Row) -> ft.Control:
    line = ft.Row(list(ends), spacing=Space.MEDIUM)
    if not row.badges:
        return line
    badges = ft.Row(
        [badge(each.text, each.tone) for each in row.badges],
        wrap=True,
        spacing=Space.SMALL,
        run_spacing=Space.SMALL // 2,
    )
    return ft.Column([line, badges], spacing=Space.SMALL)


def _ground(
    key: str, row: Row, content: ft.Control, on_tap: Callable[[], None] | None
) -> ft.Control:
    return SteadyContainer(
        content if on_tap is None else unsaid(content),
        key=key,
        bgcolor=(
            ft.Colors.PRIMARY_CONTAINER
            if row.is_selected
            else ft.Colors.SURFACE_CONTAINER
        ),
        border_radius=CORNER,
        padding=Space.MEDIUM,
        ink=on_tap is not None,
        on_click=(lambda _event: on_tap()) if on_tap else None,
    )
