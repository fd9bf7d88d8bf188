"""What the effects of a tablet's screens need, from unlock to lock."""

from collections.abc import Callable
from dataclasses import dataclass

from app.clinic.library import Library
from app.core.change import Change
from app.core.clock import WallClock
from app.core.ids import Ids
from app.core.summary import Station
from app.core.wire import PractitionerInfo, Setup
from app.storage import Vault


@dataclass(frozen=True, slots=True)
class Desk:
    """One practitioner at one tablet; gone at lock, and the keys with it."""

    vault: Vault
    ids: Ids
    wall: WallClock
    library: Library
    setup: Setup
    practitioner: PractitionerInfo
    read_station: Callable[[], Station]
    """Where the tablet stands now; it may be carried on while it is unlocked."""
    wake_sync: Callable[[], None]
    """Called after a save: what was saved goes out as soon as there is a network."""

    @property
    def station(self) -> Station:
        """Where the tablet stands now."""
        return self.read_station()

    def save(self, change: Change, drop_draft: str | None = None) -> None:
        """Commit a change durably, then wake sync; raises StorageError."""
        self.vault.commit(change, drop_draft=drop_draft)
        self.wake_sync()
