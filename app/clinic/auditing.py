"""The trail of one unlocked practitioner: what they read, took out, or broke open."""

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from app.core.audit import AuditEvent, AuditKind, is_again
from app.core.clock import WallClock
from app.core.ids import Ids
from app.storage import DiskError, Vault, VaultCorruptError

logger = logging.getLogger("tessera.audit")


class Beside(Protocol):
    """By whose leave a PIN was chosen."""

    @property
    def colleagues(self) -> tuple[str, ...]:
        """Who had unlocked, then who gave their own PIN beside."""

    @property
    def grant_id(self) -> str:
        """A coordinator's grant, or nothing."""


class LockedEvent(Protocol):
    """Something that happened `count` times, and stands in no chain yet (UTC ms)."""

    @property
    def event_id(self) -> str:
        """Its id, which its audit event keeps."""

    @property
    def kind(self) -> str:
        """What happened, in words of AuditKind."""

    @property
    def practitioner_id(self) -> str:
        """Whose PIN it was about."""

    @property
    def first_at(self) -> int:
        """When it happened first."""

    @property
    def last_at(self) -> int:
        """When it happened last."""

    @property
    def count(self) -> int:
        """How often."""

    @property
    def beside(self) -> Beside:
        """By whose leave, of a new PIN."""


class AuditTrail:
    """Writes events to the vault's chain. Its calls block, from any thread."""

    def __init__(self, vault: Vault, ids: Ids, wall: WallClock) -> None:
        self._vault = vault
        self._ids = ids
        self._wall = wall
        self._guard = threading.Lock()
        self._read_at: dict[str, int] = {}
        self._owed: list[AuditEvent] = []

    def read(self, patient_id: str) -> None:
        """Write down that somebody's record was looked at; twice in a minute is once.

        Where the disk refuses, or the deployment's secret is lost, care goes on: the
        event waits for the next one that can be written, as long as it stays unlocked.
        """
        with self._guard:
            now = self._wall()
            if is_again(self._read_at.get(patient_id), now):
                return
            self._read_at[patient_id] = now
            self._owed.append(self._event(AuditKind.READ, patient_id))
            try:
                self._write_owed()
            except (DiskError, VaultCorruptError) as error:
                logger.warning("audit waits", extra={"problem": error.code.value})

    def took_out(self, kind: AuditKind, patient_id: str) -> None:
        """Write down an export or a print, before it leaves; raises StorageError."""
        self._write_first(self._event(kind, patient_id))

    def read_note(self, patient_id: str, record_id: str) -> None:
        """Write down that a confidential note is read; raises StorageError.

        Called before it is shown: where this raises, it is not.
        """
        event = self._event(AuditKind.READ_NOTE, patient_id)
        self._write_first(replace(event, record_id=record_id))

    def hid_note(
        self, kind: AuditKind, patient_id: str, record_id: str, reason: str
    ) -> None:
        """Write down that a confidential note goes out of sight; raises StorageError.

        Called before it does: where this raises, it stays.
        """
        event = self._event(kind, patient_id, reason)
        self._write_first(replace(event, record_id=record_id))

    def broke_glass(self, patient_id: str, reason: str) -> None:
        """Write down why a closed section is opened; raises StorageError.

        Called before anything of it is shown: where this raises, nothing is.
        """
        self._write_first(self._event(AuditKind.BREAK_GLASS, patient_id, reason))

    def write_locked(self, events: Iterable[LockedEvent]) -> Sequence[LockedEvent]:
        """Write down what happened while nobody was unlocked; return what is durable.

        One that was written before, and could not be forgotten, is written once.
        """
        happened = list(events)
        self._vault.record_events([_unseen(each) for each in happened])
        return happened

    def _write_first(self, event: AuditEvent) -> None:
        with self._guard:
            self._vault.record_events([*self._owed, event])
            self._owed.clear()

    def _write_owed(self) -> None:
        self._vault.record_events(self._owed)
        self._owed.clear()

    def _event(self, kind: AuditKind, patient_id: str, reason: str = "") -> AuditEvent:
        return AuditEvent(
            self._ids.new(),
            kind.value,
            self._wall(),
            self._vault.practitioner_id,
            patient_id,
            reason,
        )


def _unseen(event: LockedEvent) -> AuditEvent:
    by = event.beside.colleagues
    is_new_pin = event.kind in {AuditKind.PIN_CHOSEN, AuditKind.PIN_RESET}
    return AuditEvent(
        event.event_id,
        str(event.kind),
        event.first_at,
        by[0] if by else event.practitioner_id,
        count=event.count,
        ended_at=None if is_new_pin else event.last_at,
        owner_id=event.practitioner_id if is_new_pin else "",
        second_id=by[1] if len(by) > 1 else "",
        grant_id=event.beside.grant_id,
    )
