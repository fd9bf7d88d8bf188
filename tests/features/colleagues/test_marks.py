"""Somebody unconfirmed is marked wherever the name is shown."""

import asyncio
from pathlib import Path

from app.core.timeline import Moment
from app.core.wire import PractitionerInfo
from app.i18n import Translator
from app.ui.provenance import by, names_of
from tests.bootstrap.tablets import a_page, an_enrolled_process
from tests.storage.tablets import ANA, PIN, SETUP

NEW_PIN = "906152"
MARK = "Not confirmed yet"


def test_the_lock_screen_and_the_strip_mark_who_is_unconfirmed(tmp_path: Path) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        vault = process.file().choose_pin(ANA, PIN)
        new = vault.add_colleague("Maria", "mediator")
        vault.add_slot(new, NEW_PIN)
        vault.close()
        async with a_page(process) as page:
            await page.until(lambda: page.shows(f"unlock.person.{new}"))
            assert page.texts().count(MARK) == 1
            await page.tap(f"unlock.person.{new}")
            for digit in NEW_PIN:
                await page.tap(f"unlock.pad.{digit}")
            await page.tap("unlock.continue")
            await page.until(lambda: page.shows("home.register"))
            await page.until(lambda: MARK in page.texts())
            await page.tap("home.colleagues")
            await page.until(lambda: page.shows("colleagues.unconfirmed"))
            assert not page.shows("colleagues.add")
        await process.close()

    asyncio.run(scenario())


def test_a_timeline_marks_who_is_unconfirmed_and_names_who_left() -> None:
    maria = PractitionerInfo(
        practitioner_id="maria", name="Maria", role="nurse", confirmed=False
    )
    ana, bo = SETUP.practitioners
    setup = SETUP.model_copy(update={"practitioners": (ana, maria), "former": (bo,)})
    names = names_of(setup)

    def said(practitioner_id: str) -> str:
        place = (practitioner_id, "device-a", SETUP.site.site_id)
        return by(Translator("en"), Moment("c", 0, *place, ()), names)

    assert said("maria") == f"Maria · {MARK} · A · Port"
    assert said(ana.practitioner_id) == "Anastasia · A · Port"
    assert said(bo.practitioner_id) == "Bohdana · A · Port"
