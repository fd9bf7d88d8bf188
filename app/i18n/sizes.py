"""Sizes of data, as people know them."""

from app.i18n import formats
from app.i18n.translator import Translator

_KILO = 1000


def data_size(t: Translator, size_bytes: int) -> str:
    """A number of bytes in kilobytes or megabytes."""
    kilobytes = -(-size_bytes // _KILO)
    if kilobytes < _KILO:
        said = t.gettext("{count} KB")
        return t.isolate(t.fill(said, count=formats.number(t, kilobytes)))
    megabytes = f"{size_bytes / _KILO / _KILO:.1f}"
    said = t.gettext("{count} MB")
    return t.isolate(t.fill(said, count=formats.number(t, megabytes)))
