"""Tells whoever listens that something changed; from any thread, to any."""

import threading
from collections.abc import Callable

Listener = Callable[[None], None]


class Announcer:
    """Keeps listeners, which hand over to their own loop and return at once."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._guard = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener of each change from now on; the returned call ends it."""
        with self._guard:
            self._listeners.append(listener)
        return lambda: self._drop(listener)

    def tell(self) -> None:
        """Something changed."""
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(None)

    def _drop(self, listener: Listener) -> None:
        with self._guard:
            if listener in self._listeners:
                self._listeners.remove(listener)
