"""Colleagues as it is seen and done, over a real vault: left to right and mirrored."""

import asyncio
from pathlib import Path

import pytest

from tests.bootstrap.tablets import a_page, a_process, an_enrolled_process, unlocked
from tests.bootstrap.test_locked_events import holder
from tests.clinic.test_auditing import events
from tests.storage.tablets import ANA, BO, OTHER_PIN, PIN
from tests.support.connection import Client

NEW_PIN = "906152"


async def open_colleagues(page: Client) -> None:
    await unlocked(page)
    await page.tap("home.colleagues")
    await page.until(lambda: page.shows(f"colleagues.person.{ANA}"))


async def first_pin(page: Client) -> None:
    """Ana chooses her PIN, in whatever language."""
    await page.until(lambda: page.shows(f"unlock.person.{ANA}"))
    await page.tap(f"unlock.person.{ANA}")
    await page.until(lambda: page.shows(f"unlock.pad.{PIN[0]}"))
    for _ in range(2):
        for digit in PIN:
            await page.tap(f"unlock.pad.{digit}")
        await page.tap("unlock.continue")
    await page.until(lambda: page.shows("home.colleagues"))


async def type_pin(page: Client, pin: str) -> None:
    await page.until(lambda: page.shows(f"colleagues.pad.{pin[0]}"))
    for digit in pin:
        await page.tap(f"colleagues.pad.{digit}")
    await page.tap("colleagues.continue")


def said_of_pins(page: Client) -> str:
    return " ".join(each for each in page.texts() if "PIN set on" in each)


async def choose(page: Client, pin: str) -> None:
    await page.tap("colleagues.handed")
    for _ in range(2):
        await type_pin(page, pin)
    await page.until(lambda: page.shows("colleagues.done"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_colleague_sets_a_pin_beside_who_unlocked_and_a_new_one_is_added(
    tmp_path: Path, language: str
) -> None:
    async def scenario() -> None:
        an_enrolled_process(tmp_path)._file.close()  # type: ignore[union-attr]
        process = a_process(tmp_path, language)
        async with a_page(process) as page:
            await first_pin(page)
            await page.tap("home.colleagues")
            await page.until(lambda: page.shows(f"colleagues.person.{BO}"))
            await page.tap(f"colleagues.person.{BO}")
            await choose(page, OTHER_PIN)
            await page.tap("colleagues.add")
            await page.enter("colleagues.name", "Maria Rossi")
            await page.tap("colleagues.role.mediator")
            assert not page.shows("colleagues.role.coordinator")
            await page.tap("colleagues.save")
            await page.until(lambda: page.shows("colleagues.handed"))
            assert "Maria Rossi" in " ".join(page.texts())
            await choose(page, NEW_PIN)
        file = process.file()
        found = {e.practitioner.name: e for e in file.practitioners()}
        assert all(entry.has_pin for entry in found.values())
        assert not found["Maria Rossi"].practitioner.confirmed
        maria = found["Maria Rossi"].practitioner.practitioner_id
        assert file.unlock(maria, NEW_PIN).is_open
        assert file.unlock(BO, OTHER_PIN).is_open
        await process.close()

    asyncio.run(scenario())


def test_alone_on_the_tablet_one_is_told_what_to_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        async with a_page(process) as page:
            await open_colleagues(page)
            await page.tap(f"colleagues.person.{BO}")
            await choose(page, OTHER_PIN)
            await page.until(lambda: "Anastasia" in said_of_pins(page))
            assert process.file().locked_events() == ()  # In the audit by now.
            (kept,) = events(holder(process).desk.vault)
            assert (kept.kind, kept.owner_id) == ("pin-chosen", BO)
            assert kept.practitioner_id == ANA
            await page.tap(f"colleagues.person.{BO}")
            await page.until(lambda: page.shows("colleagues.alone"))
            assert "Ask your coordinator for permission" in " ".join(page.texts())
            await page.tap("colleagues.grant")
            await page.until(lambda: page.shows("colleagues.problem"))
            assert "There is no permission for this yet" in " ".join(page.texts())
            assert not page.shows("colleagues.handed")  # Nothing was typed in vain.
        assert process.file().unlock(BO, OTHER_PIN).is_open
        await process.close()

    asyncio.run(scenario())


def test_ones_own_pin_is_changed_where_one_would_look(tmp_path: Path) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        async with a_page(process) as page:
            await open_colleagues(page)
            await page.tap(f"colleagues.person.{ANA}")
            await type_pin(page, "650217")
            for _ in range(2):
                await type_pin(page, NEW_PIN)
            await page.until(lambda: page.shows("colleagues.problem"))
            await type_pin(page, PIN)
            for _ in range(2):
                await type_pin(page, NEW_PIN)
            await page.until(lambda: page.shows("colleagues.done"))
        assert process.file().unlock(ANA, NEW_PIN).is_open
        await process.close()

    asyncio.run(scenario())
