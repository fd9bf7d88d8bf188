import asyncio

from app.ui.dialogs import GONE_SECONDS, Dialogs
from app.ui.navigator import Navigator
from app.ui.routes import Home, Sync


def test_a_page_waits_until_the_dialog_above_it_is_gone() -> None:
    async def story() -> None:
        navigator, dialogs = Navigator(Home()), Dialogs()
        before = dialogs.stack(navigator.value)
        dialogs.standing()
        navigator.go(Sync())
        assert dialogs.stack(navigator.value) == before
        dialogs.ended()
        assert dialogs.stack(navigator.value) == before
        told = asyncio.Event()
        dialogs.subscribe(told.set)
        await asyncio.wait_for(told.wait(), GONE_SECONDS * 20)
        assert dialogs.stack(navigator.value) == navigator.value

    asyncio.run(story())


def test_without_a_dialog_nothing_waits() -> None:
    navigator, dialogs = Navigator(Home()), Dialogs()
    dialogs.ended()
    navigator.go(Sync())
    assert dialogs.stack(navigator.value) == navigator.value
