"""Look up: somebody of another site comes onto this tablet, for a reason."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.clinic.desk import Desk
from app.clinic.registration import Registration, register
from app.core.audit import AuditKind
from app.core.ids import format_card_code
from app.core.problems import ProblemCode
from app.core.values import NameStatus, PersonName, Sex
from app.features.look_up.effects import LookUp, loop
from app.features.look_up.state import (
    Ask,
    AskPressed,
    CodeTyped,
    Failed,
    Model,
    Why,
    WhyChosen,
    WhyTyped,
    update,
)
from app.features.look_up.view import view
from app.storage import Vault
from app.sync.channel import HttpChannel
from app.sync.look_up import look_up
from app.ui import routes
from app.ui.screen import Screen
from sync_server.services import administration, audit
from sync_server.tables import AUDIT_EVENT
from tests.clinic.desks import a_table, on_screen
from tests.support.connection import Client
from tests.sync.real import RealServer, RealTablet, real_server, real_tablet


@dataclass
class Camp:
    """A tablet of another site than the one at which somebody was registered."""

    tablet: RealTablet
    server: RealServer
    desk: Desk
    patient_id: str
    card: str

    def look_up(self, patient_id: str, reason: str) -> None:
        look_up(self.tablet.gateway.channel, self.tablet.vault, patient_id, reason)


@pytest.fixture
def camp(tmp_path: Path) -> Iterator[Camp]:
    with (
        real_server(tmp_path / "server") as server,
        a_table(tmp_path / "table") as table,
        real_tablet(tmp_path / "a", server) as a,
    ):
        ports, database = server.context.ports, server.context.database
        other = administration.add_site(ports, database, "Camp", "UTC")
        name = PersonName(NameStatus.SAID, latin="Amina")
        vault = a.vault
        given = Registration(Sex.FEMALE, name=name)
        made = register(given, vault.patient_id_of_card, vault.ids, 1)
        vault.commit(made.change)
        assert a.engine.round().failure is None
        there = RealServer(server.port, server.context, other)
        with real_tablet(tmp_path / "b", there) as b:
            desk = replace(table.desk, vault=b.vault, ids=b.vault.ids)
            yield Camp(b, server, desk, made.patient_id, made.card)


@asynccontextmanager
async def asking(camp: Camp, ask: LookUp, tag: str = "en") -> AsyncIterator[Client]:
    def make(place: Any, work: Any) -> Screen:
        return Screen(loop(camp.desk, work, place, ask), view)

    async with on_screen(routes.LookUp(), make, tag) as client:
        await client.enter("lookup.code", format_card_code(camp.card).lower())
        await client.tap("lookup.why.is-here")
        yield client


def events(camp: Camp) -> list[tuple[str, str, str]]:
    with camp.server.context.database.read() as connection:
        rows = connection.execute(AUDIT_EVENT.select()).all()
    found = map(audit.event_of, rows)
    return [(each.kind, each.patient_id, each.reason) for each in found]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_who_is_found_is_on_this_tablet_and_the_reason_is_in_the_audit(
    camp: Camp, tag: str
) -> None:
    vault: Vault = camp.tablet.vault
    assert vault.documents(camp.patient_id) == ()

    async def run() -> None:
        async with asking(camp, camp.look_up, tag) as client:
            await client.tap("lookup.ask")
            await client.until(lambda: client.shows("lookup.person"))
            assert client.shows("lookup.open")

    asyncio.run(run())
    assert vault.documents(camp.patient_id)
    assert [one.patient_id for one in vault.search("amina", 5)] == [camp.patient_id]
    expected = (AuditKind.LOOK_UP.value, camp.patient_id, "is-here")
    assert events(camp) == [expected]


def test_who_is_here_already_is_asked_of_nobody(camp: Camp) -> None:
    camp.look_up(camp.patient_id, "sent-here")

    def never(_patient_id: str, _reason: str) -> None:
        raise AssertionError

    async def run() -> None:
        async with asking(camp, never) as client:
            await client.tap("lookup.ask")
            await client.until(lambda: client.shows("lookup.person"))

    asyncio.run(run())
    assert len(events(camp)) == 1


@pytest.mark.parametrize("typed", ["", "0123"])
def test_what_is_no_card_or_of_nobody_is_a_sentence(camp: Camp, typed: str) -> None:
    code = typed or format_card_code(camp.desk.ids.card_code())

    async def run() -> None:
        async with asking(camp, camp.look_up) as client:
            await client.enter("lookup.code", code)
            await client.tap("lookup.ask")
            await client.until(lambda: client.shows("lookup.problem"))
            assert not client.shows("lookup.person")

    asyncio.run(run())
    assert events(camp) == []


def test_without_a_network_it_says_so_and_keeps_what_was_typed(camp: Camp) -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)

    transport = httpx.MockTransport(cut)
    channel = HttpChannel("http://127.0.0.1:9", transport=transport)
    offline = partial(look_up, channel, camp.tablet.vault)

    async def run() -> None:
        async with asking(camp, offline) as client:
            await client.tap("lookup.ask")
            await client.until(lambda: client.shows("lookup.problem"))
            field: Any = client.find("lookup.code")
            assert field.value == format_card_code(camp.card).lower()

    asyncio.run(run())


def test_nothing_is_asked_without_a_code_and_a_reason() -> None:
    model = Model()
    for event in (CodeTyped("X"), WhyChosen(Why.OTHER.value), AskPressed()):
        following = update(model, event)
        model = following.model
        assert following.effects == ()
    model = update(model, WhyTyped("  sent  by the police ")).model
    assert model.reason == "other: sent by the police"
    following = update(model, AskPressed())
    assert following.effects == (Ask("X", "other: sent by the police"),)
    assert update(following.model, AskPressed()).effects == ()
    assert len(update(model, WhyTyped("x" * 500)).model.reason) == 200


def test_a_failure_lets_one_ask_again() -> None:
    typed = Model(code="X", why="danger", busy=True)
    failed = update(typed, Failed(ProblemCode.UNREACHABLE)).model
    assert (failed.can_ask, failed.code) == (True, "X")
