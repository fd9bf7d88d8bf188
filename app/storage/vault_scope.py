"""Whom this device holds: who comes in, who leaves, and whether it holds them right."""

from collections.abc import Iterable, Mapping

from app.core.scope_wire import WholePatients
from app.core.unit_check import total_of
from app.storage.document_pages import take_documents
from app.storage.leaving import DAY_MS, is_held_back, is_old, let_go, may_leave
from app.storage.scope import WANTED, load_ids, load_left, put_ids, put_left
from app.storage.vault_identity import VaultIdentity

_MOST_LEAVING = 100
"""In one transaction; whoever works here waits for it."""


class VaultScope(VaultIdentity):
    """Takes patients in whole, lets them go, and holds them against the server."""

    def wanted_patients(self) -> tuple[str, ...]:
        """Return of whom all documents are to be asked for."""
        parts = self._unlocked
        with parts.database.read() as driver:
            found = load_ids(driver, parts.local, WANTED, parts.rows.damaged)
        return tuple(sorted(found))

    def want(self, patient_ids: Iterable[str]) -> None:
        """Ask for these patients whole: they came back, or are held otherwise here."""
        parts = self._unlocked
        with parts.writing() as unit:
            damaged = parts.rows.damaged
            known = load_ids(unit.driver, parts.local, WANTED, damaged)
            new = known | {*patient_ids} - unit.erased
            put_ids(unit.driver, parts.local, WANTED, new)

    def take_whole(self, answer: WholePatients) -> None:
        """Take in patients who came into scope, or came back; they lack nothing now."""
        parts, answered = self._unlocked, {*answer.answered}
        with parts.writing() as unit:
            clock, damaged = parts.clock(unit.state), parts.rows.damaged
            take_documents(unit, parts.aside, clock, answer.documents)
            wanted = load_ids(unit.driver, parts.local, WANTED, damaged)
            if wanted & answered:
                put_ids(unit.driver, parts.local, WANTED, wanted - answered)
            left = load_left(unit.driver, parts.local, damaged)
            if left.keys() & answered:
                rest = {w: t for w, t in left.items() if w not in answered}
                put_left(unit.driver, parts.local, rest)

    def left_patients(self) -> frozenset[str]:
        """Return who left this device and may come back."""
        parts = self._unlocked
        with parts.database.read() as driver:
            return frozenset(load_left(driver, parts.local, parts.rows.damaged))

    def let_old_go(self, keep_days: int) -> int:
        """Let patients leave of whom the server has all; say how many did.

        Nobody leaves who is in care, of whom anything changed within `keep_days`, has a
        draft, an open conflict or something that no server accepted. Their keys go, so
        what is left on the disk opens to nobody.
        """
        parts, count = self._unlocked, 0
        now = parts.surroundings.wall()
        old = parts.index.quiet_since(now - keep_days * DAY_MS)
        for at in range(0, len(old), _MOST_LEAVING):
            count += self._let_go(old[at : at + _MOST_LEAVING], now, keep_days)
        if count:
            parts.empty_log()
        return count

    def let_ended_go(self, patient_ids: Iterable[str]) -> int:
        """Let whom somebody looked up leave, as the server says; say how many did.

        Of whom a draft or something unsent is here, they stay until the next time.
        The server counts them here no more, so they are not among those who left.
        """
        parts, count = self._unlocked, 0
        with parts.writing() as unit:
            for patient_id in patient_ids:
                is_here = any(parts.rows.documents(unit.driver, patient_id))
                if is_here and not is_held_back(unit.driver, patient_id):
                    let_go(unit, patient_id)
                    count += 1
        if count:
            parts.empty_log()
        return count

    def _let_go(self, patient_ids: list[str], now: int, keep_days: int) -> int:
        parts, totals = self._unlocked, self._by_patient()
        gone: dict[str, int] = {}
        with parts.writing() as unit:
            damaged = {d.patient_id for d in parts.rows.damaged}
            left = load_left(unit.driver, parts.local, parts.rows.damaged)
            wanted = load_ids(unit.driver, parts.local, WANTED, parts.rows.damaged)
            for patient_id in patient_ids:
                # Anything may have come in since they were looked for.
                summary = parts.index.summary(patient_id)
                is_still = summary is not None and is_old(summary, now, keep_days)
                if not is_still or patient_id in damaged | wanted:
                    continue
                documents = parts.rows.documents(unit.driver, patient_id)
                if may_leave(unit.driver, patient_id, documents):
                    let_go(unit, patient_id)
                    gone[patient_id] = totals.get(patient_id, 0)
            if gone:
                put_left(unit.driver, parts.local, {**left, **gone})
        return len(gone)

    def total(self) -> int | None:
        """Return what all that this device holds counts (see unit_check).

        None while something here waits: to be sent, to be asked for, or refused.
        """
        parts = self._unlocked
        if self._waits():
            return None
        with parts.database.read() as driver:
            left = load_left(driver, parts.local, parts.rows.damaged)
        # Whoever was erased after they left counts nowhere any more.
        gone = [total for whose, total in left.items() if whose not in parts.erased]
        return total_of((*self._by_patient().values(), *gone))

    def differing(self, theirs: Mapping[str, int]) -> frozenset[str]:
        """Return who counts otherwise at the server than here, or is not here at all.

        Whoever has something that no server accepted differs rightly, and is left out.
        """
        parts, mine = self._unlocked, dict(self._by_patient())
        with parts.database.read() as driver:
            mine |= load_left(driver, parts.local, parts.rows.damaged)
            unsent = driver.execute(
                "SELECT DISTINCT patient_id FROM operation WHERE state <> 1"
            ).fetchall()
        other = {w for w, total in theirs.items() if mine.get(w, 0) != total}
        return frozenset(other - {whose for (whose,) in unsent} - parts.erased)

    def _waits(self) -> bool:
        if self.wanted_patients():
            return True
        here = self.counts()
        return here.operations > 0 or here.set_aside > 0

    def _by_patient(self) -> Mapping[str, int]:
        return self._counting().by_patient(self._unlocked)
