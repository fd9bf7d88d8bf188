"""What each role sees of a record, and that nothing that is there looks empty."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.clinic.registration import Registered
from app.features.record.effects import load, loop
from app.features.record.view import view
from app.i18n.formats import local_day
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.routes import Record
from app.ui.screen import Screen
from tests.clinic.desks import Table, a_table, on_screen
from tests.features.record.people import register, screen


def texts_of(table: Table, person: Registered) -> tuple[str, frozenset[str]]:
    """What stands on the record's screen, and the keys of its controls."""

    def draw(model: object, dispatch: object, look: Look) -> Frame:
        desk = table.desk
        today = local_day(desk.wall(), desk.setup.site.zone)
        words = RecordWords(look.t, desk.library, desk.setup.site.zone, today)
        return view(model, dispatch, look, words)  # type: ignore[arg-type]

    async def drawn() -> tuple[str, frozenset[str]]:
        patient_id = person.patient_id
        async with on_screen(
            Record(patient_id),
            lambda place, work: Screen(loop(table.desk, work, place, patient_id), draw),
        ) as client:
            await client.until(lambda: client.shows("record.person"))
            return "\n".join(client.texts()), frozenset(client.keys())

    return asyncio.run(drawn())


def as_role(table: Table, role: str) -> Table:
    who = table.desk.practitioner.model_copy(update={"role": role})
    return replace(table, desk=replace(table.desk, practitioner=who))


ALARM, FLAG = "record.alarm", "record.flag.response-1.suicide-risk"


@pytest.mark.parametrize("role", ["nurse", "coordinator"])
def test_clinicians_see_all_of_it(tmp_path: Path, role: str) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        screen(table.desk, amina)
        text, keys = texts_of(as_role(table, role), amina)
        assert FLAG in keys
        assert "Score" in text
        assert "not shown to your role" not in text
        assert "record.hidden" not in keys


@pytest.mark.parametrize("role", ["mediator", "ngo-staff", "administrator"])
def test_others_are_told_of_an_alarm_and_that_something_is_not_shown(
    tmp_path: Path, role: str
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        screen(table.desk, amina)
        text, keys = texts_of(as_role(table, role), amina)
        assert ALARM in keys
        assert "record.hidden" in keys
        assert FLAG not in keys
        assert "Score" not in text
        assert "Not shown to your role" in text


def test_a_mediator_has_the_answers_in_the_record_and_ngo_staff_do_not(
    tmp_path: Path,
) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        screen(table.desk, amina)
        found = {
            role: {
                d.record_type
                for d in load(
                    as_role(table, role).desk, amina.patient_id, 1
                ).documents.values()
            }
            for role in ("mediator", "ngo-staff")
        }
        assert "QuestionnaireResponse" in found["mediator"]
        assert found["mediator"] & {"Score", "Observation"} == set()
        clinical = {"QuestionnaireResponse", "Score", "Observation"}
        assert found["ngo-staff"] & clinical == set()
        assert "Patient" in found["ngo-staff"]
