import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from app.ui.loop import Loop, Moments, Next


@dataclass(frozen=True, slots=True)
class Model:
    name: str = ""
    saved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameTyped:
    text: str


@dataclass(frozen=True, slots=True)
class SavePressed:
    pass


@dataclass(frozen=True, slots=True)
class Saved:
    name: str


@dataclass(frozen=True, slots=True)
class Save:
    name: str


Event = NameTyped | SavePressed | Saved


def update(model: Model, event: Event) -> Next[Model, Save]:
    match event:
        case NameTyped(""):
            raise ValueError("no name")
        case NameTyped(text):
            return Next(replace(model, name=text))
        case SavePressed():
            return Next(model, (Save(model.name),))
        case Saved(name):
            return Next(replace(model, saved=(*model.saved, name)))


def save_at_once(effect: Save, dispatch: Callable[[Event], None]) -> None:
    dispatch(Saved(effect.name))


def new_loop() -> Loop[Model, Event, Save]:
    return Loop(Model(), update, save_at_once)


def test_a_name_typed_just_before_save_is_the_name_saved() -> None:
    loop = new_loop()
    loop.dispatch(NameTyped("Asha"))
    loop.dispatch(SavePressed())
    assert loop.model == Model("Asha", ("Asha",))


def test_one_event_redraws_once_however_many_events_it_leads_to() -> None:
    loop, drawn = new_loop(), []
    loop.subscribe(lambda: drawn.append(loop.model.saved))
    loop.dispatch(SavePressed())
    assert drawn == [("",)]


def test_an_event_that_changes_nothing_redraws_nothing() -> None:
    loop: Loop[int, str, None] = Loop(0, lambda m, _e: Next(m), lambda _e, _d: None)
    drawn: list[int] = []
    loop.subscribe(lambda: drawn.append(1))
    loop.dispatch("nothing")
    assert drawn == []


def test_after_unsubscribing_nothing_is_drawn() -> None:
    loop, drawn = new_loop(), []
    stop = loop.subscribe(lambda: drawn.append(1))
    stop()
    loop.dispatch(NameTyped("Asha"))
    assert drawn == []
    assert loop.model.name == "Asha"


def test_a_new_subscriber_is_not_silenced_by_the_old_ones_end() -> None:
    loop, drawn = new_loop(), []
    stop_first = loop.subscribe(lambda: None)
    loop.subscribe(lambda: drawn.append(1))
    stop_first()
    loop.dispatch(NameTyped("Asha"))
    assert drawn == [1]


def test_dispatch_from_another_thread_is_refused() -> None:
    loop, caught = new_loop(), []

    def intrude() -> None:
        try:
            loop.dispatch(NameTyped("Asha"))
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=intrude, daemon=True)
    thread.start()
    thread.join()
    assert len(caught) == 1
    assert loop.model.name == ""


def test_an_event_that_fails_takes_no_other_with_it() -> None:
    def perform(_effect: Save, dispatch: Callable[[Event], None]) -> None:
        dispatch(NameTyped(""))
        dispatch(NameTyped("Asha"))

    loop: Loop[Model, Event, Save] = Loop(Model(), update, perform)
    with pytest.raises(ValueError, match="no name"):
        loop.dispatch(SavePressed())
    assert loop.model.name == "Asha"


def test_after_a_failure_the_loop_goes_on() -> None:
    loop = new_loop()
    with pytest.raises(ValueError, match="no name"):
        loop.dispatch(NameTyped(""))
    loop.dispatch(NameTyped("Asha"))
    assert loop.model.name == "Asha"


def test_a_screen_hears_when_it_is_shown_and_when_it_is_left() -> None:
    moments: Moments[Event] = Moments(shown=NameTyped("shown"), left=SavePressed())
    loop: Loop[Model, Event, Save] = Loop(Model(), update, save_at_once, moments)
    loop.shown()
    loop.left()
    assert loop.model.saved == ("shown",)
