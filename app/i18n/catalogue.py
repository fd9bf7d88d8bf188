"""Catalogues on disk: the compiled one where it is fresh, else its source."""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, NoReturn

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from app.i18n.languages import Language

__all__ = ["PoFileError", "UntranslatedError", "compiled", "load", "parse", "strings"]


class UntranslatedError(LookupError):
    """A catalogue has no words for a message."""


class _Absent(gettext.NullTranslations):
    """Stands behind a catalogue, so that a missing message is noticed."""

    def gettext(self, message: str) -> NoReturn:
        raise UntranslatedError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise UntranslatedError(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> NoReturn:
        raise UntranslatedError(context, message)


def load(language: Language) -> gettext.GNUTranslations:
    """A language's words; a message without any raises UntranslatedError."""
    path = language.mo if _is_fresh(language) else language.po
    return _read(_Version(path, path.stat().st_mtime_ns))


def parse(path: Path) -> Catalog:
    """A .po file as Babel reads it."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def compiled(catalog: Catalog) -> bytes:
    """The bytes of a .mo file: finished translations only, nothing fuzzy."""
    target = BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def strings(message: Message) -> tuple[str, ...]:
    """A message's words, one for each plural form."""
    string = message.string
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


def _is_fresh(language: Language) -> bool:
    if not language.po.exists():
        return True
    if not language.mo.exists():
        return False
    return language.mo.stat().st_mtime_ns >= language.po.stat().st_mtime_ns


class _Version(NamedTuple):
    """A file as it was when it was last written."""

    path: Path
    modified_ns: int


@lru_cache(maxsize=32)
def _read(version: _Version) -> gettext.GNUTranslations:
    """Read once a version of a file; what is kept is never changed."""
    path = version.path
    data = compiled(parse(path)) if path.suffix == ".po" else path.read_bytes()
    translations = gettext.GNUTranslations(BytesIO(data))
    translations.add_fallback(_Absent())
    return translations
