"""Devices: what the console shows of each tablet, and what it does with an answer."""

import asyncio

from app.core.devices_wire import DeviceState
from app.core.problems import ProblemCode
from app.features.devices.state import (
    BackPressed,
    DevicesFound,
    Effect,
    Event,
    Failed,
    FindDevices,
    GoBack,
    Model,
    RefreshPressed,
    Shown,
    SignInAgain,
    update,
)
from app.features.devices.view import view
from app.ui.failures import Failures
from app.ui.look import first_look
from app.ui.loop import Loop
from app.ui.navigator import Navigator
from app.ui.routes import ConsoleDevices
from app.ui.screen import Kit, Screen, open_app
from app.ui.source import Source
from app.ui.status import Status
from tests.support.connection import connected

NOW = 1_790_000_000_000
HOUR_MS = 60 * 60 * 1000


def tablet(device_id: str, name: str = "", **more: object) -> DeviceState:
    given = {"device_id": device_id, "name": name, "site": "Port", "version": "0.1.0"}
    return DeviceState.model_validate(given | {"enrolled_at": NOW} | more)


def shown(model: Model) -> list[str]:
    """Return the texts of the screen."""

    async def scenario() -> list[str]:
        async with connected() as client:
            loop: Loop[Model, Event, Effect] = Loop(model, update, lambda *_: None)
            look = Source(first_look("en", 1200))
            kit = Kit(Navigator(ConsoleDevices()), look, Source(Status()), Failures())
            open_app(client.page, kit, lambda _place: Screen(loop, view))
            await client.settle()
            return client.texts()

    return asyncio.run(scenario())


def test_it_asks_when_it_is_shown_and_again_when_told() -> None:
    for event in (Shown(), RefreshPressed()):
        assert update(Model(), event).effects == (FindDevices(),)
    found = DevicesFound((tablet("a"),), NOW)
    assert update(Model(), found).model == Model(found.devices, NOW)
    assert update(Model(), BackPressed()).effects == (GoBack(),)


def test_a_session_that_ended_is_signed_in_anew_and_nothing_else() -> None:
    ended = update(Model(), Failed(ProblemCode.UNAUTHENTICATED))
    assert ended.effects == (SignInAgain(),)
    away = update(Model(), Failed(ProblemCode.UNREACHABLE))
    assert (away.effects, away.model.problem) == ((), ProblemCode.UNREACHABLE)


def test_what_is_unsent_and_a_wrong_clock_stand_out() -> None:
    heard = {"heard_at": NOW - HOUR_MS}
    devices = (
        tablet("a", "Triage", **heard),
        tablet("b", "Door", unsent=3, oldest_unsent_at=NOW - 2 * HOUR_MS, **heard),
        tablet("c", "Desk", clock_ahead_ms=-2 * HOUR_MS, **heard),
        tablet("d", "Quiet", clock_ahead_ms=4 * 60_000),
        tablet("e", revoked_at=NOW),
        tablet("f", "Gone", revoked_at=NOW, handed_over_at=NOW),
    )
    texts = "\n".join(shown(Model(devices, NOW)))
    assert "3 records only there" in texts
    assert texts.count("records only there") == 1
    assert "behind" in texts
    assert "ahead" not in texts
    assert "Never heard of since it was set up" in texts
    assert "Blocked; not yet handed over" in texts
    assert "Blocked; handed over" in texts
    assert "Tablet without a name" in texts


def test_no_tablet_is_said_and_so_is_a_problem() -> None:
    assert "There is no tablet yet" in shown(Model((), NOW))
    away = shown(Model(problem=ProblemCode.UNREACHABLE))
    assert any("no connection" in text for text in away)
