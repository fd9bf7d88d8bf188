"""Text fields that lose no keystroke, with the label always in view."""

from collections.abc import Callable
from dataclasses import dataclass, field

import flet as ft
from flet.controls.base_control import BaseControl

from app.ui.theme import CORNER, Space, Type, letters
from app.ui.widgets.native import native
from app.ui.widgets.words import subtitle, words

Typed = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """What a text field may have beside its label and value.

    `error` is a sentence. `is_ltr` is for what runs left to right everywhere:
    numbers, codes, phones. `only` is the pattern of characters that are taken.
    """

    error: str = ""
    hint: str = ""
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT
    only: str = ""
    max_length: int | None = None
    lines: int = 1
    is_secret: bool = False
    is_ltr: bool = False
    autofocus: bool = False
    is_enabled: bool = True
    on_submit: Callable[[], None] | None = None


PLAIN = FieldOptions()
# As people have them on their keyboards: ASCII, Arabic-Indic, Persian, Bengali.
_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9\u09e6-\u09ef]"
DIGITS = FieldOptions(keyboard=ft.KeyboardType.NUMBER, only=f"^{_DIGIT}*$", is_ltr=True)
PHONE = FieldOptions(keyboard=ft.KeyboardType.PHONE, is_ltr=True)


class Agreed:
    """The last text that field and model both knew; outlives redrawings."""

    def __init__(self, text: str) -> None:
        self.text = text


@native("TextField")
class TypedField(ft.TextField):
    """A text field that belongs to who types in it.

    A redrawing repeats the model's text, which may be older than what has been
    typed since; sent back, it would erase keystrokes. So a text that the field
    itself reported is never sent back: only one that the model chose otherwise.
    """

    agreed: Agreed = field(default_factory=lambda: Agreed(""), metadata={"skip": True})

    def init(self) -> None:
        """Begin with the model's text."""
        self.agreed = Agreed(self.value)

    def before_event(self, e: ft.ControlEvent) -> bool:
        """Note what was typed before the model hears of it."""
        if e.name == "change":
            self.agreed.text = str(e.data)
        return True

    def _migrate_state(self, other: BaseControl) -> None:
        super()._migrate_state(other)
        if not isinstance(other, TypedField):
            return
        self.agreed = other.agreed
        if self.value == self.agreed.text:
            self.value = other.value
        else:
            self.agreed.text = self.value


def text_field(
    key: str,
    label: str,
    value: str,
    on_type: Typed,
    options: FieldOptions = PLAIN,
) -> ft.Control:
    """A field under its label; its accessible name is the label.

    The model takes what is typed as it is, and judges it when it is saved: a
    model that answers a keystroke with another text overwrites the field.
    """
    controls: list[ft.Control] = [
        ft.MergeSemantics(
            ft.Column(
                [words(label), _input(key, value, on_type, options)],
                spacing=Space.SMALL // 2,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        )
    ]
    if options.hint:
        controls.append(subtitle(options.hint))
    if options.error:
        controls.append(error_line(options.error))
    return ft.Column(
        controls,
        key=f"{key}.box",
        spacing=Space.SMALL // 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def search_field(key: str, label: str, value: str, on_type: Typed) -> ft.Control:
    """A field that narrows a list as it is typed in."""
    options = FieldOptions(keyboard=ft.KeyboardType.TEXT)
    entry = _input(key, value, on_type, options)
    entry.prefix_icon = ft.Icons.SEARCH
    # Above, not inside: a floating label shrinks until nobody can read it.
    labelled = ft.Column(
        [words(label), entry],
        spacing=Space.SMALL // 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Column(
        [ft.MergeSemantics(labelled)],
        key=f"{key}.box",
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def error_line(sentence: str) -> ft.Control:
    """What is wrong with a field, read aloud as it appears; not red."""
    return ft.Semantics(
        content=ft.Row(
            [
                ft.Icon(ft.Icons.ERROR_OUTLINE, size=20, color=ft.Colors.TERTIARY),
                ft.Container(words(sentence, color=ft.Colors.TERTIARY), expand=True),
            ],
            spacing=Space.SMALL,
        ),
        live_region=True,
        container=True,
    )


def _input(key: str, value: str, on_type: Typed, options: FieldOptions) -> TypedField:
    submit = options.on_submit
    return TypedField(
        key=key,
        value=value,
        text_style=letters(Type.LEAD),
        border=_border(wrong=bool(options.error)),
        content_padding=ft.Padding.symmetric(
            horizontal=Space.MEDIUM, vertical=Space.MEDIUM
        ),
        keyboard_type=(
            ft.KeyboardType.MULTILINE if options.lines > 1 else options.keyboard
        ),
        input_filter=_filter(options.only),
        max_length=options.max_length,
        counter="" if options.max_length else None,
        multiline=options.lines > 1,
        min_lines=options.lines if options.lines > 1 else None,
        max_lines=options.lines if options.lines > 1 else None,
        password=options.is_secret,
        autofocus=options.autofocus,
        disabled=not options.is_enabled,
        autocorrect=False,
        enable_suggestions=False,
        enable_ime_personalized_learning=False,
        text_align=ft.TextAlign.LEFT if options.is_ltr else ft.TextAlign.START,
        filled=True,
        fill_color=ft.Colors.SURFACE,
        on_change=lambda event: on_type(str(event.data)),
        on_submit=(lambda _event: submit()) if submit else None,
    )


def _filter(only: str) -> ft.InputFilter | None:
    return ft.InputFilter(regex_string=only) if only else None


def _border(*, wrong: bool) -> dict[ft.ControlState, ft.InputBorder]:
    rest = ft.Colors.TERTIARY if wrong else ft.Colors.OUTLINE
    focus = ft.Colors.TERTIARY if wrong else ft.Colors.PRIMARY
    return {
        ft.ControlState.DEFAULT: _outline(2 if wrong else 1, rest),
        ft.ControlState.FOCUSED: _outline(2, focus),
    }


def _outline(width: int, color: str) -> ft.InputBorder:
    return ft.OutlineInputBorder(side=ft.BorderSide(width, color), border_radius=CORNER)
