"""Sync as it is seen: what is damaged is said, and never that everything went."""

import asyncio

from app.features.sync.state import Effect, Event, Lost, Model, Progress, update
from app.features.sync.view import view
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Sync
from app.ui.screen import Screen
from app.ui.work import Work
from tests.clinic.desks import on_screen

SENT = Progress(online=True, last_success_at=0)


def drawn(model: Model) -> list[str]:
    def make(_place: Place, _work: Work) -> Screen:
        loop: Loop[Model, Event, Effect] = Loop(model, update, lambda _e, _d: None)
        return Screen(loop, view)

    async def scenario() -> list[str]:
        async with on_screen(Sync(), make) as client:
            return client.texts()

    return asyncio.run(scenario())


def says(model: Model, words: str) -> bool:
    return any(words in text for text in drawn(model))


def test_damaged_records_are_counted_and_one_learns_what_to_do() -> None:
    lost = Model(SENT, lost=Lost(damaged=3))
    assert says(lost, "3 parts of the records on this tablet are damaged")
    assert says(lost, "Nothing was deleted. Send what there is, and tell your")
    assert not says(Model(SENT), "damaged")


def test_an_older_copy_that_was_put_back_is_said() -> None:
    put_back = Model(SENT, lost=Lost(is_put_back=True))
    assert says(put_back, "An older copy of the records was put back")
    assert not says(Model(SENT), "An older copy")


def test_what_is_stuck_is_said_and_never_that_everything_went() -> None:
    stuck = Model(SENT, lost=Lost(1, is_stuck=True))
    assert says(stuck, "Sending is stuck")
    assert not says(stuck, "Last sent and received everything")
    assert says(Model(SENT), "Last sent and received everything")
    assert not says(Model(SENT), "Sending is stuck")
