"""What the effects of a tablet's screens need, from unlock to lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.clinic.auditing import AuditTrail, Spare
from app.clinic.drafting import NO_DRAFT, Settling
from app.clinic.library import Library
from app.core.change import Authorship, Change
from app.core.clock import WallClock
from app.core.ids import RecordIds
from app.core.summary import Station
from app.core.wire import PractitionerInfo, Setup
from app.storage import DamageKind, Vault


@dataclass(frozen=True, slots=True)
class Desk:
    """One practitioner at one tablet; gone at lock, and the keys with it."""

    vault: Vault
    ids: RecordIds
    wall: WallClock
    library: Library
    setup: Setup
    practitioner: PractitionerInfo
    read_station: Callable[[], Station]
    """Where the tablet stands now; it may be carried on while it is unlocked."""
    wake_sync: Callable[[], None]
    """Called after a save: what was saved goes out as soon as there is a network."""
    keep_events: Callable[[AuditTrail], None] = lambda _trail: None
    """Puts into the audit what the vault's file noted of PINs. Blocks."""
    spare: Spare | None = None
    """Where a reading waits that a full disk refused."""
    trail: AuditTrail = field(init=False)
    """Who read what; it lives as long as the desk."""

    def __post_init__(self) -> None:
        """Begin the trail of whoever unlocked."""
        trail = AuditTrail(self.vault, self.ids, self.wall, self.spare)
        object.__setattr__(self, "trail", trail)

    @property
    def station(self) -> Station:
        """Where the tablet stands now."""
        return self.read_station()

    @property
    def damaged(self) -> int:
        """How many parts of the records are damaged, as far as was seen by now.

        What the vault makes again by itself is none of the records.
        """
        found = (each.kind for each in self.vault.damaged)
        apart = (DamageKind.VALUE, DamageKind.ROLLED_BACK)
        return sum(kind not in apart for kind in found)

    @property
    def is_put_back(self) -> bool:
        """Whether an older copy of the whole vault lay where a newer one was."""
        return any(d.kind is DamageKind.ROLLED_BACK for d in self.vault.damaged)

    def save(self, change: Change, settling: Settling = NO_DRAFT) -> None:
        """Commit a change durably, then wake sync; raises StorageError.

        A draft that a colleague typed, and nobody touched since, is saved as theirs.
        """
        author = self._stamp(settling.author) if settling.author else None
        self.vault.commit(change, settling.drop_draft, author)
        self.wake_sync()

    def save_parts(
        self, change: Change, typed_by: Mapping[str, Change], settling: Settling
    ) -> None:
        """Commit a change, and before it what others typed, under their names.

        One transaction: all of it is saved, or nothing.
        """
        theirs = [(part, self._stamp(author)) for author, part in typed_by.items()]
        mine = change, self._stamp(self.practitioner.practitioner_id)
        self.vault.commit_all([*theirs, mine], settling.drop_draft)
        self.wake_sync()

    def _stamp(self, practitioner_id: str) -> Authorship:
        return Authorship(practitioner_id, self.setup.site.site_id)
