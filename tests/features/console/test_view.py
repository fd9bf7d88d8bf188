"""Console as it is seen when the server does not answer."""

import asyncio

import pytest

from app.core.problems import ProblemCode
from app.features.console.state import (
    Effect,
    Event,
    Model,
    OpenRecord,
    PatientPressed,
    RecordFailed,
    update,
)
from app.ui.loop import Loop
from app.ui.navigator import Navigator
from app.ui.routes import ConsolePatients
from tests.features.console.screens import show
from tests.support.connection import connected


@pytest.mark.parametrize("width", [1280.0, 360.0])
def test_a_record_that_cannot_be_read_is_a_sentence_beside_the_list_or_instead(
    width: float,
) -> None:
    async def scenario() -> None:
        asked: list[Effect] = []
        loop: Loop[Model, Event, Effect] = Loop(
            Model(), update, lambda effect, _dispatch: asked.append(effect)
        )
        async with connected({"width": width, "height": 800.0}) as client:
            show(client, loop, width, Navigator(ConsolePatients()))
            loop.dispatch(PatientPressed("amina"))
            await client.settle()
            assert client.shows("console.opening")
            loop.dispatch(RecordFailed("amina", ProblemCode.UNREACHABLE))
            await client.settle()
            assert client.shows("console.unread")
            assert not client.shows("console.opening")
            await client.tap("console.again")
            assert client.shows("console.opening")
        read, _found, again = asked
        assert read == again == OpenRecord("amina")

    asyncio.run(scenario())
