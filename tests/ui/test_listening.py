"""What a screen hears: once, on its event loop, and nothing after it was left."""

import asyncio
from collections.abc import Callable

from app.ui.failures import Failures
from app.ui.listening import Listening, of_patient
from app.ui.work import Work


class Station:
    """Tells its listeners at once, as a vault does."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[frozenset[str]], None]] = []

    def subscribe(
        self, listener: Callable[[frozenset[str]], None]
    ) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, *patient_ids: str) -> None:
        for listener in tuple(self.listeners):
            listener(frozenset(patient_ids))


def test_a_screen_hears_once_of_the_patient_it_shows() -> None:
    async def story() -> None:
        station = Station()
        heard: list[object] = []
        listening = Listening(Work(asyncio.get_running_loop(), Failures()))
        tell = of_patient("amina", lambda: heard.append("amina"))
        listening.begin(station.subscribe, tell)
        listening.begin(station.subscribe, tell)
        station.tell("omar")
        station.tell("amina", "omar")
        assert heard == []
        await asyncio.sleep(0.01)
        assert heard == ["amina"]

    asyncio.run(story())


def test_nothing_is_told_after_the_screen_was_left() -> None:
    async def story() -> None:
        station = Station()
        heard: list[object] = []
        listening = Listening(Work(asyncio.get_running_loop(), Failures()))
        listening.begin(station.subscribe, heard.append)
        listening.again_in(0.0, lambda: heard.append(frozenset({"time"})))
        station.tell("amina")
        listening.end()
        await asyncio.sleep(0.01)
        listening.begin(station.subscribe, heard.append)
        listening.again_in(0.0, lambda: heard.append(frozenset({"time"})))
        await asyncio.sleep(0.01)
        assert heard == []
        assert station.listeners == []

    asyncio.run(story())
