"""Where a session begins, and what stands in the way: a sentence, nothing lost."""

import asyncio
from pathlib import Path

from app.bootstrap.session import TabletSession, first_route
from app.core.problems import ProblemCode
from app.ui.routes import Enrol, Trouble, Unlock
from tests.bootstrap.tablets import a_page, a_process, an_enrolled_process


def closed(folder: Path) -> None:
    """Leave a tablet as it is after its process ended."""
    process = an_enrolled_process(folder)
    process.file().close()


def test_a_new_tablet_is_set_up_first_and_then_unlocked(tmp_path: Path) -> None:
    process = a_process(tmp_path)
    assert first_route(process) == Enrol()
    process.file().close()
    closed(tmp_path)
    again = a_process(tmp_path)
    assert first_route(again) == Unlock()
    again.file().close()


def test_a_vault_that_another_process_has_is_not_taken(tmp_path: Path) -> None:
    holder = an_enrolled_process(tmp_path)
    waiting = a_process(tmp_path)
    assert first_route(waiting) == Trouble(ProblemCode.VAULT_IN_USE.value)
    holder.file().close()
    assert first_route(waiting) == Unlock()
    waiting.file().close()


def test_a_damaged_file_is_kept_and_named(tmp_path: Path) -> None:
    closed(tmp_path)
    (tmp_path / "vault.db").write_bytes(b"not a database" * 100)
    route = first_route(a_process(tmp_path))
    assert isinstance(route, Trouble)
    assert route.problem == ProblemCode.VAULT_CORRUPT
    assert (tmp_path / route.kept).read_bytes().startswith(b"not a database")


def test_what_cannot_be_opened_says_why_and_stays_as_it_is(tmp_path: Path) -> None:
    closed(tmp_path)
    (tmp_path / "device-secret").unlink()
    before = (tmp_path / "vault.db").read_bytes()
    missing = ProblemCode.DEVICE_SECRET_MISSING.value
    assert first_route(a_process(tmp_path)) == Trouble(missing)
    assert (tmp_path / "vault.db").read_bytes() == before


def test_the_trouble_is_told_and_one_may_try_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        holder = an_enrolled_process(tmp_path)
        process = a_process(tmp_path)
        async with a_page(process) as page:
            assert "The records can’t be opened" in page.texts()
            assert any("already open" in text for text in page.texts())
            await page.tap("trouble.again")
            await page.until(lambda: page.shows("trouble.same"))
            await asyncio.to_thread(holder.file().close)
            await page.tap("trouble.again")
            await page.until(lambda: "Who are you?" in page.texts())
        await process.close()

    asyncio.run(scenario())


def test_the_language_is_chosen_before_anything_is_set_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        process = a_process(tmp_path)
        async with a_page(process) as page:
            await page.enter("enrol.name", "Tablet 3")
            await page.tap("enrol.languages")
            await page.tap("languages.ar")
            assert page.page.rtl
            guest = process._guest
            assert isinstance(guest, TabletSession)
            guest.kit.navigator.back()
            await page.settle()
            name = page.find("enrol.name")
            assert name.value == "Tablet 3"  # type: ignore[attr-defined]
        await process.close()

    asyncio.run(scenario())


def test_a_damaged_file_is_for_the_administrator_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        closed(tmp_path)
        (tmp_path / "vault.db").write_bytes(b"not a database" * 100)
        async with a_page(a_process(tmp_path)) as page:
            assert not page.shows("trouble.again")
            assert any("vault-set-aside-" in text for text in page.texts())

    asyncio.run(scenario())


def test_a_setting_gives_the_language_until_the_tablet_has_one(tmp_path: Path) -> None:
    assert a_process(tmp_path, language="fr").language == "fr"
    assert a_process(tmp_path, language="xx").language == "en"
    process = a_process(tmp_path, language="fr")
    process.keep_language("ar")
    assert a_process(tmp_path, language="fr").language == "ar"
