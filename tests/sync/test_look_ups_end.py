"""Whom somebody looked up leaves a tablet again: real server, real vaults."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.clock import system_wall_ms
from app.sync.documents import DocumentSync
from app.sync.look_up import look_up
from sync_server.caller import Device
from sync_server.context import Context
from sync_server.services import administration
from sync_server.services.look_up import end_old, ended
from tests.sync.real import RealServer, RealTablet, real_tablet
from tests.sync.test_scope import (
    person,
    register,
    rounds,
    server,
    tablet_at,
    visit,
)

__all__ = ["server"]

MONTH_MS = 31 * 86_400_000


def a_month_on(context: Context) -> Context:
    """The server as it is a month later."""
    wall = replace(context.ports, wall=lambda: system_wall_ms() + MONTH_MS)
    return replace(context, ports=wall)


@pytest.fixture
def looked_up(
    tmp_path: Path, server: RealServer
) -> Iterator[tuple[RealTablet, RealTablet]]:
    """A tablet, and one of another site at which three of its people are looked up."""
    context = server.context
    camp = administration.add_site(context.ports, context.database, "Camp", "UTC")
    with (
        real_tablet(tmp_path / "a", server) as a,
        tablet_at(tmp_path / "b", server, camp) as b,
    ):
        register(a, "gone", "seen", "drafted")
        rounds(a, b)
        for name in ("gone", "seen", "drafted"):
            look_up(b.gateway.channel, b.vault, name, "Came without a card")
        b.save(visit("seen", 2), started_at="2")
        b.vault.save_draft("draft", "drafted", b"{}")
        rounds(b)
        yield a, b


def ended_at(tablet: RealTablet, context: Context) -> tuple[str, ...]:
    device = Device(tablet.vault.device_id, tablet.vault.setup.site.site_id, b"")
    with context.database.read() as connection:
        return ended(context, connection, device)


def test_who_was_looked_up_leaves_after_a_month_unless_they_were_seen_there(
    looked_up: tuple[RealTablet, RealTablet], server: RealServer
) -> None:
    _a, b = looked_up
    then = a_month_on(server.context)
    assert [end_old(each) for each in (server.context, then, then)] == [0, 3, 0]
    # The setup says it, by the server's clock.
    assert ended_at(b, server.context) == ()
    assert ended_at(b, then) == ("drafted", "gone")
    told = {"ended_look_ups": ended_at(b, then)}
    b.vault.renew_setup(b.vault.setup.model_copy(update=told))
    DocumentSync(b.gateway.channel, b.vault).leave()
    assert b.vault.documents("gone") == ()
    assert b.vault.documents("seen")
    assert b.vault.documents("drafted")
    assert b.vault.verify() == frozenset()
    b.vault.drop_draft("draft")
    assert b.vault.let_ended_go(ended_at(b, then)) == 1


def test_who_left_so_comes_no_more_until_they_are_looked_up_again(
    looked_up: tuple[RealTablet, RealTablet], server: RealServer
) -> None:
    a, b = looked_up
    then = a_month_on(server.context)
    b.vault.drop_draft("draft")
    assert end_old(then) == 3
    assert b.vault.let_ended_go(ended_at(b, then)) == 2
    a.save(person("gone"), sex="male")
    assert rounds(a, b) == [0, 0]  # Nothing differs from what the server counts.
    assert b.vault.documents("gone") == ()
    look_up(b.gateway.channel, b.vault, "gone", "Came back")
    assert b.shown("gone", "sex") == ["male"]
    assert rounds(b) == [0]
