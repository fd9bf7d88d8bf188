"""Doing of Languages: the session's look is replaced, no restart."""

from collections.abc import Callable
from typing import assert_never

from app.features.languages.state import Effect, Event, Model, UseLanguage, update
from app.ui.look import Look
from app.ui.loop import Loop
from app.ui.source import Source


def loop(look: Source[Look]) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""

    def perform(effect: Effect, _dispatch: Callable[[Event], None]) -> None:
        match effect:
            case UseLanguage(tag):
                look.set(look.value.with_language(tag))
            case _:
                assert_never(effect)

    return Loop(Model(look.value.t.tag), update, perform)
