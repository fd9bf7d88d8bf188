"""What the records of an open vault count, kept up as they change (see unit_check)."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from app.core.merge import Document
from app.core.unit_check import record_value, total_of
from app.storage.errors import VaultCorruptError
from app.storage.unlocked import Unlocked

_CHANGED = (
    "SELECT record_id, position FROM document WHERE position > ? ORDER BY position"
)
_AT_ONCE = 200
"""Records read in one go; others may write in between."""


@dataclass(slots=True)
class Totals:
    """Each record's value, read once and then as it changes; nothing is stored."""

    deployment_id: str
    _position: int = 0
    _values: dict[str, tuple[str, int]] = field(default_factory=dict)

    def by_patient(self, parts: Unlocked) -> Mapping[str, int]:
        """Return what each patient counts who is in the vault."""
        while self._read_on(parts):
            pass
        self._forget_gone(parts)
        sums: dict[str, int] = {}
        for patient_id, value in self._values.values():
            sums[patient_id] = sums.get(patient_id, 0) + value
        return {whose: total_of((value,)) for whose, value in sums.items()}

    def learn(self, before: int, documents: Sequence[Document]) -> None:
        """Count records that were just written in a row after a position.

        Where others are to be read before them, they are read as well, later.
        """
        if self._position != before:
            return
        for document in documents:
            value = record_value(self.deployment_id, document)
            self._values[document.record_id] = document.patient_id, value
        self._position = before + len(documents)

    def _read_on(self, parts: Unlocked) -> bool:
        with parts.database.read() as driver:
            rows = driver.execute(_CHANGED, (self._position,)).fetchmany(_AT_ONCE)
            for record_id, position in rows:
                self._position = position
                self._values.pop(record_id, None)
                with suppress(VaultCorruptError):  # It is named, and so it differs.
                    document = parts.rows.document(driver, record_id)
                    if document is not None:
                        value = record_value(self.deployment_id, document)
                        self._values[record_id] = document.patient_id, value
        return bool(rows)

    def _forget_gone(self, parts: Unlocked) -> None:
        with parts.database.read() as driver:
            (count,) = driver.execute("SELECT count(*) FROM document").fetchone()
            if count == len(self._values):
                return
            there = {i for (i,) in driver.execute("SELECT record_id FROM document")}
        for record_id in self._values.keys() - there:
            del self._values[record_id]
