"""What the effects of a tablet's screens need, from unlock to lock."""

from collections.abc import Callable
from dataclasses import dataclass

from app.clinic.drafting import NO_DRAFT, Settling
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
    station: Station
    wake_sync: Callable[[], None]
    """Called after a save: what was saved goes out as soon as there is a network."""

    def save(self, change: Change, settling: Settling = NO_DRAFT) -> None:
        """Commit a change durably, then wake sync; raises StorageError."""
        self.vault.commit(change, drop_draft=settling.drop_draft)
        self.wake_sync()
