"""A confidential note: written by anybody, in the clear nowhere, read by who may."""

import asyncio
from pathlib import Path

import pytest

from app.clinic.disclosures import read_note
from app.core.compartment_wire import Compartment
from app.core.confidential import Note
from app.core.projections import by_type
from app.core.records import RecordType
from app.features.confidential.effects import loop
from app.features.confidential.state import (
    CategoryChosen,
    Model,
    SavePressed,
    TextTyped,
    update,
)
from app.features.confidential.view import view
from app.features.record.effects import load
from app.storage.compartments import Reader
from app.storage.errors import NotAllowedError
from app.storage.hpke import BoxKey
from app.ui.leaving import GoBack, LeavePressed, LossAccepted, StayPressed
from app.ui.routes import Confidential
from app.ui.screen import Screen
from tests.clinic.desks import Table, a_table, on_screen
from tests.features.record.people import register
from tests.features.record.test_roles import texts_of
from tests.storage.tablets import ANA, BO
from tests.storage.test_compartments import EMPTY, IDS, allowing, half_of, published

SAID = "أخبرتني عن العنف"


def allow(table: Table, practitioner_id: str) -> BoxKey:
    """Let somebody on this tablet read, and publish their key; returns their pair."""
    box = BoxKey.generate()
    reader = Reader(practitioner_id, table.vault.device_id, box)
    allowed = allowing(EMPTY, practitioner_id)
    ready = published(allowed, reader.owed(allowed, [half_of(reader)], IDS))
    renew(table, ready)
    return box


def renew(table: Table, compartment: Compartment) -> None:
    setup = table.vault.setup.model_copy(update={"compartments": (compartment,)})
    table.vault.renew_setup(setup)
    object.__setattr__(table.desk, "setup", setup)


def write(table: Table, patient_id: str) -> None:
    async def written() -> None:
        async with on_screen(
            Confidential(patient_id),
            lambda place, work: Screen(loop(table.desk, work, place, patient_id), view),
        ) as client:
            assert client.shows("confidential.readers")
            await client.tap("confidential.about.violence")
            await client.enter("confidential.text", SAID)
            await client.tap("confidential.save")
            await client.until(lambda: bool(notes(table, patient_id)))

    asyncio.run(written())


def notes(table: Table, patient_id: str) -> list[object]:
    found = table.vault.documents(patient_id)
    return list(by_type(found, RecordType.CONFIDENTIAL_NOTE))


def test_the_author_can_not_read_what_a_reader_can(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        box = allow(table, BO)
        write(table, amina.patient_id)
        (note,) = by_type(
            table.vault.documents(amina.patient_id), RecordType.CONFIDENTIAL_NOTE
        )
        with pytest.raises(NotAllowedError):
            read_note(table.desk, BoxKey.generate(), note)
        table.vault.practitioner_id = BO
        assert read_note(table.desk, box, note) == Note("violence", SAID)
        table.vault.practitioner_id = ANA
        log = table.vault.operations(amina.patient_id)
        batch = table.vault.pending()
        assert batch is not None
        written = f"{log}{batch}{note}"
        assert SAID not in written
        assert "violence" not in written


def test_the_record_says_that_it_is_there_and_who_may_read_it(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        allow(table, BO)
        write(table, amina.patient_id)
        assert load(table.desk, amina.patient_id, 1).readers == ("Bohdana",)
        text, keys = texts_of(table, amina)
        assert "Confidential note" in text
        assert "Who may read it: " in text
        assert "Bohdana" in text
        assert "Anastasia" in text
        assert SAID not in text
        assert "record.hidden" not in keys
        assert "record.confidential" in keys


def test_where_nobody_may_read_that_is_said_and_nothing_is_asked_for(
    tmp_path: Path,
) -> None:
    async def shown() -> None:
        with a_table(tmp_path) as table:
            amina = register(table.desk, "Amina")
            async with on_screen(
                Confidential(amina.patient_id),
                lambda place, work: Screen(
                    loop(table.desk, work, place, amina.patient_id), view
                ),
            ) as client:
                assert client.shows("confidential.nobody")
                assert not client.shows("confidential.text")
                assert not client.shows("confidential.save")

    asyncio.run(shown())


def test_it_is_saved_once_and_only_when_both_are_said() -> None:
    model = Model(("Bohdana",))
    assert update(model, SavePressed()).effects == ()
    model = update(model, CategoryChosen("hiv")).model
    assert update(model, SavePressed()).effects == ()
    model = update(model, TextTyped("  said  ")).model
    step = update(model, SavePressed())
    assert len(step.effects) == 1
    assert update(step.model, SavePressed()).effects == ()


def test_what_is_typed_is_not_lost_unasked() -> None:
    assert update(Model(("Bohdana",)), LeavePressed()).effects == (GoBack(),)
    typed = Model(("Bohdana",), "hiv", SAID)
    asked = update(typed, LeavePressed())
    assert (asked.model.asks_to_leave, asked.effects) == (True, ())
    assert update(asked.model, StayPressed()).model == typed
    gone = update(asked.model, LossAccepted())
    assert (gone.model.text, gone.effects) == ("", (GoBack(),))
    saving = update(typed, SavePressed()).model
    assert update(saving, LeavePressed()).effects == ()


def test_the_way_back_asks_before_what_is_typed_is_lost(tmp_path: Path) -> None:
    async def shown() -> None:
        with a_table(tmp_path) as table:
            amina = register(table.desk, "Amina")
            allow(table, BO)
            async with on_screen(
                Confidential(amina.patient_id),
                lambda place, work: Screen(
                    loop(table.desk, work, place, amina.patient_id), view
                ),
            ) as client:
                await client.enter("confidential.text", SAID)
                await client.tap("back")
                await client.until(lambda: client.shows("dialog.do"))
                assert "If you leave, it is lost." in " ".join(client.texts())
                await client.tap("dialog.cancel")
                assert client.shows("confidential.save")

    asyncio.run(shown())


def test_what_was_said_is_in_no_error_text() -> None:
    model = Model(("Bohdana",), "hiv", SAID)
    assert SAID not in f"{model}{update(model, SavePressed())}{TextTyped(SAID)}"
    assert SAID not in f"{Note('hiv', SAID)!r}"
