"""Handing a file out and taking one in: the platform asks the person where.

On a phone and in a browser bytes travel, for there is no path that both sides know.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import flet as ft


@dataclass(frozen=True, slots=True)
class Picked:
    """A file that a person chose: its name, and what is in it."""

    name: str
    raw: bytes = field(repr=False)


class Files(Protocol):
    """What screens need to hand a file out or take one in; on the session's loop."""

    def save(self, name: str, raw: bytes, then: Callable[[bool], None]) -> None:
        """Let a person keep a new file; then say whether they did."""

    def pick(self, then: Callable[[Picked | None], None]) -> None:
        """Let a person choose a file; then hand it over, or nothing."""


class PageFiles:
    """The files of one page, by the platform's own dialogs."""

    def __init__(
        self, page: ft.Page, guard: Callable[[], AbstractContextManager[None]]
    ):
        self._page = page
        self._guard = guard

    def save(self, name: str, raw: bytes, then: Callable[[bool], None]) -> None:
        """Let a person keep a new file; then say whether they did."""

        async def ask() -> None:
            is_kept = False
            with self._guard():
                path = await ft.FilePicker().save_file(file_name=name, src_bytes=raw)
                # A browser downloads it, and names no place.
                is_kept = path is not None or bool(self._page.web)
            then(is_kept)

        self._page.run_task(ask)

    def pick(self, then: Callable[[Picked | None], None]) -> None:
        """Let a person choose a file; then hand it over, or nothing."""

        async def ask() -> None:
            found: Picked | None = None
            with self._guard():
                files = await ft.FilePicker().pick_files(with_data=True)
                if files:
                    found = Picked(files[0].name, files[0].bytes or b"")
            then(found)

        self._page.run_task(ask)
