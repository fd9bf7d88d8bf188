"""An unlocked vault: what screens and sync read and write, from any thread."""

from app.storage.vault_audit import VaultAudit
from app.storage.vault_backup import VaultBackup
from app.storage.vault_carried import VaultCarried
from app.storage.vault_pins import VaultPins
from app.storage.vault_records import VaultRecords
from app.storage.vault_scope import VaultScope


class Vault(
    VaultRecords,
    VaultScope,
    VaultCarried,
    VaultPins,
    VaultAudit,
    VaultBackup,
):
    """One practitioner's open vault; `close` locks it."""
