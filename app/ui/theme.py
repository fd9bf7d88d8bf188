"""Sizes, and Material 3 as this app wears it."""

from enum import IntEnum
from functools import cache

import flet as ft

from app.i18n import fonts
from app.ui.palette import DARK, LIGHT, Palette


class Type(IntEnum):
    """Sizes of letters."""

    BODY = 16
    LEAD = 18
    TITLE = 22
    DISPLAY = 28


class Space(IntEnum):
    """Distances, in eights."""

    SMALL = 8
    MEDIUM = 16
    LARGE = 24
    HUGE = 32


class Touch(IntEnum):
    """Heights of what a gloved finger must hit."""

    LEAST = 48
    TILE = 56
    MAIN = 64
    ANSWER = 96


CORNER = 12
CONTENT_WIDTH = 640
SIDE_WIDTH = 400


@cache
def letters(size: Type = Type.BODY, *, bold: bool = False) -> ft.TextStyle:
    """A style of letters that has every script, at one weight.

    One object a style, never changed but by `copy`: comparing two drawings then
    passes over it by identity.
    """
    family = fonts.BOLD_FAMILY if bold else fonts.FAMILY
    fallback = fonts.BOLD_FALLBACK if bold else fonts.FALLBACK
    return ft.TextStyle(
        size=size,
        height=1.4,
        font_family=family,
        font_family_fallback=list(fallback),
        weight=ft.FontWeight.NORMAL,
        letter_spacing=0,
    )


def light() -> ft.Theme:
    """The theme for daylight."""
    return _theme(LIGHT)


def dark() -> ft.Theme:
    """The theme for the night shift."""
    return _theme(DARK)


def _theme(palette: Palette) -> ft.Theme:
    return ft.Theme(
        color_scheme=_scheme(palette),
        scaffold_bgcolor=palette.surface,
        text_theme=_text_theme(palette.on_surface),
        page_transitions=_no_motion(),
        visual_density=ft.VisualDensity.STANDARD,
        filled_button_theme=ft.FilledButtonTheme(style=_button()),
        outlined_button_theme=ft.OutlinedButtonTheme(style=_outlined(palette)),
        text_button_theme=ft.TextButtonTheme(style=_button()),
    )


def _button() -> ft.ButtonStyle:
    return ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=CORNER),
        text_style=letters(Type.LEAD),
        padding=ft.Padding.symmetric(horizontal=Space.MEDIUM, vertical=Space.SMALL),
        icon_size=24,
    )


def _outlined(palette: Palette) -> ft.ButtonStyle:
    return _button().copy(side=ft.BorderSide(1, palette.outline))


def _scheme(palette: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=palette.primary,
        on_primary=palette.on_primary,
        primary_container=palette.primary_container,
        on_primary_container=palette.on_primary_container,
        secondary=palette.primary,
        on_secondary=palette.on_primary,
        secondary_container=palette.secondary_container,
        on_secondary_container=palette.on_secondary_container,
        tertiary=palette.tertiary,
        on_tertiary=palette.surface,
        tertiary_container=palette.tertiary_container,
        on_tertiary_container=palette.on_tertiary_container,
        error=palette.error,
        on_error=palette.on_error,
        error_container=palette.error_container,
        on_error_container=palette.on_error_container,
        surface=palette.surface,
        on_surface=palette.on_surface,
        on_surface_variant=palette.on_surface_variant,
        outline=palette.outline,
        outline_variant=palette.outline_variant,
        surface_container_low=palette.surface,
        surface_container_lowest=palette.surface,
        surface_container=palette.surface_container,
        surface_container_high=palette.surface_container_high,
        surface_container_highest=palette.surface_container_high,
        surface_tint=palette.surface,
        inverse_surface=palette.on_surface,
        on_inverse_surface=palette.surface,
        inverse_primary=palette.primary_container,
    )


def _text_theme(ink: str) -> ft.TextTheme:
    body, lead, title, display = (letters(size).copy(color=ink) for size in Type)
    return ft.TextTheme(
        body_small=body,
        body_medium=body,
        body_large=body,
        label_small=body,
        label_medium=body,
        label_large=lead,
        title_small=lead,
        title_medium=lead,
        title_large=title,
        headline_small=title,
        headline_medium=display,
        headline_large=display,
        display_small=display,
        display_medium=display,
        display_large=display,
    )


def _no_motion() -> ft.PageTransitionsTheme:
    none = ft.PageTransitionTheme.NONE
    return ft.PageTransitionsTheme(
        android=none, ios=none, linux=none, macos=none, windows=none
    )
