"""Handover over a real locked vault: sent to a real server, saved to a stick."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import system_wall_ms
from app.core.problems import ProblemCode
from app.features.handover.effects import Counter, file_name, loop
from app.features.handover.state import (
    Effect,
    Event,
    LetSleep,
    Load,
    Loaded,
    Model,
    Moved,
    MovedOn,
    Save,
    Saved,
    SaveFailed,
    SavePressed,
    Send,
    SendEnded,
    SendFailed,
    SendPressed,
    StopPressed,
    StopSending,
    Waiting,
    update,
)
from app.features.handover.state import Left as ScreenLeft
from app.features.handover.view import view
from app.ui.loop import Loop
from app.ui.routes import Handover, Way
from app.ui.screen import Screen
from tests.clinic.desks import on_screen, some_work, until
from tests.storage.tablets import patient
from tests.support.sticks import StickDevice
from tests.sync.real import PIN, RealTablet, real_server, real_tablet

WAITS = Waiting(records=3, changes=5, changes_sent=0, oldest_at=0)


def after(
    *events: Event, model: Model | None = None
) -> tuple[Model, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    current = model or Model(waiting=WAITS, is_loaded=True)
    for event in events:
        step = update(current, event)
        current, effects = step.model, step.effects
    return current, effects


@pytest.mark.parametrize(("way", "effect"), [(Way.SEND, Send()), (Way.SAVE, Save())])
def test_it_begins_once_with_what_was_pressed_on_the_lock_screen(
    way: Way, effect: Effect
) -> None:
    model, effects = after(Loaded(WAITS, 7), model=Model(begins=way))
    assert effects == (effect,)
    _, effects = after(SendEnded(), Saved(), Loaded(WAITS, 8), model=model)
    assert effects == ()


@pytest.mark.parametrize("waiting", [None, replace(WAITS, changes_sent=5)])
def test_nothing_to_send_is_neither_sent_nor_saved(waiting: Waiting | None) -> None:
    model = Model(waiting=waiting, is_loaded=True)
    assert after(SendPressed(), model=model)[1] == ()
    assert after(SavePressed(), model=model)[1] == ()


def test_one_thing_at_a_time() -> None:
    assert after(SendPressed(), SendPressed())[1] == ()
    assert after(SendPressed(), SavePressed())[1] == ()
    assert after(SavePressed(), SendPressed())[1] == ()


def test_a_stop_is_said_and_what_was_left_is_looked_at_again() -> None:
    model, effects = after(SendPressed(), StopPressed())
    assert (model.is_stopping, effects) == (True, (StopSending(),))
    model, effects = after(SendPressed(), StopPressed(), SendEnded())
    assert (model.was_stopped, model.is_busy) == (True, False)
    assert effects == (LetSleep(), Load())


def test_a_failure_ends_it_and_the_screen_may_sleep() -> None:
    model, effects = after(SendPressed(), SendFailed(ProblemCode.UNREACHABLE))
    assert (model.problem, model.is_busy) == (ProblemCode.UNREACHABLE, False)
    assert effects == (LetSleep(), Load())
    assert after(ScreenLeft())[1] == (StopSending(), LetSleep())


def test_progress_that_comes_late_is_not_shown() -> None:
    late = MovedOn(Moved(1, 5, 10))
    assert after(SendPressed(), SendEnded(), late)[0].moved is None


def test_a_file_that_was_not_chosen_is_not_called_saved() -> None:
    assert after(SavePressed(), Saved())[0].saved_as == ""
    assert after(SavePressed(), Saved("a"))[0].saved_as == "a"
    failed = SaveFailed(ProblemCode.FILE_NOT_SAVED)
    assert after(SavePressed(), failed)[0].problem is ProblemCode.FILE_NOT_SAVED


@dataclass
class Locked:
    """A tablet that was locked with three people unsent."""

    tablet: RealTablet
    device: StickDevice
    told: list[None]

    def screen(self, way: Way) -> Loop[Model, Event, Effect]:
        counter = Counter(
            self.tablet.file,
            self.tablet.file.connection,
            self.device,
            system_wall_ms,
            lambda: self.told.append(None),
        )
        return loop(counter, some_work(), way)


Scenario = Callable[[Locked], Coroutine[Any, Any, None]]


def locked(folder: Path, scenario: Scenario) -> None:
    with (
        real_server(folder / "server") as server,
        real_tablet(folder / "tablet", server) as tablet,
    ):
        for name in ("p1", "p2", "p3"):
            tablet.save(patient(name), birth_place=name)
        tablet.vault.close()
        asyncio.run(scenario(Locked(tablet, StickDevice(), [])))


def test_it_is_sent_without_a_pin_and_the_next_unlock_confirms_it(
    tmp_path: Path,
) -> None:
    async def scenario(at: Locked) -> None:
        screen = at.screen(Way.SEND)
        screen.shown()
        await until(lambda: bool(screen.model.waiting and screen.model.waiting.is_sent))
        assert screen.model.problem is None
        await until(lambda: at.device.awake == [True, False])
        assert at.told
        screen.left()
        file = at.tablet.file
        who = next(p for p in file.practitioners() if p.has_pin)
        vault = file.unlock(who.practitioner.practitioner_id, PIN)
        assert vault.settle_sent() == 3
        assert vault.counts().records == 0
        vault.close()
        assert file.unsent() is None

    locked(tmp_path, scenario)


def test_it_is_saved_as_often_as_one_likes_and_counts_as_not_sent(
    tmp_path: Path,
) -> None:
    async def scenario(at: Locked) -> None:
        screen = at.screen(Way.SAVE)
        screen.shown()
        await until(lambda: bool(screen.model.saved_as))
        name = file_name(at.tablet.file.parcel())
        assert at.device.saved == {name: at.tablet.file.parcel_bytes()}
        assert name.startswith("tessera-")
        await until(
            lambda: bool(screen.model.waiting and screen.model.waiting.saved_at)
        )
        assert screen.model.has_something
        at.device.gives_up = True
        screen.dispatch(SavePressed())
        assert not screen.model.saved_as
        await until(lambda: not screen.model.is_saving)
        at.device.is_broken = True
        screen.dispatch(SavePressed())
        await until(lambda: screen.model.problem is ProblemCode.FILE_NOT_SAVED)
        screen.left()

    locked(tmp_path, scenario)


def is_marked(model: Model) -> bool:
    return model.waiting is not None and model.waiting.saved_at is not None


def drawn(model: Model) -> list[str]:
    def make(_place: object, _work: object) -> Screen:
        screen: Loop[Model, Event, Effect] = Loop(model, update, lambda _e, _d: None)
        return Screen(screen, view)

    async def scenario() -> list[str]:
        async with on_screen(Handover(Way.SEND), make) as client:
            return client.texts()

    return asyncio.run(scenario())


def test_counts_and_sentences_are_shown_and_never_a_name() -> None:
    model = Model(60_000, waiting=WAITS, is_loaded=True)
    said = drawn(model)
    assert "3 records exist only on this tablet." in said
    assert "The oldest has waited for 1 min." in said
    assert any("do not remove the app" in text for text in said)
    moving = replace(model, is_sending=True, moved=Moved(2, 5, 1_500))
    assert "2 of 5 changes sent, 2 KB" in drawn(moving)
    sent = replace(model, waiting=replace(WAITS, changes_sent=5, refused=2))
    said = drawn(sent)
    assert "All of it was sent. The tablet confirms it at the next unlock." in said
    assert any("did not accept 2 changes" in text for text in said)
    assert not any("only on this tablet" in text for text in said)
    saved = drawn(replace(model, saved_as="tessera-1.tessera"))
    assert any("It counts as not sent until" in text for text in saved)


def test_records_of_before_are_saved_and_sent_by_nobody() -> None:
    kept = Model(60_000, waiting=WAITS, is_loaded=True, may_send=False)
    assert after(SendPressed(), model=kept)[1] == ()
    assert after(SavePressed(), model=kept)[1] == (Save(),)
    said = drawn(kept)
    assert "Save to stick" in said
    assert "Send" not in said
