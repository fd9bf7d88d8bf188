"""Somebody who came back: what a colleague wrote meanwhile is not lost, nor hidden."""

from pathlib import Path

from app.clinic.registration import Registration, update
from app.core.change import Authorship
from app.core.projections import PatientView, patient_view
from app.core.values import NameStatus, PersonName
from app.features.register.events import Pressed
from app.features.register.form import Field
from app.ui.routes import Register
from tests.clinic.desks import Table
from tests.features.register.desk import WITH_CARD, opened, run
from tests.storage.tablets import BO, PORT


def colleague_writes(table: Table, patient_id: str, given: Registration) -> None:
    change = update(patient_id, given, table.desk.ids)
    table.vault.commit(change, author=Authorship(BO, PORT.site_id))


def patient(table: Table, patient_id: str) -> PatientView:
    found = patient_view(table.vault.documents(patient_id))
    assert found is not None
    return found


def test_a_draft_that_is_back_brings_no_older_record_with_it(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        left = await opened(table, Register(returning=patient_id))
        await left.fill(Pressed(Field.ORIGIN, "ER"))
        name = PersonName(NameStatus.SAID, latin="Amina Haile")
        colleague_writes(table, patient_id, Registration(name=name, language="ti"))
        back = await opened(table, Register(returning=patient_id))
        assert back.model.restored
        assert (back.model.form.origin, back.model.form.latin) == ("ER", "Amina Haile")
        await back.save()
        found = patient(table, patient_id)
        assert (found.name, found.language) == (name, "ti")
        assert found.text("origin") == "ER"
        assert found.conflicts() == {}

    run(tmp_path, scenario)


def test_what_a_colleague_wrote_unseen_is_not_replaced(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        screen = await opened(table, Register(returning=patient_id))
        colleague_writes(table, patient_id, Registration(origin="SY"))
        await screen.fill(Pressed(Field.ORIGIN, "ER"))
        await screen.save()
        found = patient(table, patient_id)
        assert set(found.conflicts()) == {"origin"}
        said = {write.value for write in found.document.writes("origin")}
        assert said == {"SY", "ER"}

    run(tmp_path, scenario)


def test_a_draft_remembers_what_was_seen_when_it_was_typed(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        patient_id = await (await (await opened(table)).fill(*WITH_CARD)).save()
        left = await opened(table, Register(returning=patient_id))
        await left.fill(Pressed(Field.ORIGIN, "ER"))
        colleague_writes(table, patient_id, Registration(origin="SY"))
        await (await opened(table, Register(returning=patient_id))).save()
        assert set(patient(table, patient_id).conflicts()) == {"origin"}

    run(tmp_path, scenario)
