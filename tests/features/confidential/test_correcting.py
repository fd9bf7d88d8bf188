"""A confidential note that was written in error, or on the wrong person."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.clinic import disclosures
from app.core.audit import AuditEvent, AuditKind
from app.core.confidential import NOTE
from app.core.document_json import as_mapping
from app.core.merge import Document
from app.core.projections import View, by_type
from app.core.records import ENTERED_IN_ERROR, RecordType
from app.features.record.effects import load
from app.features.record.events import (
    EntryPressed,
    Event,
    RecordLoaded,
    WrongPersonPressed,
)
from app.features.record.state import Asking, Model, update
from app.storage import DiskFullError
from app.storage.errors import NotAllowedError
from app.ui.routes import Disclosure
from tests.clinic.desks import Table, a_table
from tests.clinic.test_auditing import events
from tests.features.confidential.test_confidential import allow
from tests.features.confidential.test_reading import SAID, a_note, let_ana_read, pragma
from tests.features.record.people import register
from tests.features.record.test_glass import the_record
from tests.features.record.test_roles import as_role
from tests.storage.tablets import ANA, BO


def notes(table: Table, patient_id: str) -> list[Document]:
    kind = RecordType.CONFIDENTIAL_NOTE
    return list(by_type(table.vault.documents(patient_id), kind))


def hidden(table: Table) -> list[AuditEvent]:
    kinds = {AuditKind.NOTE_IN_ERROR.value, AuditKind.NOTE_MOVED.value}
    return [each for each in events(table.vault) if each.kind in kinds]


def error_of(document: Document) -> dict[str, object]:
    return dict(as_mapping(View(document).value(ENTERED_IN_ERROR)))


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_one_that_was_written_in_error_is_kept_and_shown_to_nobody(
    tmp_path: Path, tag: str
) -> None:
    async def run(table: Table, patient_id: str, note: Disclosure) -> None:
        key = f"record.note.{note.record_id}"
        async with the_record(table, patient_id, tag) as client:
            assert client.shows(f"record.read.{note.record_id}")
            await client.tap(key)
            await client.tap("record.what.error")
            await client.tap("dialog.mistyped")
            await client.until(lambda: client.shows(f"{key}.error"))
            assert not client.shows(f"record.read.{note.record_id}")
            if tag == "en":
                assert "Entered in error" in client.texts()

    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        note = a_note(table, amina.patient_id)
        before = View(notes(table, amina.patient_id)[0]).value(NOTE)
        asyncio.run(run(table, amina.patient_id, note))
        (kept,) = notes(table, amina.patient_id)
        assert View(kept).value(NOTE) == before
        assert error_of(kept)["reason"] == "mistyped"
        (event,) = hidden(table)
        assert (event.kind, event.practitioner_id) == ("note-in-error", ANA)
        assert (event.record_id, event.reason) == (note.record_id, "mistyped")
        with pytest.raises(NotAllowedError):
            disclosures.open_note(table.desk, amina.patient_id, note.record_id)
        with pytest.raises(NotAllowedError):
            disclosures.enter_in_error(table.desk, kept, "mistyped")


def test_a_reader_moves_it_to_the_right_person_where_it_opens(tmp_path: Path) -> None:
    async def run(table: Table, wrong: str, right: str, note: Disclosure) -> None:
        async with the_record(table, wrong) as client:
            await client.tap(f"record.note.{note.record_id}")
            await client.tap("record.what.wrong")
            await client.enter("record.right", "Samira")
            await client.until(lambda: client.shows(f"record.right.{right}"))
            await client.tap(f"record.right.{right}")
            assert "Confidential note" in " ".join(client.texts())
            await client.tap("record.move")
            await client.tap("dialog.mistyped")
            await client.until(lambda: client.shows("record.done"))
            assert SAID not in " ".join(client.texts())

    with a_table(tmp_path) as table:
        amina, samira = register(table.desk, "Amina"), register(table.desk, "Samira")
        let_ana_read(table)
        note = a_note(table, amina.patient_id)
        asyncio.run(run(table, amina.patient_id, samira.patient_id, note))
        (moved,) = notes(table, samira.patient_id)
        read, _document = disclosures.open_note(
            table.desk, samira.patient_id, moved.record_id
        )
        assert (read.category, read.text) == ("violence", SAID)
        (left,) = notes(table, amina.patient_id)
        error = error_of(left)
        assert (error["wrong_person"], error["moved_to"]) == (True, moved.record_id)
        (event,) = hidden(table)
        assert (event.kind, event.patient_id) == ("note-moved", amina.patient_id)


def test_who_can_not_read_it_can_only_mark_it(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        amina, samira = register(table.desk, "Amina"), register(table.desk, "Samira")
        allow(table, BO)
        note = a_note(table, amina.patient_id)
        model = opened(table, amina.patient_id, EntryPressed(note.record_id))
        assert (model.asking, model.may_move) == (Asking.WHAT, False)
        assert update(model, WrongPersonPressed()).model.asking is Asking.WHAT
        (document,) = notes(table, amina.patient_id)
        with pytest.raises(NotAllowedError):
            disclosures.move_note(table.desk, document, samira.patient_id, "mistyped")
        assert notes(table, samira.patient_id) == []
        disclosures.enter_in_error(table.desk, document, "twice")
        assert error_of(notes(table, amina.patient_id)[0])["reason"] == "twice"


def test_who_neither_wrote_nor_may_read_nor_sees_results_takes_none_out_of_sight(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        allow(table, BO)
        note = a_note(table, amina.patient_id)
        as_author = as_role(table, "mediator")  # Ana, who wrote it
        assert disclosures.may_hide(as_author.desk, notes(table, amina.patient_id)[0])
        cy = as_author.desk.practitioner.model_copy(update={"practitioner_id": "cy"})
        other = replace(as_author, desk=replace(as_author.desk, practitioner=cy))
        model = opened(other, amina.patient_id, EntryPressed(note.record_id))
        assert model.asking is Asking.NOTHING
        with pytest.raises(NotAllowedError):
            disclosures.enter_in_error(
                other.desk, notes(table, amina.patient_id)[0], "twice"
            )


def test_where_the_audit_refuses_it_stays_in_sight(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        let_ana_read(table)
        note = a_note(table, amina.patient_id)
        pragma(table, "max_page_count = 1")
        for number in range(200):  # until what is free in the file is used up
            table.desk.trail.read(f"patient-{number}")
        (document,) = notes(table, amina.patient_id)
        with pytest.raises(DiskFullError):
            disclosures.enter_in_error(table.desk, document, "twice")
        pragma(table, "max_page_count = 1000000")
        assert not View(table.vault.document(note.record_id)).entered_in_error  # type: ignore[arg-type]


def opened(table: Table, patient_id: str, event: Event) -> Model:
    loaded = load(table.desk, patient_id, 1)
    model = update(Model(patient_id), RecordLoaded(loaded)).model
    return update(model, event).model
