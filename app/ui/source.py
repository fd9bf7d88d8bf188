"""A value that changes, and those who want to know."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Source(Generic[T]):
    """Holds the newest value; listeners are told of each that differs."""

    def __init__(self, value: T) -> None:
        self._value = value
        self._listeners: list[Callable[[], None]] = []

    @property
    def value(self) -> T:
        """The newest value."""
        return self._value

    def set(self, value: T) -> None:
        """Take a new value; an equal one is nothing new."""
        if value == self._value:
            return
        self._value = value
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each change until the returned function is called."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop
