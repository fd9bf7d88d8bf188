"""Set aside against a real server: read, tried again, left out for a reason."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.clinic.library import read_library
from app.core.change import Authorship, RecordKey
from app.core.problems import ProblemCode
from app.core.set_aside_wire import LeaveOutReason, SetAsideEntry, SetAsideList, Tried
from app.core.wire import Role
from app.features.set_aside.effects import Desk, loop
from app.features.set_aside.state import (
    BackPressed,
    ChangePressed,
    ChangesFound,
    Failed,
    FindChanges,
    LeavePressed,
    LeftOutToggled,
    Model,
    OpenChange,
    ReasonChosen,
    SignOut,
    TriedAgain,
    Try,
    TryAllPressed,
    TryPressed,
    update,
)
from app.features.set_aside.view import view
from app.i18n import Translator
from app.i18n.set_aside_words import leave_out_reason, what_to_do, why
from app.sync.console_session import ConsoleSession
from app.ui.frame import Frame
from app.ui.look import Look
from app.ui.record_words import RecordWords
from app.ui.routes import ConsoleSetAside
from app.ui.screen import Screen
from sync_server.services import administration
from sync_server.services.administration import NewPractitioner
from tests.clinic.desks import on_screen
from tests.server.deployments import PASSPHRASE, TestDeployment, deployed, served
from tests.server.test_ingest import values
from tests.server.test_set_aside import NAME, listed
from tests.support.connection import Client

ANNA = RecordKey("Patient", "anna", "anna")
OMAR = RecordKey("Patient", "omar", "omar")


@dataclass
class Office:
    """A server that set two changes aside, and a coordinator who signed in."""

    deployment: TestDeployment
    session: ConsoleSession
    ids: tuple[str, str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with deployed(tmp_path) as deployment:
        deployment.give_passphrase()
        tablet = deployment.device("tablet-a")
        tablet.author = Authorship("lena", deployment.site_id)
        tablet.write((ANNA, NAME))
        tablet.write((OMAR, {"sex": "male"}))
        deployment.push(tablet)
        first, second = sorted(listed(deployment), key=lambda each: each.patient_id)
        with served(deployment) as client:
            session = ConsoleSession(str(client.base_url))
            session.sign_in("Clara", PASSPHRASE)
            yield Office(deployment, session, (first.set_aside_id, second.set_aside_id))
            session.close()


@asynccontextmanager
async def the_changes(office: Office, tag: str = "en") -> AsyncIterator[Client]:
    library = read_library()

    def drawn(model: Model, dispatch: Any, look: Look) -> Frame:
        words = RecordWords(look.t, library, "UTC", date(2026, 9, 1))
        return view(model, dispatch, look, words)

    desk = Desk(office.session, lambda: None)
    make = lambda place, work: Screen(loop(desk, work, place), drawn)  # noqa: E731
    async with on_screen(ConsoleSetAside(), make, tag) as client:
        first, _second = office.ids
        await client.until(lambda: client.shows(f"aside.change.{first}"))
        yield client


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_one_is_left_out_for_a_reason_and_stays_on_record(
    office: Office, tag: str
) -> None:
    first, second = office.ids

    async def run() -> None:
        async with the_changes(office, tag) as client:
            await client.tap(f"aside.change.{first}")
            await client.until(lambda: client.shows("aside.values.anna"))
            await client.tap("aside.leave")
            assert len(listed(office.deployment)) == 2
            await client.tap("dialog.mistake")
            await client.until(lambda: client.shows("aside.left"))
            await client.until(lambda: not client.shows(f"aside.change.{first}"))
            assert client.shows(f"aside.change.{second}")
            await client.tap("aside.filter.left-out")
            await client.until(lambda: client.shows(f"aside.change.{first}"))
            await client.tap(f"aside.change.{first}")
            await client.until(lambda: client.shows("aside.try"))
            assert not client.shows("aside.leave")

    asyncio.run(run())
    (kept,) = listed(office.deployment, left_out=True)
    assert kept.left_out is not None
    assert (kept.left_out.practitioner, kept.left_out.reason) == ("Clara", "mistake")


def test_all_are_accepted_once_their_cause_is_gone(office: Office) -> None:
    context = office.deployment.context

    async def run() -> None:
        async with the_changes(office) as client:
            await client.tap("aside.all")
            await client.until(lambda: client.shows("aside.still"))
            new = NewPractitioner("Lena", Role.NURSE, practitioner_id="lena")
            administration.add_practitioner(context.ports, context.database, new)
            await client.tap("aside.all")
            await client.until(lambda: client.shows("aside.accepted"))
            await client.until(lambda: client.shows("aside.none"))

    asyncio.run(run())
    assert values(office.deployment, "omar", "sex") == ["male"]


def entry(set_aside_id: str) -> SetAsideEntry:
    return SetAsideEntry(
        set_aside_id=set_aside_id,
        reason=ProblemCode.UNKNOWN_SITE,
        device="Tablet",
        received_at=1,
    )


FOUND = SetAsideList(total=2, changes=(entry("a"), entry("b")))


def test_nothing_is_left_out_without_a_reason_and_nothing_decided_twice() -> None:
    model = update(Model(), ChangesFound(FOUND, left_out=False)).model
    assert update(model, LeavePressed()).effects == ()
    model, effects = step(model, ChangePressed("a"))
    assert effects == (OpenChange("a"),)
    assert update(model, ReasonChosen(LeaveOutReason.MISTAKE)).effects == ()
    model, effects = step(model, TryPressed())
    assert effects == (Try(("a",)),)
    assert update(model, TryPressed()).effects == ()
    model, effects = step(model, TriedAgain(Tried(accepted=("a",), still={})))
    assert (model.selected, effects) == ("", (FindChanges(left_out=False),))
    assert step(model, TryAllPressed())[1] == (Try(("a", "b")),)


def test_an_answer_to_another_question_is_not_shown() -> None:
    model = update(Model(), ChangesFound(FOUND, left_out=False)).model
    model, effects = step(model, LeftOutToggled())
    assert (model.listed, effects) == (None, (FindChanges(left_out=True),))
    assert step(model, ChangesFound(FOUND, left_out=False))[0].listed is None


def test_back_leads_to_the_list_first_and_a_lost_session_out() -> None:
    model = replace(Model(), selected="a")
    model, effects = step(model, BackPressed())
    assert (model.selected, effects) == ("", ())
    assert step(model, Failed(ProblemCode.UNAUTHENTICATED))[1] == (SignOut(),)
    assert step(model, Failed(ProblemCode.UNREACHABLE))[1] == ()


def step(model: Model, event: Any) -> tuple[Model, tuple[Any, ...]]:
    following = update(model, event)
    return following.model, following.effects


def test_every_reason_is_a_sentence_with_what_to_do() -> None:
    t = Translator("en")
    for code in ProblemCode:
        assert why(t, code).endswith(".")
        assert what_to_do(t, code).endswith(".")
        assert "this tablet" not in why(t, ProblemCode.DEVICE_REVOKED).lower()
    words = {leave_out_reason(t, each.value) for each in LeaveOutReason}
    assert len(words) == len(LeaveOutReason)
    assert "newer" in leave_out_reason(t, "newer")
