"""A line in the staff's language and one in the person's, each its own way."""

from dataclasses import dataclass

import flet as ft

from app.i18n import Translator
from app.i18n.bidi import isolate_ltr
from app.ui.look import Look
from app.ui.theme import Space, Type, letters


@dataclass(frozen=True, slots=True)
class Said:
    """Words in one language, and the way they run."""

    text: str
    is_rtl: bool = False

    @classmethod
    def by(cls, t: Translator, msgid: str) -> "Said":
        """A sentence of the catalogue in a translator's language, unmarked."""
        found = t.lookup(msgid)
        return cls(found.text, t.languages[found.language].direction == "rtl")


def line(
    said: Said,
    look: Look,
    size: Type = Type.BODY,
    color: str | None = None,
    *,
    is_centred: bool = False,
) -> ft.Text:
    """One line that runs its own way, whatever way the screen runs."""
    is_same_way = said.is_rtl == look.is_rtl
    is_foreign_ltr = not said.is_rtl and look.is_rtl
    side = ft.TextAlign.RIGHT if said.is_rtl else ft.TextAlign.LEFT
    side = ft.TextAlign.START if is_same_way else side
    return ft.Text(
        isolate_ltr(said.text) if is_foreign_ltr else said.text,
        style=letters(size),
        color=color,
        rtl=said.is_rtl,
        text_align=ft.TextAlign.CENTER if is_centred else side,
    )


def bilingual_text(
    staff: Said,
    person: Said | None,
    look: Look,
    prefix: str = "",
    *,
    is_centred: bool = False,
) -> ft.Control:
    """A question twice: small for the staff, large for the person.

    Without the person's words the staff's stand alone, large.
    """
    if prefix:
        staff = Said(f"{prefix} {staff.text}", staff.is_rtl)
    if person is None:
        return line(staff, look, Type.TITLE, is_centred=is_centred)
    return ft.Column(
        [
            line(
                staff,
                look,
                Type.BODY,
                ft.Colors.ON_SURFACE_VARIANT,
                is_centred=is_centred,
            ),
            line(person, look, Type.TITLE, is_centred=is_centred),
        ],
        spacing=Space.SMALL,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
