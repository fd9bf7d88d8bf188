"""`tessera cards`: a sheet of cards with a QR code and the same code to type."""

import argparse
import html
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import segno

from app.core.ids import format_card_code
from sync_server.commands.deployment import opened
from sync_server.context import Ports
from sync_server.services.administration import new_cards
from sync_server.settings import Settings

CARDS_PER_PAGE = 24
_STYLE = """\
@page { size: A4; margin: 8.5mm 10mm; }
* { box-sizing: border-box; }
body { margin: 0; font: 600 13pt ui-monospace, monospace; color: #000; }
main { display: grid; grid-template-columns: repeat(3, 63mm); gap: 0;
  grid-auto-rows: 35mm; width: 190mm; justify-content: space-between;
  break-after: page; }
main:last-child { break-after: auto; }
figure { margin: 0; padding: 3mm; display: flex; align-items: center; gap: 3mm;
  border: 0.2mm dashed #999; break-inside: avoid; }
svg { width: 25mm; height: 25mm; flex: none; }
figcaption { line-height: 1.5; white-space: pre-line; }
"""


def run(given: argparse.Namespace, settings: Settings, ports: Ports) -> int:
    """Write a sheet of codes that no card had before."""
    with opened(settings, ports) as context, _replacing(given.out) as sink:
        codes = new_cards(context, given.count)
        sink.write(sheet(codes))
    print(f"{len(codes)} cards in {given.out}")
    return 0


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Open a file beside the wanted one, which takes its place when all is written.

    Opened first: a folder that can't be written must not use codes up.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("w", encoding="utf-8") as sink:
            yield sink
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def sheet(codes: Iterable[str]) -> str:
    """Return an HTML page, A4 when printed: no names, no words to translate."""
    pages = (
        f"<main>\n{''.join(map(_card, page))}</main>\n" for page in _pages([*codes])
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>Tessera</title>\n<style>\n{_STYLE}</style>\n{''.join(pages)}</html>\n"
    )


def _pages(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), CARDS_PER_PAGE):
        yield codes[start : start + CARDS_PER_PAGE]


def _card(code: str) -> str:
    # Without hyphens and in capitals a QR code needs the fewest modules.
    drawn = segno.make_qr(code, error="m").svg_inline(scale=4, border=2)
    typed = html.escape(format_card_code(code)).replace("-", "-\n", 2)
    return f"<figure>{drawn}<figcaption>{typed}</figcaption></figure>\n"
