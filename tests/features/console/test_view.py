"""Console as it is seen when the server does not answer."""

import asyncio

import pytest

from app.core.change import Change, RecordKey
from app.core.merge import Document
from app.core.problems import ProblemCode
from app.features.console.state import (
    Effect,
    Event,
    Model,
    Opened,
    OpenRecord,
    PatientPressed,
    RecordFailed,
    RecordOpened,
    update,
)
from app.ui.loop import Loop
from app.ui.navigator import Navigator
from app.ui.provenance import Names
from app.ui.routes import ConsolePatients
from tests.clinic.desks import Folder
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


def test_of_a_disputed_result_neither_version_stands_as_the_one() -> None:
    async def scenario() -> None:
        loop: Loop[Model, Event, Effect] = Loop(Model(), update, lambda _e, _d: None)
        documents = disputed_score()
        async with connected({"width": 1280.0, "height": 800.0}) as client:
            show(client, loop, 1280.0, Navigator(ConsolePatients()))
            loop.dispatch(PatientPressed("amina"))
            loop.dispatch(RecordOpened(Opened("amina", documents, (), Names())))
            await client.settle()
            texts = client.texts()
            assert texts.count("Two versions, not yet decided") == 1
            assert texts.count("Result") == 2
            assert "Also written" not in texts

    asyncio.run(scenario())


def disputed_score() -> dict[str, Document]:
    """A person, and a score that two people saved without seeing each other's."""
    folder, person = Folder(), Change()
    person.set(RecordKey("Patient", "amina", "amina"), {"sex": "female"})
    folder.add(person)
    for total in ("12", "9"):
        change = Change()
        key = RecordKey("Score", "score", "amina")
        change.set(key, {"result": {"total": total}}, {"result": ()})
        folder.add(change, f"practitioner-{total}")
    return folder.documents
