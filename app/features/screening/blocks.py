"""Rows of a page in blocks of a few: what did not change is not even compared."""

from collections.abc import Callable
from typing import assert_never

import flet as ft

from app.core.questionnaire import Text
from app.features.screening.cards import Card, question_card
from app.features.screening.events import Event, InstanceAdded, InstanceRemoved
from app.features.screening.problem_words import sentence
from app.features.screening.rows import AddAnother, Heading, Words
from app.features.screening.tongues import Tongues
from app.ui import widgets as w
from app.ui.look import Look
from app.ui.screen import part
from app.ui.theme import Space

Dispatch = Callable[[Event], None]
Shown = Card | Heading | Words | AddAnother
BLOCK = 8


def _draw(
    rows: tuple[Shown, ...], tongues: Tongues, dispatch: Dispatch, look: Look
) -> ft.Control:
    return ft.Column(
        [_row(row, tongues, dispatch, look) for row in rows],
        spacing=Space.MEDIUM,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


block = part(_draw)


def _row(row: Shown, tongues: Tongues, dispatch: Dispatch, look: Look) -> ft.Control:
    match row:
        case Card():
            return question_card(f"{row.key}.part", row, tongues, dispatch, look)
        case Words(path, item):
            return _words(f"q{path.encode()}.words", item.text, tongues, look)
        case Heading():
            return _heading(row, tongues, dispatch, look)
        case AddAnother(path):
            return w.quiet_button(
                f"q{path.encode()}.another",
                look.t.gettext("Add one more"),
                lambda: dispatch(InstanceAdded(path)),
                ft.Icons.ADD,
            )
        case _:
            assert_never(row)


def _words(key: str, text: Text | None, tongues: Tongues, look: Look) -> ft.Control:
    if text is None:
        return ft.Container(key=key)
    staff, person = tongues.both(text, look)
    return ft.Container(w.bilingual_text(staff, person, look), key=key)


def _heading(
    row: Heading, tongues: Tongues, dispatch: Dispatch, look: Look
) -> ft.Control:
    t, key = look.t, f"q{row.path.encode()}"
    found = [_words(f"{key}.heading", row.item.text, tongues, look)]
    if row.number:
        words = t.fill(t.gettext("Number {number}"), number=row.number)
        found.append(w.subtitle(words))
    if row.can_go:
        found.append(
            w.quiet_button(
                f"{key}.remove",
                t.gettext("Remove this one"),
                lambda: dispatch(InstanceRemoved(row.path)),
            )
        )
    form = tongues.form
    found += [w.error_line(sentence(t, form, each)) for each in row.problems]
    return ft.Column(
        found, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, key=f"{key}.head"
    )
