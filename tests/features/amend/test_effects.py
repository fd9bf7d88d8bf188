"""Amend over a real vault: what is typed survives, what nobody saw is not replaced."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.clinic.corrections import key_of
from app.clinic.registration import Registration, register
from app.core.change import Authorship, Change
from app.core.projections import PatientView
from app.core.values import NameStatus, PersonName, Sex
from app.features.amend import effects as amend
from app.features.amend.state import (
    Effect,
    Event,
    LatinTyped,
    Left,
    Model,
    SavePressed,
    SexChosen,
)
from app.ui.loop import Loop
from app.ui.routes import Amend
from tests.clinic.desks import Table, a_place, a_table, some_work, until
from tests.storage.tablets import BO

NAME = PersonName(NameStatus.SAID, "أمينة", "Amina")
Amending = Loop[Model, Event, Effect]


@contextmanager
def somebody(folder: Path) -> Iterator[tuple[Table, str]]:
    """A tablet with one person on it."""
    with a_table(folder) as table:
        desk = table.desk
        given = Registration(Sex.FEMALE, None, "ar", name=NAME)
        made = register(given, desk.vault.patient_id_of_card, desk.ids, desk.wall())
        desk.save(made.change)
        yield table, made.patient_id


async def opened(table: Table, patient_id: str, field: str) -> Amending:
    route = Amend(patient_id, "Patient", patient_id, field)
    loop = amend.loop(table.desk, some_work(), a_place(route), route)
    loop.shown()
    await until(lambda: loop.model.document is not None)
    return loop


def test_what_is_typed_survives_back_lock_and_restart_until_it_is_saved(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with somebody(tmp_path) as (table, patient_id):
            first = await opened(table, patient_id, "name")
            first.dispatch(LatinTyped("Amna"))
            await until(lambda: len(table.vault.drafts(patient_id)) == 1)
            first.dispatch(Left())
            again = await opened(table, patient_id, "name")
            assert (again.model.typed.latin, again.model.restored) == ("Amna", True)
            again.dispatch(SavePressed())
            await until(lambda: table.vault.drafts(patient_id) == ())
            document = table.vault.document(patient_id)
            assert document is not None
            assert PatientView(document).name.latin == "Amna"

    asyncio.run(run())


def test_what_a_colleague_wrote_meanwhile_stands_beside_what_is_saved_here(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        with somebody(tmp_path) as (table, patient_id):
            mine = await opened(table, patient_id, "sex")
            mine.dispatch(SexChosen("other"))
            document = table.vault.document(patient_id)
            assert document is not None
            change = Change()
            change.set(key_of(document), {"sex": "male"})
            table.vault.commit(change, author=Authorship(BO, "site-port"))
            await until(lambda: mine.model.is_overtaken)
            assert mine.model.typed.sex == "other"
            mine.dispatch(SavePressed())
            await until(lambda: table.vault.drafts(patient_id) == ())
            after = table.vault.document(patient_id)
            assert after is not None
            values = {write.value for write in after.writes("sex")}
            assert values == {"male", "other"}

    asyncio.run(run())
