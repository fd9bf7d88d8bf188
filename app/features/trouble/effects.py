"""Doing of Trouble: the file is opened once more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.features.trouble.state import (
    BeginAgain,
    Effect,
    Event,
    Model,
    NothingChanged,
    OpenLanguages,
    update,
)
from app.ui.loop import Loop
from app.ui.navigator import Place
from app.ui.routes import Languages

TryAgain = Callable[[Callable[[], None]], None]
"""Tries once more; calls back if it was in vain."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the way, and the name of the file that was set aside."""

    problem: str
    kept: str


def loop(
    begin_again: TryAgain, place: Place, found: Found
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, dispatch: Callable[[Event], None]) -> None:
        match effect:
            case BeginAgain():
                begin_again(lambda: dispatch(NothingChanged()))
            case OpenLanguages():
                place.go(Languages())
            case _:
                assert_never(effect)

    return Loop(Model(found.problem, found.kept), update, perform)
