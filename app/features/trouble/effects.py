"""Doing of Trouble: the file is opened once more."""

from collections.abc import Callable
from typing import assert_never

from app.features.trouble.state import BeginAgain, Effect, Event, Model, update
from app.ui.loop import Loop


def loop(
    begin_again: Callable[[], None], problem: str, kept: str
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, _dispatch: Callable[[Event], None]) -> None:
        match effect:
            case BeginAgain():
                begin_again()
            case _:
                assert_never(effect)

    return Loop(Model(problem, kept), update, perform)
