"""Tablets against a real server: what a coordinator allows, asked before it is done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.console_wire import Access, PersonAccess, TabletAccess
from app.core.people_wire import GrantKind
from app.core.problems import ProblemCode
from app.core.wire import Role
from app.features.tablets.effects import Desk, loop
from app.features.tablets.state import (
    AccessLoaded,
    Allow,
    AllowConfirmed,
    AllowPressed,
    BackPressed,
    Failed,
    GoBack,
    Model,
    SignOut,
    TabletPressed,
    update,
)
from app.features.tablets.view import view
from app.sync.console_session import ConsoleSession
from app.ui.routes import ConsoleTablets
from app.ui.screen import Screen
from sync_server.services import administration, recovery
from sync_server.services.administration import NewPractitioner
from tests.clinic.desks import on_screen
from tests.server.deployments import PASSPHRASE, TestDeployment, deployed, served
from tests.support.connection import Client


@dataclass
class Office:
    """A server with one tablet, and a coordinator who signed in."""

    deployment: TestDeployment
    session: ConsoleSession


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with deployed(tmp_path) as deployment:
        deployment.give_passphrase()
        deployment.device("tablet-a")
        ports, database = deployment.context.ports, deployment.context.database
        boss = NewPractitioner("Ada", Role.ADMINISTRATOR)
        administration.add_practitioner(ports, database, boss)
        with served(deployment) as client:
            session = ConsoleSession(str(client.base_url))
            session.sign_in("Clara", PASSPHRASE)
            yield Office(deployment, session)
            session.close()


@asynccontextmanager
async def the_tablets(office: Office, tag: str) -> AsyncIterator[Client]:
    desk = Desk(office.session, lambda: None)
    async with on_screen(
        ConsoleTablets(),
        lambda place, work: Screen(loop(desk, work, place), view),
        tag,
    ) as client:
        await client.until(lambda: client.shows("tablets.tablet.tablet-a"))
        yield client


@pytest.mark.parametrize("tag", ["en", "ar"])
@pytest.mark.parametrize("kind", [GrantKind.SET_PIN, GrantKind.REOPEN])
def test_what_is_allowed_stands_at_the_server_and_on_the_screen(
    office: Office, kind: GrantKind, tag: str
) -> None:
    nurse = office.deployment.nurse_id
    button = f"tablets.{kind.value}.{nurse}"

    async def run() -> None:
        async with the_tablets(office, tag) as client:
            await client.tap("tablets.tablet.tablet-a")
            await client.tap(button)
            assert recovery.grants_of(context, "tablet-a").grants == ()
            await client.tap("dialog.do")
            await client.until(lambda: client.shows("tablets.allowed"))
            await client.until(lambda: client.find(button).disabled is True)  # type: ignore[attr-defined]

    context = office.deployment.context
    asyncio.run(run())
    (grant,) = recovery.grants_of(context, "tablet-a").grants
    assert (grant.kind, grant.practitioner_id) == (kind.value, nurse)


def test_of_whom_stands_above_nothing_is_allowed(office: Office) -> None:
    ada = next(p for p in office.session.access().people if p.name == "Ada")

    async def run() -> None:
        async with the_tablets(office, "en") as client:
            await client.tap("tablets.tablet.tablet-a")
            assert client.shows(f"tablets.person.{ada.practitioner_id}")
            assert not client.shows(f"tablets.set-pin.{ada.practitioner_id}")

    asyncio.run(run())


def loaded() -> Model:
    people = [
        PersonAccess(
            practitioner_id=one,
            name=one.title(),
            role="nurse",
            confirmed=True,
            may_allow=one != "ada",
        )
        for one in ("nadia", "ada")
    ]
    tablet = TabletAccess(device_id="a", name="A", site_id="port")
    found = Access(sites=(), tablets=(tablet,), people=tuple(people), server_ms=0)
    return update(Model(), AccessLoaded(found)).model


def test_nothing_is_allowed_before_it_was_confirmed_nor_twice() -> None:
    model = update(loaded(), TabletPressed("a")).model
    assert update(model, AllowConfirmed()).effects == ()
    above = update(model, AllowPressed(GrantKind.REOPEN, "ada")).model
    assert above.wish is None
    asked = update(model, AllowPressed(GrantKind.REOPEN, "nadia")).model
    step = update(asked, AllowConfirmed())
    assert step.effects == (Allow(GrantKind.REOPEN, "a", "nadia"),)
    assert update(step.model, AllowConfirmed()).effects == ()
    failed = update(step.model, Failed(ProblemCode.UNREACHABLE)).model
    assert (failed.busy, failed.wish) == (False, None)


def test_one_goes_back_to_the_tablets_and_then_out() -> None:
    model = update(loaded(), TabletPressed("a")).model
    step = update(model, BackPressed())
    assert (step.model.selected, step.effects) == ("", ())
    assert update(step.model, BackPressed()).effects == (GoBack(),)
    ended = update(model, Failed(ProblemCode.UNAUTHENTICATED))
    assert ended.effects == (SignOut(),)
