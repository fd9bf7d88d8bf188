"""What every part of an open vault stands on: its parts, until it is locked."""

from collections.abc import Callable

from app.storage.before_unlock import BeforeUnlock
from app.storage.damage import Damage
from app.storage.errors import LockedError
from app.storage.set_aside import SetAsideRows
from app.storage.unlocked import Listener, Unlocked


class OpenVault:
    """Holds the keys of an unlocked vault, and lets go of them."""

    def __init__(self, unlocked: Unlocked, before: BeforeUnlock) -> None:
        self._parts: Unlocked | None = unlocked
        self._before = before

    @property
    def _unlocked(self) -> Unlocked:
        parts = self._parts
        if parts is None:
            raise LockedError
        return parts

    @property
    def _aside(self) -> SetAsideRows:
        return self._unlocked.aside

    @property
    def is_open(self) -> bool:
        """Whether it is still unlocked."""
        return self._parts is not None

    @property
    def device_id(self) -> str:
        """This device, as its chain names it."""
        return self._unlocked.state.head.device_id

    @property
    def damaged(self) -> frozenset[Damage]:
        """What was tampered with or damaged, as far as was seen since the unlock.

        It is left where it is, and whatever can be read goes on.
        """
        return frozenset(self._unlocked.rows.damaged)

    def verify(self) -> frozenset[Damage]:
        """Hold every row against what was written here; return what differs.

        Reads all of the file, and keeps nobody waiting meanwhile. What differs is
        named in `damaged` too, the rest stays readable. Raises LockedError.
        """
        verifier = self._unlocked.verifier
        return frozenset() if verifier is None else verifier.run()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the ids of patients that changed, after each change.

        It is called on the thread that wrote. The returned function ends it.
        """
        return self._unlocked.listeners.add(listener)

    def close(self) -> None:
        """Lock: keep the index for the next unlock, empty the log, drop every key."""
        parts, self._parts = self._parts, None
        if parts is not None:
            parts.close()
