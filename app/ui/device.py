"""What a page's device does for a screen: files on a stick, a screen that stays lit.

All of it is asked on the session's event loop and answered there, once; nothing of it
keeps a lock waiting.
"""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import flet as ft

from app.ui.failures import Failures

MAX_PICKED_BYTES = 512 * 1024 * 1024
"""More than a tablet's backup; a parcel is far smaller, and its server says so."""
Given = TypeVar("Given")
logger = logging.getLogger("tessera.ui")


class PickedTooLarge(Exception):
    """A file that was chosen is larger than any of ours."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A file that somebody chose."""

    name: str
    content: bytes = field(repr=False)


class Device(Protocol):
    """What a screen asks of the device that it is shown on."""

    def save(
        self,
        name: str,
        content: bytes,
        then: Callable[[bool], None],
        failed: Callable[[], None],
    ) -> None:
        """Let somebody save a file; `then` says whether it was saved, or given up."""

    def pick(
        self, then: Callable[[Picked | None], None], failed: Callable[[], None]
    ) -> None:
        """Let somebody choose a file; None where nothing was chosen."""

    def keep_awake(self, *, on: bool) -> None:
        """Keep the screen lit, or let it go dark again; where it can't, nothing."""


class PageDevice:
    """The device of a page, by Flet's services."""

    def __init__(self, page: ft.Page, failures: Failures) -> None:
        self._page = page
        self._failures = failures
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._files = ft.FilePicker()
        self._wakelock = ft.Wakelock()
        self._tasks: set[asyncio.Task[None]] = set()

    def save(
        self,
        name: str,
        content: bytes,
        then: Callable[[bool], None],
        failed: Callable[[], None],
    ) -> None:
        """Let somebody save a file. A browser downloads it, and does not say where."""

        async def ask() -> bool:
            path = await self._files.save_file(file_name=name, src_bytes=content)
            return bool(self._page.web or path)

        self._begin(ask, then, failed)

    def pick(
        self, then: Callable[[Picked | None], None], failed: Callable[[], None]
    ) -> None:
        """Let somebody choose a file."""

        async def ask() -> Picked | None:
            found = await self._files.pick_files(with_data=True)
            if not found:
                return None
            if found[0].size > MAX_PICKED_BYTES:
                raise PickedTooLarge
            return Picked(found[0].name, found[0].bytes or b"")

        self._begin(ask, then, failed)

    def keep_awake(self, *, on: bool) -> None:
        """Keep the screen lit while something is sent."""
        ask = self._wakelock.enable if on else self._wakelock.disable
        self._begin(ask, lambda _none: None, lambda: None)

    def _begin(
        self,
        ask: Callable[[], Awaitable[Given]],
        then: Callable[[Given], None],
        failed: Callable[[], None],
    ) -> None:
        async def run() -> None:
            try:
                given = await ask()
            except Exception as error:  # noqa: BLE001 - a device says no in many ways
                # Its message may name a folder, and so a person.
                logger.warning("the device refused: %s", type(error).__name__)
                with self._failures.guard():
                    failed()
                return
            with self._failures.guard():
                then(given)

        task = self._loop.create_task(run(), context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
