"""A text field that belongs to who types in it."""

from dataclasses import field

import flet as ft
from flet.controls.base_control import BaseControl

from app.i18n.bidi import without_isolates
from app.ui.widgets.native import native


class Agreed:
    """The last text that field and model both knew; outlives redrawings."""

    def __init__(self, text: str) -> None:
        self.text = without_isolates(text)


@native("TextField")
class TypedField(ft.TextField):
    """A text field that belongs to who types in it.

    A redrawing repeats the model's text, which may be older than what has been
    typed since; sent back, it would erase keystrokes. So a text that the field
    itself reported is never sent back: only one that the model chose otherwise.
    `ground` opens the field's own text and is no part of what was typed.
    """

    agreed: Agreed = field(default_factory=lambda: Agreed(""), metadata={"skip": True})
    ground: str = field(default="", metadata={"skip": True})

    def init(self) -> None:
        """Begin with the model's text."""
        self.agreed = Agreed(self.value)

    def before_event(self, e: ft.ControlEvent) -> bool:
        """Note what was typed before the model hears of it."""
        if e.name == "change":
            self.agreed.text = without_isolates(str(e.data))
        return True

    def _migrate_state(self, other: BaseControl) -> None:
        super()._migrate_state(other)
        if not isinstance(other, TypedField):
            return
        self.agreed = other.agreed
        text = without_isolates(self.value)
        if text != self.agreed.text:
            self.agreed.text = text
        elif self.ground == other.ground:
            self.value = other.value
