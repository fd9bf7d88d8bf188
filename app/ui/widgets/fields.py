"""Text fields that lose no keystroke, with the label always in view."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.i18n.bidi import LTR_MARK, without_isolates
from app.ui.theme import CORNER, Space, Type, letters
from app.ui.widgets.typed import TypedField
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
    ground = _ground(options)
    entry = TypedField(
        key=key,
        value=f"{ground}{value}",
        text_style=letters(Type.LEAD),
        border=_border(wrong=bool(options.error)),
        content_padding=ft.Padding.symmetric(
            horizontal=Space.MEDIUM, vertical=Space.MEDIUM
        ),
        keyboard_type=(
            ft.KeyboardType.MULTILINE if options.lines > 1 else options.keyboard
        ),
        input_filter=_filter(options.only, ground),
        max_length=(options.max_length + len(ground)) if options.max_length else None,
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
        on_change=lambda event: on_type(without_isolates(str(event.data))),
        on_submit=(lambda _event: submit()) if submit else None,
    )
    entry.ground = ground
    return entry


def _ground(options: FieldOptions) -> str:
    """What makes a field run left to right in a screen that runs the other way.

    Flet 1.0's fields take the direction of the page and no other: "+49 170 123" would
    read "123 170 49+" as it is typed. So a mark, which nobody sees, opens the text.
    """
    return LTR_MARK if options.is_ltr and ft.context.page.rtl else ""


def _filter(only: str, ground: str) -> ft.InputFilter | None:
    if not only:
        return None
    regex = only.replace("^", f"^{ground}?", 1) if ground else only
    return ft.InputFilter(regex_string=regex)


def _border(*, wrong: bool) -> dict[ft.ControlState, ft.InputBorder]:
    rest = ft.Colors.TERTIARY if wrong else ft.Colors.OUTLINE
    focus = ft.Colors.TERTIARY if wrong else ft.Colors.PRIMARY
    return {
        ft.ControlState.DEFAULT: _outline(2 if wrong else 1, rest),
        ft.ControlState.FOCUSED: _outline(2, focus),
    }


def _outline(width: int, color: str) -> ft.InputBorder:
    return ft.OutlineInputBorder(side=ft.BorderSide(width, color), border_radius=CORNER)
