"""The way one came: a stack of places, and who may move it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.ui.routes import Route
from app.ui.source import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One place on the stack; its number is never used again in a session."""

    number: int
    route: Route

    @property
    def path(self) -> str:
        """The address of the place: a number, so that history names nobody."""
        return f"/{self.number}"


class Navigator(Source[tuple[Entry, ...]]):
    """The session's stack of places; never empty."""

    def __init__(self, start: Route) -> None:
        self._numbers = 0
        self._own_backs: dict[Entry, Callable[[], None]] = {}
        super().__init__((self._entry(start),))

    @property
    def top(self) -> Entry:
        """Where one is."""
        return self.value[-1]

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place before this one."""
        return len(self.value) > 1

    def go(self, route: Route) -> None:
        """Go on to a place; from there, back leads here."""
        self.set((*self.value, self._entry(route)))

    def replace(self, route: Route) -> None:
        """Go on to a place that stands instead of this one."""
        self.set((*self.value[:-1], self._entry(route)))

    def back(self) -> bool:
        """Go back by one; False where there is no place before this one."""
        if not self.can_go_back:
            return False
        self.set(self.value[:-1])
        return True

    def back_to(self, entry: Entry) -> None:
        """Go back to a place that is still on the stack."""
        stack = self.value
        self.set(stack[: stack.index(entry) + 1])

    def reset(self, *routes: Route) -> None:
        """Forget the way, and stand at the last of these places."""
        self.set(tuple(self._entry(route) for route in routes))

    def own_back(self, entry: Entry, back: Callable[[], None] | None) -> None:
        """Let a place's screen answer itself when somebody wants to go back."""
        standing = set(self.value)
        kept = {e: own for e, own in self._own_backs.items() if e in standing}
        kept.pop(entry, None)
        if back is not None:
            kept[entry] = back
        self._own_backs = kept

    def press_back(self) -> bool:
        """Somebody wants to go back, by whatever sign: the top screen's own way first.

        False where there is none: only the device can leave the first place.
        """
        own = self._own_backs.get(self.top)
        if own is None:
            return self.back()
        own()
        return True

    def has_path(self, path: str) -> bool:
        """Whether an address is still on the stack."""
        return any(entry.path == path for entry in self.value)

    def _entry(self, route: Route) -> Entry:
        self._numbers += 1
        return Entry(self._numbers, route)


@dataclass(frozen=True, slots=True)
class Place:
    """A screen's own way of moving: once it is no longer on top, nothing happens.

    So a save that ends after its author went back does not pull them elsewhere.
    """

    navigator: Navigator
    entry: Entry

    @property
    def route(self) -> Route:
        """The route that this place stands for."""
        return self.entry.route

    @property
    def is_top(self) -> bool:
        """Whether this place is the one in view."""
        return self.navigator.top == self.entry

    def go(self, route: Route) -> None:
        """Go on from here, if one still is here."""
        if self.is_top:
            self.navigator.go(route)

    def replace(self, route: Route) -> None:
        """Put another place here, if one still is here."""
        if self.is_top:
            self.navigator.replace(route)

    def back(self) -> None:
        """Go back by one, if one still is here."""
        if self.is_top:
            self.navigator.back()

    def back_to(self, route: Route) -> None:
        """Go back to a place that lies below; put it here where it does not."""
        below = [entry for entry in self.navigator.value[:-1] if entry.route == route]
        if not below:
            self.replace(route)
        elif self.is_top:
            self.navigator.back_to(below[-1])

    def reset(self, *routes: Route) -> None:
        """Forget the way, and stand at the last of these, if one still is here."""
        if self.is_top:
            self.navigator.reset(*routes)
