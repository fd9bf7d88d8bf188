"""Erasing patients from an open vault: as the server says, or as a restore must."""

from collections.abc import Collection

from app.core.erasure_wire import ErasedPage
from app.storage.audit_log import all_subjects_of
from app.storage.errors import RecordMismatchError
from app.storage.patient_erasure import erase_patient
from app.storage.vault_sync import VaultSync

MARK = "erasure/mark"
"""The name of the sealed value: up to which erasure the server was heard."""


class VaultErasure(VaultSync):
    """Takes out patients for good."""

    def erase_patient(self, patient_id: str) -> None:
        """Erase a patient, here or not yet, and keep them out from now on.

        One durable transaction; on any failure nothing changed. What was not sent yet
        is sent without content; what was sealed for the server before goes first, and
        is sealed anew. Raises RecordMismatchError for this device's audit events, which
        are no patient's.
        """
        if patient_id in all_subjects_of(self._unlocked):
            raise RecordMismatchError
        self._erase({patient_id})

    def erase_known(self) -> None:
        """Erase whom the server named at the enrolment, before anything is shown.

        A vault that was restored from a backup of before has them again.
        """
        self._erase(self._before.known_erasures())

    def erasures_mark(self) -> str:
        """Return up to which erasure the server was heard; "" is none."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return (parts.local.get(driver, MARK) or b"").decode()

    def apply_erasures(self, page: ErasedPage) -> None:
        """Erase whom a page of the server names, and keep its mark with it."""
        self._erase(set(page.patient_ids), page.mark)

    def _erase(self, patient_ids: Collection[str], mark: str | None = None) -> None:
        """Erase them in one transaction; this device's own events are never among them.

        Who was erased before is left as it is, so a server may name everybody again.
        """
        parts = self._unlocked
        going = set(patient_ids) - parts.erased
        if going:
            going -= {*all_subjects_of(parts)}
        if not going and mark is None:
            return
        if going:
            self._drop_unsent()
        try:
            with parts.writing() as unit:
                for patient_id in sorted(going):
                    erase_patient(unit, parts.aside, patient_id)
                if mark is not None:
                    parts.local.put(unit.driver, MARK, mark.encode())
        finally:
            if going:
                self._seal_unsent()
        if going:
            parts.empty_log()
