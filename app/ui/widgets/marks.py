"""Small signs that tell a state, each a sign and words."""

from collections.abc import Iterable
from enum import Enum

import flet as ft

from app.i18n import Review, messages, names
from app.ui.look import Look
from app.ui.theme import Space
from app.ui.widgets.words import unsaid, words


class Tone(Enum):
    """What a message is about: news, a warning, or danger to a person."""

    PLAIN = "plain"
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"

    @property
    def ink(self) -> str:
        """The colour of words and sign."""
        return _INK[self]

    @property
    def ground(self) -> str:
        """The colour behind them."""
        return _GROUND[self]

    @property
    def icon(self) -> ft.IconData:
        """The sign that tells the tone without colour."""
        return _ICON[self]


_INK = {
    Tone.PLAIN: ft.Colors.ON_SURFACE,
    Tone.INFO: ft.Colors.ON_SECONDARY_CONTAINER,
    Tone.WARNING: ft.Colors.ON_TERTIARY_CONTAINER,
    Tone.DANGER: ft.Colors.ON_ERROR_CONTAINER,
}
_GROUND = {
    Tone.PLAIN: ft.Colors.SURFACE_CONTAINER_HIGH,
    Tone.INFO: ft.Colors.SECONDARY_CONTAINER,
    Tone.WARNING: ft.Colors.TERTIARY_CONTAINER,
    Tone.DANGER: ft.Colors.ERROR_CONTAINER,
}
_ICON = {
    Tone.PLAIN: ft.Icons.CHECK,
    Tone.INFO: ft.Icons.INFO_OUTLINE,
    Tone.WARNING: ft.Icons.WARNING_AMBER,
    Tone.DANGER: ft.Icons.REPORT,
}


def badge(text: str, tone: Tone = Tone.PLAIN) -> ft.Control:
    """A word or two about a row, with its sign."""
    label = words(text, color=tone.ink)
    label.expand, label.expand_loose = True, True
    parts: list[ft.Control] = [label]
    if tone is not Tone.PLAIN:
        parts.insert(0, ft.Icon(tone.icon, size=18, color=tone.ink))
    ground = ft.Container(
        ft.Row(parts, spacing=Space.SMALL // 2, tight=True),
        bgcolor=tone.ground,
        border_radius=Space.SMALL,
        padding=ft.Padding.symmetric(horizontal=Space.SMALL, vertical=2),
        expand=True,
        expand_loose=True,
    )
    return ft.Row([ground], tight=True)


def conflict_mark(look: Look) -> ft.Control:
    """Two people wrote different things, and nobody has decided yet."""
    _ = look.t.gettext
    return badge(_("Two versions, not yet decided"), Tone.WARNING)


def review_mark(look: Look, review: Review) -> ft.Control | None:
    """Who stands behind the words of a language; nothing where all is well."""
    _ = look.t.gettext
    match review:
        case Review.SOURCE | Review.CLINICIAN_REVIEWED:
            return None
        case Review.SPEAKER_REVIEWED:
            return badge(
                _("Read by a speaker, not yet reviewed by a clinician"), Tone.INFO
            )
        case Review.MACHINE_DRAFTED:
            return badge(
                _("Machine draft, not yet reviewed by a clinician"), Tone.WARNING
            )


def review_line(tags: Iterable[str], look: Look) -> ft.Control | None:
    """Which words on this page no clinician has reviewed; None where all are."""
    t = look.t
    _ = t.gettext
    short = {
        Review.MACHINE_DRAFTED: _("{language}: machine draft, not reviewed"),
        Review.SPEAKER_REVIEWED: _("{language}: not reviewed by a clinician"),
    }
    marks: list[ft.Control] = []
    for tag in dict.fromkeys(tags):
        review = look.in_language(tag).review_state
        if review not in short:
            continue
        text = t.fill(short[review], language=names.language_name(t, tag))
        label = words(text, color=ft.Colors.ON_SURFACE_VARIANT)
        whole = f"{text}. {messages.review_state(t, review)}"
        marks.append(ft.Semantics(label=whole, tooltip=whole, content=unsaid(label)))
    if not marks:
        return None
    return ft.Container(
        ft.Column(marks, spacing=0),
        key="review",
        padding=ft.Padding.symmetric(horizontal=Space.MEDIUM, vertical=4),
    )


def spoken_mark(look: Look, language: str) -> ft.Control:
    """There is no official text in this language: it is interpreted aloud."""
    t = look.t
    _ = t.gettext
    return badge(
        t.fill(_("Interpreted aloud into {language}"), language=language), Tone.INFO
    )
