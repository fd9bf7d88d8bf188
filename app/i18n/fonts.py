"""The fonts in assets/fonts, and how Flet is told of them.

Seen on Flet 1.0.5 in Chromium with `no_cdn=True`: without these fonts every script
but Latin, Greek and Cyrillic shows boxes, and `Theme(font_family=...)` alone names
one font with no fallback. What works is the same family and fallback list on every
style of the text theme, from which fields, buttons, chips and plain text inherit:

    page.fonts = dict(fonts.FONTS)
    style = ft.TextStyle(font_family=fonts.FAMILY,
                         font_family_fallback=list(fonts.FALLBACK))
    page.theme = ft.Theme(text_theme=ft.TextTheme(body_large=style, ...all 15))

A `TextStyle` given to one control keeps that fallback unless it names a font_family
of its own. A heading takes BOLD_FAMILY and BOLD_FALLBACK without a weight: with
`weight=BOLD` the engine thickens the regular font itself. The web server does not
follow symbolic links out of assets. Until the fonts have arrived the engine asks the
page's own host, not a CDN, for others, and logs 404s: harmless. There are no arrows,
ticks or emoji in these fonts: use icons.
"""

from collections.abc import Mapping
from types import MappingProxyType

FAMILY = "Noto Sans"
FALLBACK = ("Noto Sans Arabic", "Noto Sans Ethiopic", "Noto Sans Bengali")

BOLD_FAMILY = "Noto Sans Bold"
BOLD_FALLBACK = (
    "Noto Sans Arabic Bold",
    "Noto Sans Ethiopic Bold",
    "Noto Sans Bengali Bold",
)


def _file(family: str, weight: str) -> str:
    return f"fonts/{family.replace(' ', '')}-{weight}.ttf"


FONTS: Mapping[str, str] = MappingProxyType(
    {
        name: path
        for family in (FAMILY, *FALLBACK)
        for name, path in (
            (family, _file(family, "Regular")),
            (f"{family} Bold", _file(family, "Bold")),
        )
    }
)
"""Family name to file, relative to assets: the value of `page.fonts`."""
