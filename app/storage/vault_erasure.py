"""Erasing a patient from an open vault."""

from app.storage.audit_log import all_subjects_of
from app.storage.errors import RecordMismatchError
from app.storage.patient_erasure import erase_patient
from app.storage.vault_sync import VaultSync


class VaultErasure(VaultSync):
    """Takes out a patient for good."""

    def erase_patient(self, patient_id: str) -> None:
        """Erase a patient, here or not yet, and keep them out from now on.

        One durable transaction; on any failure nothing changed. What was not sent yet
        is sent without content; what was sealed for the server before goes first, and
        is sealed anew. Raises RecordMismatchError for this device's audit events, which
        are no patient's.
        """
        parts = self._unlocked
        if patient_id in all_subjects_of(parts):
            raise RecordMismatchError
        self._drop_unsent()
        try:
            with parts.writing() as unit:
                erase_patient(unit, parts.aside, patient_id)
        finally:
            self._seal_unsent()
        parts.empty_log()
