"""The data key made anew, in one transaction: a death leaves the old or the new.

Patients' own keys stay and are wrapped anew; whatever else lies under the data key is
sealed again. No PIN is known here, so each slot gets the new key sealed to its public
half, and is wrapped anew at its owner's next unlock.
"""

import logging
import sqlite3
from dataclasses import replace

from app.core.wire import Setup
from app.storage import drafts
from app.storage.errors import (
    DiskError,
    KeyChangeBlockedError,
    LockedError,
    NoSlotError,
    VaultCorruptError,
)
from app.storage.patient_keys import wrapping_of
from app.storage.sealing import new_key
from app.storage.unlocked import Keyed, local_of
from app.storage.vault_people import VaultPeople

_logger = logging.getLogger(__name__)


class VaultRotation(VaultPeople):
    """Takes the data key from whoever had it and left."""

    def renew_setup(self, setup: Setup) -> None:
        """Keep what the server says; where somebody lost their slot, change the key.

        What is in the way of that is logged, and it is tried again with the next setup.
        """
        super().renew_setup(setup)
        if not self.revoked_slots():
            return
        try:
            self.rotate_data_key()
        except (KeyChangeBlockedError, NoSlotError) as error:
            _logger.warning("The data key stays for now: %s.", error.code)
        except (DiskError, VaultCorruptError) as error:
            _logger.warning("The data key was not changed: %s.", error.code)

    def rotate_data_key(self) -> None:
        """Change the data key; the old one opens nothing here afterwards.

        One durable transaction; everybody keeps their PIN, and this vault stays open.
        It reads every row and keeps others waiting meanwhile. On any failure nothing
        changed.

        Raises KeyChangeBlockedError; NoSlotError where who unlocked has no slot any
        more; VaultCorruptError where rows were changed outside the app.
        """
        self.verify()
        parts = self._unlocked
        if parts.verifier is None:
            raise LockedError
        with parts.verifier.alone() as ledgers:
            keys, keyring = self._keys
            if self.practitioner_id not in keyring.holders():
                raise NoSlotError
            fresh, old = new_key(), parts.keyed
            with parts.changing_key(fresh) as (transaction, new):
                driver = transaction.driver
                with ledgers.rekeying(driver, fresh):
                    reseal(driver, old, new)
                keyring.move(transaction, keys.data_key, fresh)
                self._before.rotated(transaction)
            self._held = replace(keys, data_key=fresh), keyring
        self.keep_recovery_slot()


def reseal(driver: sqlite3.Connection, old: Keyed, new: Keyed) -> None:
    """Seal all that lies under one data key under another."""
    local = local_of(new.data_key)
    old.rows.rewrap(driver, wrapping_of(new.data_key))
    drafts.rename(driver, old.rows, new.rows)
    old.local.reseal(driver, local)
    old.aside.reseal(driver, local)
