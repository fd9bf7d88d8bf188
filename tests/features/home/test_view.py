"""Home as it is seen: never a finding, and whoever is only here is marked."""

import asyncio
from pathlib import Path

from app.bootstrap.session import TabletSession
from app.clinic import registration, visits
from app.core.birth import BirthSource, birth_of_parts
from app.core.values import NameStatus, PersonName, Sex
from app.i18n.formats import local_day
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked


def test_a_row_shows_first_name_code_and_waiting_time_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        process = an_enrolled_process(tmp_path)
        async with a_page(process) as page:
            await unlocked(page)
            assert isinstance(process._guest, TabletSession)
            desk = process._guest.desk
            name = PersonName(NameStatus.SAID, latin="Amina Haddad")
            today = local_day(desk.wall(), desk.setup.site.zone)
            birth = birth_of_parts(("1991", "3", "14"), BirthSource.SAID, today)
            given = registration.Registration(Sex.FEMALE, birth, "ar", name=name)
            made = registration.register(
                given, desk.vault.patient_id_of_card, desk.ids, desk.wall()
            )
            desk.save(made.change)
            key = visits.encounter_key(made.patient_id, made.encounter_id)
            desk.save(visits.set_urgency(key, urgent=True))
            row = f"home.person.{made.patient_id}"
            await page.until(lambda: page.shows(row) and "Urgent" in page.texts())
            texts = " ".join(page.texts())
            assert "Amina" in texts
            assert "Only on this tablet" in texts
            for hidden in ("Haddad", "Female", "1991", "Arabic"):
                assert hidden not in texts
        await process.close()

    asyncio.run(scenario())
