"""The trail of one unlocked practitioner: what they read, took out, or broke open."""

import json
import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from typing import Protocol

from app.core.audit import AuditEvent, AuditKind, is_again
from app.core.clock import WallClock
from app.core.ids import Ids
from app.storage import DiskError, Vault, VaultCorruptError

logger = logging.getLogger("tessera.audit")
MOST_OWED = 250
"""Readings that wait one by one; of more the oldest become a number."""


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


class Spare(Protocol):
    """Room for what a full disk refuses; app.storage's Reserve has these methods."""

    def keep(self, text: str) -> bool:
        """Keep a text in place of the one before; False where it has no room."""

    def kept(self) -> str:
        """Return what is kept, or nothing."""


class AuditTrail:
    """Writes events to the vault's chain. Its calls block, from any thread."""

    def __init__(
        self, vault: Vault, ids: Ids, wall: WallClock, spare: Spare | None = None
    ) -> None:
        self._vault = vault
        self._ids = ids
        self._wall = wall
        self._spare = spare
        self._guard = threading.Lock()
        self._read_at: dict[str, int] = {}
        self._owed: list[AuditEvent] = []
        self._is_kept = False
        """Whether the spare room may hold something."""

    @property
    def waiting(self) -> int:
        """How many readings could not be written down yet."""
        return sum(event.count for event in tuple(self._owed))

    def take_up(self) -> None:
        """Write down what the disk refused before the last lock, or a crash.

        What is refused once more goes on waiting.
        """
        with self._guard:
            try:
                text = self._spare.kept() if self._spare else ""
                self._is_kept = bool(text)
                self._owed = [*_events(text), *self._owed]
                if self._owed:
                    self._write_owed()
            except (DiskError, VaultCorruptError) as error:
                logger.warning("audit waits", extra={"problem": error.code.value})

    def read(self, patient_id: str) -> None:
        """Write down that somebody's record was looked at; twice in a minute is once.

        Where the disk refuses, or the deployment's secret is lost, care goes on: the
        event waits for the next one that can be written, in the room that was taken
        for it beforehand; `waiting` says so.
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
                self._keep_owed()

    def took_out(self, kind: AuditKind, patient_id: str = "") -> None:
        """Write down an export before it leaves; raises StorageError, then it stays.

        A backup of the whole vault is nobody's: it names no patient.
        """
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
            self._forget_owed()

    def _write_owed(self) -> None:
        self._vault.record_events(self._owed)
        self._forget_owed()

    def _forget_owed(self) -> None:
        self._owed = []
        if self._is_kept:
            self._is_kept = False
            self._put("")

    def _keep_owed(self) -> None:
        """Keep what waits beside the vault; of the oldest, where too many, a number."""
        if len(self._owed) > MOST_OWED:
            first, second, *rest = self._owed
            lost = replace(
                first,
                kind=AuditKind.EVENTS_LOST.value,
                patient_id="",
                count=first.count + second.count,
                ended_at=second.ended_at or second.recorded_at,
            )
            self._owed = [lost, *rest]
        self._is_kept = True
        self._put(json.dumps([astuple(event) for event in self._owed]))

    def _put(self, text: str) -> None:
        try:
            if self._spare is not None and not self._spare.keep(text):
                logger.warning("audit waits in memory alone: no room")
        except DiskError as error:
            logger.warning("audit waits", extra={"problem": error.code.value})

    def _event(self, kind: AuditKind, patient_id: str, reason: str = "") -> AuditEvent:
        return AuditEvent(
            self._ids.new(),
            kind.value,
            self._wall(),
            self._vault.practitioner_id,
            patient_id,
            reason,
        )


def _events(text: str) -> list[AuditEvent]:
    return [AuditEvent(*members) for members in json.loads(text or "[]")]


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
