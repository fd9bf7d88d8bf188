"""Console against a real server: one merged record, contradictions and authors."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.core.projections import View
from app.features.console.effects import Desk, loop
from app.features.console.record_view import in_reading_order
from app.features.console.state import (
    Effect,
    Event,
    Model,
    Opened,
    PatientPressed,
    SignOutPressed,
)
from app.features.signin import effects as signin
from app.features.signin.state import NameTyped, PassphraseTyped, SignInPressed
from app.sync.console_session import ConsoleSession
from app.ui.loop import Loop
from app.ui.navigator import Navigator, Place
from app.ui.routes import ConsolePatients, ConsoleSignIn
from app.ui.work import Work
from tests.clinic.desks import some_work, until
from tests.features.console.screens import show
from tests.server.deployments import PASSPHRASE, TestDeployment, deployed, served
from tests.support.connection import connected

PERSON = RecordKey("Patient", "amina", "amina")
PHQ9 = "https://tessera.example/Questionnaire/phq9|"


@dataclass
class Coordination:
    """A server with one person, whose sex two tablets wrote."""

    deployment: TestDeployment
    url: str

    def session(self) -> ConsoleSession:
        return ConsoleSession(self.url)


@pytest.fixture
def coordination(tmp_path: Path) -> Iterator[Coordination]:
    with deployed(tmp_path) as deployment:
        deployment.give_passphrase()
        write(deployment)
        with served(deployment) as client:
            yield Coordination(deployment, str(client.base_url))


def write(deployment: TestDeployment) -> None:
    one, other = deployment.device("tablet-a"), deployment.device("tablet-b")
    name: Json = {"status": "said", "original": "", "latin": "Amina"}
    old = RecordKey("Encounter", "old-visit", "amina")
    new = RecordKey("Encounter", "new-visit", "amina")
    response = RecordKey("QuestionnaireResponse", "response", "amina")
    score = RecordKey("Score", "score", "amina")
    answer: Json = {"values": [{"valueBoolean": True}], "flags": ["suicide-risk"]}
    one.write((PERSON, {"name": name, "sex": "female"}))
    one.write((old, {"started_at": 1, "status": {"status": "finished"}}))
    one.write((new, {"started_at": 2, "status": {"status": "arrived"}}))
    one.write(
        (
            response,
            {
                "questionnaire": PHQ9,
                "encounter": "new-visit",
                "answer.:/44260-8": answer,
            },
        ),
        (
            score,
            {
                "response": "response",
                "result": {"questionnaire": PHQ9, "total": "17", "band": "none"},
            },
        ),
    )
    other.write((PERSON, {"sex": "male"}))
    deployment.push(one)
    deployment.push(other)


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_a_coordinator_signs_in_and_a_wrong_passphrase_is_told(
    coordination: Coordination,
) -> None:
    async def scenario() -> None:
        place = Place(navigator := Navigator(ConsoleSignIn()), navigator.top)
        names: list[str] = []
        session = coordination.session()
        screen = signin.loop(session, some_work(), place, names.append)
        screen.dispatch(NameTyped("Clara"))
        for typed in ("wrong", PASSPHRASE):
            screen.dispatch(PassphraseTyped(typed))
            screen.dispatch(SignInPressed())
            await until(lambda: not screen.model.busy)
            if typed == "wrong":
                assert screen.model.problem is ProblemCode.SIGN_IN_WRONG
        assert names == ["Clara"]
        assert navigator.top.route == ConsolePatients()
        session.close()

    run(scenario)


@dataclass
class Console:
    """A signed-in console, and where it stands."""

    loop: Loop[Model, Event, Effect]
    navigator: Navigator
    session: ConsoleSession
    work: Work

    async def close(self) -> None:
        await self.work.settled()
        self.session.close()

    async def opened(self) -> Opened:
        self.loop.shown()
        await until(lambda: bool(self.loop.model.patients))
        self.loop.dispatch(PatientPressed("amina"))
        await until(lambda: self.loop.model.opened is not None)
        assert self.loop.model.opened is not None
        return self.loop.model.opened


def signed_in(coordination: Coordination) -> Console:
    session = coordination.session()
    session.sign_in("Clara", PASSPHRASE)
    place = Place(navigator := Navigator(ConsolePatients()), navigator.top)
    desk = Desk(session, lambda: 1, lambda: None)
    work = some_work()
    return Console(loop(desk, work, place), navigator, session, work)


def test_the_list_marks_what_the_record_says_with_its_authors(
    coordination: Coordination,
) -> None:
    async def scenario() -> None:
        console = signed_in(coordination)
        record = await console.opened()
        (listed,) = console.loop.model.patients
        assert (listed.conflicts, listed.red_flags) == (1, ("suicide-risk",))
        sex = View(record.documents["amina"]).conflicts()["sex"]
        devices = {w.at.device_id for w in (sex.write, *sex.others)}
        assert {record.names.devices[d] for d in devices} == {"tablet-a", "tablet-b"}
        assert set(record.names.practitioners.values()) >= {"Nadia"}
        assert set(record.names.zones.values()) == {"Europe/Athens"}
        await console.close()

    run(scenario)


def test_the_newest_visit_is_read_first_and_a_result_before_its_answers(
    coordination: Coordination,
) -> None:
    async def scenario() -> None:
        console = signed_in(coordination)
        record = await console.opened()
        order = [d.record_id for d in in_reading_order(record.documents.values())]
        assert order == ["amina", "new-visit", "score", "response", "old-visit"]
        await console.close()

    run(scenario)


def test_signing_out_leads_to_the_door(coordination: Coordination) -> None:
    async def scenario() -> None:
        console = signed_in(coordination)
        await console.opened()
        console.loop.dispatch(SignOutPressed())
        await until(lambda: console.navigator.top.route == ConsoleSignIn())
        await until(lambda: not console.session.is_signed_in)
        await console.close()

    run(scenario)


@pytest.mark.parametrize("width", [1280.0, 360.0])
def test_a_record_shows_every_value_with_who_wrote_it_where_and_when(
    coordination: Coordination, width: float
) -> None:
    async def scenario() -> None:
        console = signed_in(coordination)
        await console.opened()
        async with connected({"width": width, "height": 800.0}) as client:
            show(client, console.loop, width, console.navigator)
            await client.settle()
            said = "\n".join(client.texts())
        for part in ("Female", "Male", "Nadia", "tablet-a", "tablet-b", "Port", "17"):
            assert part in said, part
        assert "Thoughts of being better off dead" in said
        assert "1 contradiction is not decided yet" in said
        assert "newer version" not in said
        await console.close()

    run(scenario)
