"""The loop of a screen: one object owns the model, so no event meets a stale one."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Model = TypeVar("Model")
Event = TypeVar("Event")
Effect = TypeVar("Effect")


@dataclass(frozen=True, slots=True)
class Next(Generic[Model, Effect]):
    """What an event leads to: the model from now on, and what is to be done."""

    model: Model
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Moments(Generic[Event]):
    """Events that the frame sends: when the screen comes to the top, and leaves."""

    shown: Event | None = None
    left: Event | None = None


class Loop(Generic[Model, Event, Effect]):
    """Owns a model; every event is decided on the newest one, in order of arrival.

    Belongs to the thread that made it: `dispatch` from another raises RuntimeError.
    What `update` or `perform` raise goes to the caller after the queue is sound
    again, with the model of the last event that was decided.
    """

    def __init__(
        self,
        model: Model,
        update: Callable[[Model, Event], Next[Model, Effect]],
        perform: Callable[[Effect, Callable[[Event], None]], None],
        moments: Moments[Event] | None = None,
    ) -> None:
        self._model = model
        self._update = update
        self._perform = perform
        self._moments: Moments[Event] = moments or Moments()
        self._waiting: deque[Event] = deque()
        self._is_running = False
        self._redraw: Callable[[], None] | None = None
        self._has_left = False
        self._thread = threading.get_ident()

    @property
    def model(self) -> Model:
        """The newest model."""
        return self._model

    def subscribe(self, redraw: Callable[[], None]) -> Callable[[], None]:
        """Call `redraw` after each change until the returned function is called."""
        self._redraw = redraw

        def stop() -> None:
            if self._redraw is redraw:
                self._redraw = None

        return stop

    def dispatch(self, event: Event) -> None:
        """Decide an event; one that arises meanwhile waits its turn."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("dispatch belongs to the session's event loop")
        self._waiting.append(event)
        if self._is_running:
            return
        before = self._model
        self._is_running = True
        try:
            self._drain()
        finally:
            self._is_running = False
            if self._model is not before and self._redraw is not None:
                self._redraw()

    def shown(self) -> None:
        """The screen came to the top, at first or again."""
        if self._moments.shown is not None:
            self.dispatch(self._moments.shown)

    def left(self) -> None:
        """The screen went for good: its last chance to keep what was typed.

        It goes once: a lock tells it before the page lets go of it.
        """
        if not self._has_left and self._moments.left is not None:
            self._has_left = True
            self.dispatch(self._moments.left)

    def _drain(self) -> None:
        try:
            while self._waiting:
                self._decide(self._waiting.popleft())
        finally:
            # An event that could not be decided takes no other with it.
            if self._waiting:
                self._drain()

    def _decide(self, event: Event) -> None:
        step = self._update(self._model, event)
        self._model = step.model
        for effect in step.effects:
            self._perform(effect, self.dispatch)
