"""An unlocked vault: what screens and sync read and write, from any thread."""

from collections.abc import Callable

from app.storage.before_unlock import BeforeUnlock
from app.storage.errors import LockedError
from app.storage.unlocked import Unlocked
from app.storage.vault_audit import VaultAudit
from app.storage.vault_backup import VaultBackup
from app.storage.vault_records import VaultRecords
from app.storage.vault_sync import VaultSync

AddSlot = Callable[[str, str], None]
"""Wraps the data key for a practitioner id under a PIN."""


class Vault(VaultRecords, VaultSync, VaultAudit, VaultBackup):
    """One practitioner's open vault; `close` locks it."""

    def __init__(
        self,
        unlocked: Unlocked,
        before: BeforeUnlock,
        practitioner_id: str,
        add_slot: AddSlot,
    ) -> None:
        super().__init__(unlocked, before, practitioner_id)
        self._wrap: AddSlot | None = add_slot

    def add_slot(self, practitioner_id: str, pin: str) -> None:
        """Let a colleague choose a PIN on this tablet. Slow on purpose.

        Raises PinRefusedError, or NoSlotError for somebody the setup does not name.
        """
        wrap = self._wrap
        if wrap is None:
            raise LockedError
        wrap(practitioner_id, pin)

    def close(self) -> None:
        """Lock: keep the index for the next unlock, empty the log, drop every key."""
        self._wrap = None
        super().close()
