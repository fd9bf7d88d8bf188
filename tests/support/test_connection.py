import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import flet as ft
import pytest

from tests.support.connection import NotOnScreen, ScreenCrashed, connected, mounted


@ft.observable
@dataclass
class Counter:
    count: int = 0
    name: str = ""

    def press(self) -> None:
        self.count += 1

    def rename(self, event: ft.Event[ft.TextField]) -> None:
        self.name = event.control.value

    def fail(self) -> None:
        raise ValueError("no such bed")


@ft.component
def Card(counter: Counter) -> ft.Control:  # noqa: N802 - what Flet calls a component
    return ft.Column(
        [
            ft.Text(f"pressed {counter.count}, {counter.name}"),
            ft.Button("more", key="more", on_click=counter.press),
            ft.TextField(key="name", on_change=counter.rename),
            ft.Button("break", key="break", on_click=counter.fail),
        ]
    )


def test_a_tap_reaches_the_handler_and_only_the_difference_is_sent() -> None:
    async def scenario() -> None:
        async with mounted(Card, Counter()) as client:
            first = client.sizes[-1]
            await client.tap("more")
            assert client.texts() == ["pressed 1, "]
            assert client.sizes[-1] < first / 4

    asyncio.run(scenario())


def test_typing_reaches_the_field_before_its_handler() -> None:
    async def scenario() -> None:
        async with mounted(Card, Counter()) as client:
            await client.enter("name", "Amina")
            assert client.texts() == ["pressed 0, Amina"]

    asyncio.run(scenario())


def test_an_unknown_key_names_the_keys_there_are() -> None:
    async def scenario() -> None:
        async with mounted(Card, Counter()) as client:
            assert client.shows("more")
            assert not client.shows("less")
            with pytest.raises(NotOnScreen, match=r"'less'.*'break', 'more', 'name'"):
                await client.tap("less")

    asyncio.run(scenario())


def test_a_handler_that_raises_fails_the_test() -> None:
    async def scenario() -> None:
        async with mounted(Card, Counter()) as client:
            with pytest.raises(ScreenCrashed, match="no such bed"):
                await client.tap("break")

    asyncio.run(scenario())


def test_the_page_has_the_size_that_was_asked_for() -> None:
    async def scenario() -> None:
        async with mounted(Card, Counter(), width=360.0, height=800.0) as client:
            assert (client.page.width, client.page.height) == (360.0, 800.0)

    asyncio.run(scenario())


def test_a_method_of_the_client_is_recorded_and_answered() -> None:
    async def scenario() -> str | None:
        async with connected(answers={"get": "copied"}) as client:
            clipboard = ft.Clipboard()
            client.page.services.append(clipboard)
            client.page.update()
            text = await clipboard.get()
            assert [call.name for call in client.connection.calls] == ["get"]
            return text

    assert asyncio.run(scenario()) == "copied"


def test_what_a_thread_brings_back_is_waited_for() -> None:
    async def scenario() -> None:
        counter = Counter()
        async with mounted(Card, counter) as client:
            soon: Callable[[], object] = counter.press
            client.connection.loop.call_later(0.05, soon)
            await client.until(lambda: client.texts() == ["pressed 1, "])

    asyncio.run(scenario())
