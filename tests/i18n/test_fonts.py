"""Every letter that the catalogues write is in a font that ships."""

import struct
from pathlib import Path

import pytest

from app.i18n import catalogue, fonts
from app.i18n.bidi import without_isolates
from app.i18n.languages import ROOT, Languages

ASSETS = ROOT / "assets"
MAX_BYTES = 500_000


def characters(path: Path) -> set[int]:
    """The code points of a TrueType font, from its format 4 and 12 tables."""
    data = path.read_bytes()
    tables = struct.unpack(">H", data[4:6])[0]
    records = (data[12 + 16 * n : 28 + 16 * n] for n in range(tables))
    start = next(
        struct.unpack(">I", record[8:12])[0]
        for record in records
        if record[:4] == b"cmap"
    )
    found: set[int] = set()
    for number in range(struct.unpack(">H", data[start + 2 : start + 4])[0]):
        entry = start + 4 + 8 * number
        at = start + struct.unpack(">I", data[entry + 4 : entry + 8])[0]
        if struct.unpack(">H", data[at : at + 2])[0] == 4:
            found |= segments(data, at)
    return found


def segments(data: bytes, at: int) -> set[int]:
    count = struct.unpack(">H", data[at + 6 : at + 8])[0] // 2
    ends = struct.unpack(f">{count}H", data[at + 14 : at + 14 + 2 * count])
    first = at + 16 + 2 * count
    starts = struct.unpack(f">{count}H", data[first : first + 2 * count])
    return {
        point
        for low, high in zip(starts, ends, strict=True)
        for point in range(low, high + 1)
    } - {0xFFFF}


@pytest.mark.parametrize("path", list(fonts.FONTS.values()))
def test_a_font_ships_and_is_small(path: str) -> None:
    assert 0 < (ASSETS / path).stat().st_size < MAX_BYTES


def test_no_font_ships_unnamed_or_without_its_licence() -> None:
    shipped = {f"fonts/{path.name}" for path in (ASSETS / "fonts").glob("*.ttf")}
    assert shipped == set(fonts.FONTS.values())
    licence = (ASSETS / "fonts" / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_the_fallbacks_are_loaded() -> None:
    bold = (fonts.BOLD_FAMILY, *fonts.BOLD_FALLBACK)
    assert set(fonts.FONTS) == {fonts.FAMILY, *fonts.FALLBACK, *bold}


def test_languages_name_fonts_that_ship() -> None:
    for language in Languages().values():
        assert set(language.fonts) <= set(fonts.FONTS)


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
@pytest.mark.parametrize("tag", list(Languages()))
def test_every_letter_of_a_language_has_a_glyph(tag: str, weight: str) -> None:
    drawn: set[int] = set()
    for path in fonts.FONTS.values():
        if weight in path:
            drawn |= characters(ASSETS / path)
    language = Languages()[tag]
    written = {*language.own_name}
    for message in catalogue.parse(language.po):
        if message.id:
            written |= {*"".join(catalogue.strings(message))}
    visible = without_isolates("".join(written)).replace("\n", "")
    assert {c for c in visible if ord(c) not in drawn} == set()


@pytest.mark.parametrize(
    "letters",
    ["گچپژ", "ښځڅډړږګ", "ٹڈڑے", "ڕڵێۆ", "ቋፀኧ።፧", "আড়", "ЇїҐґ", "İıŞğ", "٠١٩۰۹۴"],
)
def test_letters_that_arrivals_write_have_glyphs(letters: str) -> None:
    drawn: set[int] = set()
    for path in fonts.FONTS.values():
        drawn |= characters(ASSETS / path)
    assert {c for c in letters if ord(c) not in drawn} == set()
