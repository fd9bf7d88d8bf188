"""`python -m app.i18n.compile`: make the .mo files, which are build products."""

import sys
from pathlib import Path

from app.i18n import catalogue
from app.i18n.languages import LOCALES, Languages


def main(locales: Path = LOCALES) -> int:
    """Compile the catalogue of every declared language."""
    for language in Languages(locales).values():
        data = catalogue.compiled(catalogue.parse(language.po))
        language.mo.write_bytes(data)
        sys.stdout.write(f"{language.tag}: {len(data)} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
