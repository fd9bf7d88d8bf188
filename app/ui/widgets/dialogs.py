"""Questions that stand before everything else, rarely."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from app.ui.look import Look
from app.ui.theme import CORNER, Space, Type
from app.ui.widgets.buttons import main_button, quiet_button
from app.ui.widgets.tiles import Choice, Mark, answer_tile
from app.ui.widgets.words import words


@dataclass(frozen=True, slots=True)
class Deed:
    """What a dialog offers to do."""

    label: str
    do: Callable[[], None]


def ask(
    question: str, explanation: str, deed: Deed, look: Look, cancel: Callable[[], None]
) -> ft.AlertDialog:
    """Do it, or leave it: for what cannot be taken back."""
    _ = look.t.gettext
    return _dialog(
        question,
        [
            words(explanation),
            main_button("dialog.do", deed.label, deed.do),
            quiet_button("dialog.cancel", _("Cancel"), cancel),
        ],
        look,
        cancel,
    )


def reason_dialog(
    question: str,
    reasons: Sequence[Choice],
    look: Look,
    on_reason: Callable[[str], None],
    cancel: Callable[[], None],
) -> ft.AlertDialog:
    """Choose why from a list; the tap on a reason does it."""
    _ = look.t.gettext
    return _dialog(
        question,
        [
            *(
                answer_tile(
                    f"dialog.{reason.value}",
                    reason,
                    look,
                    on_reason,
                    Mark(is_plain=True),
                )
                for reason in reasons
            ),
            quiet_button("dialog.cancel", _("Cancel"), cancel),
        ],
        look,
        cancel,
    )


def _dialog(
    question: str,
    controls: Sequence[ft.Control],
    look: Look,
    cancel: Callable[[], None],
) -> ft.AlertDialog:
    # A dialog lies beside the page, not in it: it is mirrored by itself.
    return ft.AlertDialog(
        rtl=look.is_rtl,
        modal=True,
        on_dismiss=cancel,
        scrollable=True,
        title=ft.Container(words(question, Type.TITLE, bold=True), rtl=look.is_rtl),
        content=ft.Container(
            ft.Column(
                list(controls),
                tight=True,
                spacing=Space.SMALL,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            width=480,
            rtl=look.is_rtl,
        ),
        shape=ft.RoundedRectangleBorder(radius=CORNER),
        inset_padding=Space.MEDIUM,
        bgcolor=ft.Colors.SURFACE,
    )
