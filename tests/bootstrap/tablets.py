"""A tablet's process of a test: enrolled in a folder, its server out of reach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from app.bootstrap import open_tablet
from app.bootstrap.settings import Mode, Settings
from app.bootstrap.tablet import TabletProcess
from app.storage import UnlockPolicy
from app.ui.widgets.steady import TapGuard
from tests.storage.tablets import ANA, PIN, QUICK, enrolment
from tests.support.connection import Client, connected

NOBODY_THERE = "http://127.0.0.1:9"


def a_process(folder: Path, language: str = "en") -> TabletProcess:
    """A tablet that was just started."""
    settings = Settings(Mode.TABLET, folder, language=language)
    return TabletProcess(settings, UnlockPolicy(cost=QUICK))


def an_enrolled_process(folder: Path, server: str = NOBODY_THERE) -> TabletProcess:
    """A tablet that a server knows."""
    process = a_process(folder)
    if not process.file().enrolled:
        process.file().enrol(replace(enrolment(), server_url=server))
    return process


@asynccontextmanager
async def a_page(process: TabletProcess) -> AsyncIterator[Client]:
    """A page of the tablet, as a browser or the device shows it."""
    async with connected() as client:
        await open_tablet(client.page, process)
        TapGuard(0).watch(client.page)  # tests tap sooner than a wet glove's echo
        await client.settle()
        yield client


async def unlocked(client: Client) -> None:
    """Pick a name and give the PIN, chosen if it is the first time."""
    key = f"unlock.person.{ANA}"
    await client.until(lambda: client.shows(key))
    await client.tap(key)
    await client.until(lambda: client.shows(f"unlock.pad.{PIN[0]}"))
    is_first = "Choose a PIN of 6 digits or more" in client.texts()
    for _ in range(2 if is_first else 1):
        for digit in PIN:
            await client.tap(f"unlock.pad.{digit}")
        await client.tap("unlock.continue")
    await client.until(lambda: client.shows("home.register"))
