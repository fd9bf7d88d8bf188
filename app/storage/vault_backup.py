"""Backing up an open vault, and what a restored one knows of itself."""

from pathlib import Path

from app.storage.backup import Contents, Restoration, restoration, write_vault
from app.storage.backup_file import BackupLock
from app.storage.errors import VaultCorruptError
from app.storage.open_vault import OpenVault


class VaultBackup(OpenVault):
    """The vault in one encrypted file."""

    def back_up(self, path: Path, lock: BackupLock) -> None:
        """Write all of the vault, sealed, to a new file; whole and durable, or not.

        Raises PinRefusedError for a weak passphrase and DiskError where the disk, or
        a file of that name, is in the way.
        """
        parts = self._unlocked
        with parts.while_open():
            setup = self._before.setup()
            if setup is None:
                raise VaultCorruptError
            key, device_id = parts.keyed.data_key, self.device_id
            added, gone = self._before.proposals(), self._before.revoked_slots()
            contents = Contents(key, device_id, setup, {}, added, gone)
            write_vault(parts.database, path, lock, contents)

    @property
    def restored(self) -> Restoration | None:
        """The vault's own epoch, if it is the restore of a backup."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return restoration(driver, parts.local)
