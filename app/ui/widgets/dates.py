"""Dates and ages as people say them: any part may be unknown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from app.ui.look import Look
from app.ui.theme import Space
from app.ui.widgets.fields import DIGITS, error_line, text_field
from app.ui.widgets.words import words


@dataclass(frozen=True, slots=True)
class DateParts:
    """What was typed of a date, part by part, as it was typed."""

    day: str = ""
    month: str = ""
    year: str = ""


def date_entry(
    key: str,
    label: str,
    parts: DateParts,
    look: Look,
    on_change: "Dating",
) -> ft.Control:
    """Day, month and year in three fields; empty ones are unknown."""
    _ = look.t.gettext
    shown = (
        ("day", _("Day"), parts.day, 2),
        ("month", _("Month"), parts.month, 2),
        ("year", _("Year"), parts.year, 4),
    )
    row = ft.Row(
        [
            ft.Container(
                text_field(
                    f"{key}.{part}",
                    name,
                    value,
                    # Only its own part: what else was typed may be newer than this.
                    partial(on_change.tell, part),
                    replace(DIGITS, max_length=length),
                ),
                expand=length,
            )
            for part, name, value, length in shown
        ],
        spacing=Space.SMALL,
    )
    controls: list[ft.Control] = [words(label), row]
    if on_change.error:
        controls.append(error_line(on_change.error))
    return ft.Column(
        controls,
        key=key,
        spacing=Space.SMALL // 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@dataclass(frozen=True, slots=True)
class Dating:
    """Who is told a part (day, month, year) and its text, and what is wrong."""

    tell: Callable[[str, str], None]
    error: str = ""


def age_entry(
    key: str,
    look: Look,
    years: str,
    on_type: Callable[[str], None],
    error: str = "",
) -> ft.Control:
    """An age in whole years."""
    _ = look.t.gettext
    options = replace(DIGITS, max_length=3, error=error)
    return text_field(key, _("Age in years"), years, on_type, options)
