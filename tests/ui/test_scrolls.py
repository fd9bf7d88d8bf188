"""A pane goes to where it begins, whatever is drawn before it gets there."""

import asyncio
import logging

import flet as ft
import pytest

from app.ui.scrolls import PaneColumn
from tests.support.connection import Client, connected


def pane() -> PaneColumn:
    column = PaneColumn([ft.Text("a line")], key="pane")
    column.begin = lambda: 120.0
    return column


async def show(client: Client, *controls: ft.Control) -> None:
    """Draw in one step: what was asked of the pane before waits behind it."""
    client.page.controls = list(controls)
    client.page.update()


async def arrive(client: Client) -> None:
    for _ in range(3):
        await client.settle()


def scrolled(client: Client) -> list[object]:
    return [
        call.arguments for call in client.connection.calls if call.name == "scroll_to"
    ]


@pytest.fixture(autouse=True)
def nothing_failed(caplog: pytest.LogCaptureFixture) -> object:
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.messages == []


def test_a_pane_goes_to_where_it_begins() -> None:
    async def scenario() -> None:
        async with connected() as client:
            await show(client, pane())
            await arrive(client)
            assert scrolled(client) == [{"offset": 120.0}]

    asyncio.run(scenario())


def test_a_pane_drawn_anew_before_it_got_there_still_goes() -> None:
    async def scenario() -> None:
        async with connected() as client:
            await show(client, pane())
            await show(client, ft.Container(pane()))
            await arrive(client)
            assert {"offset": 120.0} in scrolled(client)

    asyncio.run(scenario())


def test_a_pane_that_is_gone_before_it_got_there_goes_nowhere() -> None:
    async def scenario() -> None:
        async with connected() as client:
            await show(client, pane())
            await show(client, ft.Text("another place"))
            await arrive(client)
            assert scrolled(client) == []

    asyncio.run(scenario())
