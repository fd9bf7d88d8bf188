"""Home over a real vault: the queue, the search, and what exists only here."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.clinic import registration, visits
from app.clinic.library import Library, read_library
from app.clinic.screening import response_key
from app.core.canonical import Json
from app.core.change import Change
from app.core.summary import Station
from app.core.values import NameStatus, PersonName, Sex
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.features.home import effects
from app.features.home.effects import loop
from app.features.home.state import (
    Effect,
    Event,
    Model,
    SearchTyped,
    StationPressed,
    Waiting,
)
from app.ui.loop import Loop
from app.ui.navigator import Navigator, Place
from app.ui.routes import Home
from tests.clinic.desks import Table, a_table, some_work, until

MINUTE_MS = 60_000


class Screen:
    """Home of a test."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.stations: list[Station] = []
        self.place = Place(navigator := Navigator(Home()), navigator.top)
        self.loop: Loop[Model, Event, Effect] = loop(
            table.desk, some_work(), self.place, self.stations.append
        )
        self.loop.shown()

    def register(self, latin: str) -> registration.Registered:
        desk = self.table.desk
        name = PersonName(NameStatus.SAID, latin=latin)
        made = registration.register(
            registration.Registration(Sex.FEMALE, name=name),
            desk.vault.patient_id_of_card,
            desk.ids,
            desk.wall(),
        )
        desk.save(made.change)
        return made

    def names(self, station: Station = Station.TRIAGE) -> list[str]:
        return [p.latin for p in self.loop.model.waiting.at(station)]


def run(
    folder: Path,
    scenario: Callable[[Screen], Coroutine[Any, Any, None]],
    library: Library | None = None,
) -> None:
    async def in_loop() -> None:
        with a_table(folder) as table:
            table.desk = replace(table.desk, library=library or table.desk.library)
            screen = Screen(table)
            await scenario(screen)
            screen.loop.left()

    asyncio.run(in_loop())


def test_who_is_urgent_comes_first_and_then_who_waits_longest(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        desk = screen.table.desk
        made = {}
        for name in ("First", "Second", "Third"):
            made[name] = screen.register(name)
            screen.table.tablet.wall.advance(MINUTE_MS)
        third = made["Third"]
        key = visits.encounter_key(third.patient_id, third.encounter_id)
        desk.save(visits.set_urgency(key, urgent=True))
        await until(lambda: screen.names() == ["Third", "First", "Second"])

    run(tmp_path, scenario)


def raise_flag(screen: Screen, person: registration.Registered, code: str) -> None:
    """Save vital signs that raised a red flag."""
    form = screen.table.desk.library.planned("vital-signs")
    assert form is not None
    change = Change()
    answer: Json = {"values": [], "flags": [code]}
    change.set(
        response_key(person.patient_id, f"response-{person.patient_id}"),
        {
            "questionnaire": form.canonical,
            "encounter": person.encounter_id,
            "answer.:heart-rate": answer,
        },
    )
    screen.table.desk.save(change)


def test_a_red_flag_that_may_wait_makes_nobody_urgent(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        made = {}
        for name in ("First", "Second", "Third"):
            made[name] = screen.register(name)
            screen.table.tablet.wall.advance(MINUTE_MS)
        raise_flag(screen, made["Second"], "heart-rate-low")
        raise_flag(screen, made["Third"], "heart-rate-very-low")
        await until(lambda: screen.names() == ["Third", "First", "Second"])
        people = screen.loop.model.waiting.at(Station.TRIAGE)
        assert [person.urgent for person in people] == [True, False, False]
        screen.loop.dispatch(SearchTyped("second"))
        await until(lambda: bool(screen.loop.model.found))
        assert not screen.loop.model.found[0].urgent

    run(tmp_path, scenario, read_library())


def test_search_says_who_exists_only_on_this_tablet(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        made = screen.register("Amina")
        screen.loop.dispatch(SearchTyped("ami"))
        await until(lambda: bool(screen.loop.model.found))
        assert screen.loop.model.found_only_here == {made.patient_id}
        await until(lambda: made.patient_id in screen.loop.model.waiting.only_here)

    run(tmp_path, scenario)


def test_who_has_anything_unsent_is_marked_whatever_was_sent_before(
    tmp_path: Path,
) -> None:
    async def scenario(screen: Screen) -> None:
        made, vault = screen.register("Amina"), screen.table.vault
        await until(lambda: made.patient_id in screen.loop.model.waiting.only_here)
        taken = [e.header.operation_id for e in vault.operations(made.patient_id)]
        vault.record_outcomes(
            PushResponse(
                outcomes=tuple(
                    PushOutcome(operation_id=each, outcome=Outcome.ACCEPTED)
                    for each in taken
                ),
                acknowledged=len(taken),
                server_ms=0,
                epoch="epoch-1",
            )
        )
        await until(lambda: not screen.loop.model.waiting.only_here)
        key = visits.encounter_key(made.patient_id, made.encounter_id)
        screen.table.desk.save(visits.set_urgency(key, urgent=True))
        await until(lambda: made.patient_id in screen.loop.model.waiting.only_here)

    run(tmp_path, scenario)


def test_a_storm_of_changes_loads_the_queue_a_few_times_and_ends_at_the_newest(
    tmp_path: Path,
) -> None:
    async def scenario(screen: Screen) -> None:
        await until(lambda: screen.loop.model.is_loaded)
        loaded: list[Waiting] = []
        screen.loop.subscribe(lambda: loaded.append(screen.loop.model.waiting))
        names = {f"N{number:02}" for number in range(20)}
        for name in sorted(names):
            screen.register(name)
        await until(lambda: set(screen.names()) == names)
        assert len(loaded) <= 5

    run(tmp_path, scenario)


def test_waiting_times_move_on_while_home_is_in_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "REFRESH_SECONDS", 0.02)

    async def scenario(screen: Screen) -> None:
        await until(lambda: screen.loop.model.is_loaded)
        before = screen.loop.model.waiting.now_ms
        screen.table.tablet.wall.advance(MINUTE_MS)
        await until(lambda: screen.loop.model.waiting.now_ms == before + MINUTE_MS)

    run(tmp_path, scenario)


def test_the_station_is_handed_on_to_be_kept(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        screen.loop.dispatch(StationPressed(Station.NURSE))
        assert screen.stations == [Station.NURSE]

    run(tmp_path, scenario)
