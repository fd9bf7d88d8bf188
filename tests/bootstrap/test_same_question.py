"""A lock in the middle of a screening: who unlocks goes on at the same question."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.bootstrap.session import TabletSession
from app.bootstrap.tablet import TabletProcess
from app.bootstrap.way import HOME, Way, leads_on
from app.clinic.registration import Registration, register
from app.clinic.screening import answers_of
from app.core.projections import responses
from app.core.questionnaire import ItemPath
from app.core.summary import PatientSummary
from app.core.values import Sex
from app.core.wire import Role
from app.storage.rows import Rows
from app.storage.sealing import Namer, Sealer
from app.storage.unlocked import Keyed, Unlocked
from app.ui.routes import Home, Plan, Record, Result, Route, Screening, Sync, Unlock
from tests.bootstrap.tablets import a_page, an_enrolled_process, unlocked
from tests.bootstrap.test_idle import scrolled
from tests.features.record.people import named
from tests.features.screening.ward import VITALS
from tests.storage.tablets import ANA, BO, OTHER_PIN, PIN
from tests.support.connection import Client

Scenario = Callable[[Client, TabletSession], Coroutine[Any, Any, None]]
BEGIN = ("screening.company.nobody", "screening.start", "screening.next")


def run(folder: Path, scenario: Scenario) -> None:
    async def in_loop() -> None:
        process = an_enrolled_process(folder)
        async with a_page(process) as page:
            await unlocked(page)
            await scenario(page, guest(process))
        await process.close()

    asyncio.run(in_loop())


def guest(process: TabletProcess) -> TabletSession:
    assert isinstance(process._guest, TabletSession)
    return process._guest


async def unlock(page: Client, who: str, pin: str) -> None:
    """Pick a name and give the PIN, wherever that leads."""
    await page.until(lambda: page.shows(f"unlock.person.{who}"))
    await page.tap(f"unlock.person.{who}")
    await page.until(lambda: page.shows(f"unlock.pad.{pin[0]}"))
    for digit in pin:
        await page.tap(f"unlock.pad.{digit}")
    await page.tap("unlock.continue")
    await page.until(lambda: not page.shows("unlock.continue"))


async def in_the_middle(page: Client, session: TabletSession) -> Screening:
    """Answer the first question of the second page; return where one is."""
    desk = session.desk
    given = Registration(Sex.FEMALE, name=named("Amina"), language="ar")
    person = register(given, desk.vault.patient_id_of_card, desk.ids, desk.wall())
    desk.save(person.change)
    navigator = session.kit.navigator
    navigator.go(Plan(person.patient_id, person.encounter_id))
    asked = Screening(person.patient_id, person.encounter_id, VITALS)
    navigator.go(asked)
    for key in BEGIN:
        await page.until(lambda key=key: page.shows(key))  # type: ignore[misc]
        await page.tap(key)
    await page.until(lambda: page.shows("q:heart-rate.text"))
    await page.enter("q:heart-rate.text", "72")
    return asked


def test_who_locked_goes_on_at_the_page_and_with_the_way_behind(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        asked = await in_the_middle(page, session)
        shown = page_key(session)
        await session.locked()
        assert session.kit.navigator.value[0].route == Unlock()
        await unlock(page, ANA, PIN)
        await page.until(lambda: page.shows("q:heart-rate.text"))
        assert page.find("q:heart-rate.text").value == "72"  # type: ignore[attr-defined]
        assert page_key(session) == shown
        way = [entry.route for entry in session.kit.navigator.value]
        assert way[:2] == [Home(), Plan(asked.patient_id, asked.encounter_id)]
        assert len(way) == 3

    run(tmp_path, scenario)


def test_the_same_lines_are_in_view_again(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        await in_the_middle(page, session)
        panes = [key for key in page.keys() if key.startswith("pane.questions")]  # noqa: SIM118
        await page.fire(panes[0], "scroll", scrolled(320.0))
        await session.locked()
        page.connection.calls.clear()
        await unlock(page, ANA, PIN)
        await page.until(lambda: page.shows("q:heart-rate.text"))
        await page.until(lambda: scroll_calls(page) == [320.0])
        await page.settle()
        assert scroll_calls(page) == [320.0]

    run(tmp_path, scenario)


def scroll_calls(page: Client) -> list[float]:
    calls = [c for c in page.connection.calls if c.name == "scroll_to"]
    return [call.arguments["offset"] for call in calls]


def page_key(session: TabletSession) -> str:
    """The page of the screening that is on top."""
    model: Any = session._screens[session.kit.navigator.top].loop.model
    return str(model.page.key)


def test_a_colleague_goes_on_and_is_the_author_from_then_on(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        session.desk.vault.add_slot(BO, OTHER_PIN)
        asked = await in_the_middle(page, session)
        session.lock()
        await session.locked()
        await unlock(page, BO, OTHER_PIN)
        await page.until(lambda: page.shows("q:heart-rate.text"))
        await page.enter("q:heart-rate.text", "96")
        await session.locked()
        await unlock(page, ANA, PIN)
        await page.until(lambda: page.shows("q:heart-rate.text"))
        documents = session.desk.vault.documents(asked.patient_id)
        (response,) = responses(documents)
        shown = dict(response.answers())[":heart-rate"]
        assert shown.write.practitioner_id == BO
        log = session.desk.vault.operations(asked.patient_id)
        assert {entry.header.practitioner_id for entry in log} == {ANA, BO}
        assert answers_of(response)[ItemPath("heart-rate")].values[0].data

    run(tmp_path, scenario)


def test_changing_hands_is_one_tap_and_leads_to_the_names(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        vault = session.desk.vault
        await page.until(lambda: page.shows("strip.hands"))
        await page.tap("strip.hands")
        await page.until(lambda: page.shows(f"unlock.person.{ANA}"))
        await session.locked()
        assert not vault.is_open
        await unlocked(page)

    run(tmp_path, scenario)


def test_what_is_remembered_while_locked_are_ids(tmp_path: Path) -> None:
    async def scenario(page: Client, session: TabletSession) -> None:
        asked = await in_the_middle(page, session)
        await session.locked()
        way = session.process.way.routes
        person = {asked.patient_id, asked.encounter_id}
        form = {VITALS, ":breathing-and-heart"}
        kept = {str(value) for route in way for value in asdict(route).values()}
        (response_id,) = kept - person - form
        assert str(UUID(response_id)) == response_id
        await unlock(page, ANA, PIN)

    run(tmp_path, scenario)


KEYED = (Rows, Namer, Keyed, Unlocked, PatientSummary)


def reachable(*kinds: type) -> list[object]:
    """Everything of these kinds that this process still holds."""
    gc.collect()
    return [each for each in gc.get_objects() if type(each) in kinds]


def test_no_key_and_nothing_of_the_index_can_be_reached_after_a_lock(
    tmp_path: Path,
) -> None:
    others = {id(each): each for each in reachable(*KEYED)}  # Of tests before.

    def held() -> list[str]:
        new = [each for each in reachable(*KEYED) if id(each) not in others]
        return sorted({type(each).__name__ for each in new})

    async def scenario(page: Client, session: TabletSession) -> None:
        await in_the_middle(page, session)
        assert held() == sorted(kind.__name__ for kind in KEYED)
        open_sealers = len(reachable(Sealer))
        index = weakref.ref(session.desk.vault._unlocked.index)
        await session.locked()
        await page.settle()
        page.connection.patches.clear()  # A real client's are gone once they are sent.
        assert held() == []
        assert len(reachable(Sealer)) < open_sealers
        assert index() is None
        await unlock(page, ANA, PIN)
        await page.until(lambda: page.shows("q:heart-rate.text"))

    run(tmp_path, scenario)


@pytest.mark.parametrize(
    ("role", "route", "leads"),
    [
        (Role.NURSE, Result("p", "e", "r"), True),
        (Role.COORDINATOR, Result("p", "e", "r"), True),
        (Role.MEDIATOR, Result("p", "e", "r"), False),
        (Role.MEDIATOR, Screening("p", "e", "q"), True),
        (Role.NGO_STAFF, Record("p"), False),
        (Role.NGO_STAFF, Sync(), True),
        (Role.ADMINISTRATOR, Screening("p", "e", "q"), False),
        ("a newer role", Record("p"), False),
    ],
)
def test_a_colleague_is_led_where_their_role_works(
    role: str, route: Route, *, leads: bool
) -> None:
    assert leads_on(role, route) is leads


def test_one_is_led_as_far_as_ones_role_goes() -> None:
    way = Way((Home(), Plan("p", "e"), Result("p", "e", "r")))
    assert way.for_role(Role.NURSE) == way.routes
    assert way.for_role(Role.MEDIATOR) == (Home(), Plan("p", "e"))
    assert way.for_role(Role.NGO_STAFF) == HOME


def test_a_lock_before_anybody_stood_anywhere_forgets_nothing() -> None:
    way = Way().left_at((Home(), Record("p")), {"": 40.0})
    assert way.left_at((Unlock(),), {}) == way
