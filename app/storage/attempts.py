"""Wrong PINs: counted before each try, durable, with growing delays.

Waiting is measured by the monotonic clock while the app runs and starts again at a
restart; so neither a restart nor a changed wall clock shortens it.
"""

import math
from collections.abc import Callable

from sqlmodel import Session, select

from app.storage.database import Database
from app.storage.errors import WaitError
from app.storage.pins import delay_seconds
from app.storage.sealing import Sealer, SealError, place
from app.storage.tables import AttemptRow

Monotonic = Callable[[], float]
"""Seconds that only ever grow; their beginning means nothing."""

_TAMPERED = 1_000


class AttemptGate:
    """Lets a practitioner try a PIN, or says how long to wait."""

    def __init__(
        self, database: Database, device_sealer: Sealer, monotonic: Monotonic
    ) -> None:
        self._database = database
        self._sealer = device_sealer
        self._monotonic = monotonic
        self._free_at: dict[str, float] = {}
        with database.write() as transaction:
            session = transaction.session
            for practitioner_id in session.exec(select(AttemptRow.practitioner_id)):
                self._wait(practitioner_id, self._failures(session, practitioner_id))

    def wait_seconds(self, practitioner_id: str) -> int:
        """Return how long until the next try; 0 is now."""
        free_at = self._free_at.get(practitioner_id)
        if free_at is None:
            return 0
        return max(0, math.ceil(free_at - self._monotonic()))

    def begin(self, practitioner_id: str) -> None:
        """Count a try as failed, durably, before it is made; raise WaitError.

        So a process that is killed while the PIN is looked at gains nothing; nor do
        tries at once: the wait after this one stands before anybody looks.
        """
        with self._database.write() as transaction:  # One at a time, the wait too.
            wait = self.wait_seconds(practitioner_id)
            if wait:
                raise WaitError(wait)
            failures = self._failures(transaction.session, practitioner_id) + 1
            where = place("attempt", practitioner_id)
            sealed = self._sealer.seal(str(failures).encode(), where)
            row = AttemptRow(practitioner_id=practitioner_id, sealed=sealed)
            transaction.session.merge(row)
            self._wait(practitioner_id, failures)

    def succeeded(self, practitioner_id: str) -> None:
        """Forget the wrong PINs before a right one."""
        with self._database.write() as transaction:
            row = transaction.session.get(AttemptRow, practitioner_id)
            if row is not None:
                transaction.session.delete(row)
        self._free_at.pop(practitioner_id, None)

    def _wait(self, practitioner_id: str, failures: int) -> None:
        self._free_at[practitioner_id] = self._monotonic() + delay_seconds(failures)

    def _failures(self, session: Session, practitioner_id: str) -> int:
        """Return how many; a row that was tampered with counts as very many."""
        row = session.get(AttemptRow, practitioner_id)
        if row is None:
            return 0
        try:
            raw = self._sealer.unseal(row.sealed, place("attempt", practitioner_id))
        except SealError:
            return _TAMPERED
        return int(raw)
