"""Where the console leads, beside the patients."""

from dataclasses import dataclass
from enum import StrEnum


class Page(StrEnum):
    """Where the console leads, beside the patients."""

    DEVICES = "devices"
    """What tablets say of themselves."""
    FILES = "files"
    """What was carried here from a tablet."""
    LANGUAGES = "languages"
    SET_ASIDE = "set-aside"
    """Changes that the server did not accept."""
    TABLETS = "tablets"
    """Who works on which tablets."""


@dataclass(frozen=True, slots=True)
class PagePressed:
    """Somebody wants to go there."""

    page: Page


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Go there."""

    page: Page
