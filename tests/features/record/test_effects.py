"""Record over a real vault: corrections are whole, and nothing leaves sight."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.clinic.registration import Registration, update
from app.core.change import build
from app.core.clock import HybridClock
from app.core.ids import RandomIds
from app.core.projections import View, by_type, red_flags, responses
from app.core.records import RecordType
from app.core.wire import FeedItem, PullResponse
from app.features.record.doing import Effect
from app.features.record.effects import load, loop
from app.features.record.events import (
    EntryPressed,
    ErrorPressed,
    Event,
    FieldPressed,
    MovePressed,
    PersonChosen,
    PersonTyped,
    ReasonChosen,
    RelativePressed,
    WrongPersonPressed,
)
from app.features.record.state import Asking, Model
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Amend, Record, Screening
from tests.clinic.desks import Table, a_place, a_table, some_work, until
from tests.features.record.people import child_of, register, screen
from tests.support.operations import envelope

YEAR_2096_MS = 3_976_000_000_000
Scenario = Callable[[Table], Coroutine[Any, Any, None]]


class Shown:
    """One record of a test."""

    def __init__(self, table: Table, patient_id: str) -> None:
        self.place: Place = a_place(Record(patient_id))
        self.loop: Loop[Model, Event, Effect] = loop(
            table.desk, some_work(), self.place, patient_id
        )
        self.loop.shown()

    async def say(self, *events: Event) -> None:
        await until(lambda: self.loop.model.loaded is not None)
        for event in events:
            self.loop.dispatch(event)

    @property
    def top(self) -> object:
        return self.place.navigator.top.route


def run(folder: Path, scenario: Scenario) -> None:
    async def in_loop() -> None:
        with a_table(folder) as table:
            await scenario(table)

    asyncio.run(in_loop())


def test_a_screening_in_error_takes_its_score_and_measurements_along(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        amina = register(table.desk, "Amina")
        response_id = screen(table.desk, amina)
        record = Shown(table, amina.patient_id)
        await record.say(EntryPressed(response_id), ErrorPressed())
        await record.say(ReasonChosen("twice"))
        await until(lambda: record.loop.model.corrected is Asking.ERROR_REASON)
        documents = table.vault.documents(amina.patient_id)
        struck = {d.record_type for d in documents if View(d).entered_in_error}
        assert struck == {"QuestionnaireResponse", "Score", "Observation"}
        assert red_flags(documents) == ()

    run(tmp_path, scenario)


def test_what_is_on_the_wrong_person_is_written_anew_on_the_right_one(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        amina, sara = register(table.desk, "Amina"), register(table.desk, "Sara")
        response_id = screen(table.desk, amina)
        record = Shown(table, amina.patient_id)
        await record.say(EntryPressed(response_id), WrongPersonPressed())
        await record.say(PersonTyped("sar"))
        await until(lambda: bool(record.loop.model.found))
        await record.say(PersonChosen(record.loop.model.found[0]), MovePressed())
        await record.say(ReasonChosen("mistyped"))
        await until(lambda: record.loop.model.corrected is Asking.MOVE_REASON)
        right = table.vault.documents(sara.patient_id)
        (moved,) = responses(right)
        assert moved.encounter_id == sara.encounter_id
        (score,) = by_type(right, RecordType.SCORE)
        assert View(score).text("response") == moved.record_id
        assert red_flags(right) == ("suicide-risk",)
        assert red_flags(table.vault.documents(amina.patient_id)) == ()

    run(tmp_path, scenario)


def test_a_visit_on_the_wrong_person_takes_its_screenings_along(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        amina, sara = register(table.desk, "Amina"), register(table.desk, "Sara")
        screen(table.desk, amina)
        record = Shown(table, amina.patient_id)
        await record.say(EntryPressed(amina.encounter_id), WrongPersonPressed())
        await record.say(PersonTyped("sar"))
        await until(lambda: bool(record.loop.model.found))
        await record.say(PersonChosen(record.loop.model.found[0]), MovePressed())
        await record.say(ReasonChosen("mistyped"))
        await until(lambda: record.loop.model.corrected is Asking.MOVE_REASON)
        right = table.vault.documents(sara.patient_id)
        (moved,) = responses(right)
        visits = {d.record_id for d in by_type(right, RecordType.ENCOUNTER)}
        assert moved.encounter_id in visits - {sara.encounter_id}

    run(tmp_path, scenario)


def test_a_relation_in_error_leaves_the_record_of_the_mother_too(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        mother = register(table.desk, "Amina")
        child = register(table.desk, "Sara", child_of(mother))
        kind = RecordType.RELATED_PERSON
        (link,) = by_type(table.vault.documents(child.patient_id), kind)
        record = Shown(table, child.patient_id)
        await record.say(EntryPressed(link.record_id), ErrorPressed())
        await record.say(ReasonChosen("mistyped"))
        await until(lambda: record.loop.model.corrected is Asking.ERROR_REASON)
        (of_mother,) = by_type(table.vault.documents(mother.patient_id), kind)
        assert View(of_mother).entered_in_error

    run(tmp_path, scenario)


def test_related_persons_are_named_and_can_be_opened(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        mother = register(table.desk, "Amina")
        child = register(table.desk, "Sara", child_of(mother))
        record = Shown(table, child.patient_id)
        await record.say()
        loaded = record.loop.model.loaded
        assert loaded is not None
        assert [r.name for r in loaded.relatives.values()] == ["Amina"]
        await record.say(RelativePressed(mother.patient_id))
        assert record.top == Record(mother.patient_id)

    run(tmp_path, scenario)


def test_an_answer_is_amended_where_it_was_asked_and_a_name_on_its_own_screen(
    tmp_path: Path,
) -> None:
    async def scenario(table: Table) -> None:
        amina = register(table.desk, "Amina")
        response_id = screen(table.desk, amina)
        record = Shown(table, amina.patient_id)
        await record.say(FieldPressed(response_id, "answers"))
        form = "https://example.org/form|1"
        visit = amina.encounter_id
        assert record.top == Screening(amina.patient_id, visit, form, response_id)
        other = Shown(table, amina.patient_id)
        await other.say(FieldPressed(amina.patient_id, "name"))
        patient_id = amina.patient_id
        assert other.top == Amend(patient_id, "Patient", patient_id, "name")

    run(tmp_path, scenario)


def test_what_the_server_has_not_taken_is_marked(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        amina = register(table.desk, "Amina")
        record = Shown(table, amina.patient_id)
        await record.say()
        loaded = record.loop.model.loaded
        assert loaded is not None
        written = {e.operation_id for m in loaded.moments for e in m.entries}
        assert loaded.only_here == written

    run(tmp_path, scenario)


def test_a_clock_far_ahead_does_not_head_the_timeline_for_ever(tmp_path: Path) -> None:
    async def scenario(table: Table) -> None:
        amina = register(table.desk, "Amina")
        clock = HybridClock("device-b", lambda: YEAR_2096_MS)
        change = update(amina.patient_id, Registration(origin="SY"), table.desk.ids)
        author, seen = table.vault.author, table.vault.document
        built = build(change, author, clock, RandomIds(), seen)
        item = FeedItem(
            sequence=1,
            device_id="device-b",
            operation=envelope(built[0][1]),
            clamp_ms=table.desk.wall() - 1,
        )
        page = PullResponse(cursor="e.1", items=(item,), more=False, server_ms=1)
        table.vault.apply_feed(page)
        newest, oldest = load(table.desk, amina.patient_id, 1).moments
        assert oldest.device_id == "device-b"
        assert oldest.at_ms < newest.at_ms < YEAR_2096_MS

    run(tmp_path, scenario)
