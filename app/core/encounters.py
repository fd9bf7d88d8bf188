"""Encounters as screens read them: which visits there were, and which go on."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.document_json import as_mapping, writes_from_json
from app.core.merge import Document, Write
from app.core.projections import View, by_type
from app.core.records import PLAN_HISTORY, STATUS_HISTORY, RecordType
from app.core.values import EncounterStatus, instant_of

HALF_DAY_MS = 12 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class EncounterView(View):
    """An Encounter; its statuses are appended and never conflict."""

    @property
    def started_at(self) -> int:
        """UTC milliseconds."""
        return instant_of(self.value("started_at")) or 0

    @property
    def statuses(self) -> tuple[Write, ...]:
        """Every status that was ever written, oldest first."""
        return self._appended("status", STATUS_HISTORY)

    @property
    def plans(self) -> tuple[Write, ...]:
        """Every word on which forms wait until later, oldest first."""
        return self._appended("plan", PLAN_HISTORY)

    def _appended(self, field: str, history: str) -> tuple[Write, ...]:
        """Return every write of a field, oldest first.

        Those of a visit that was moved stand as they were written before, in place of
        what the move itself wrote.
        """
        written, moved = self.document.writes(field), self.shown(history)
        before = () if moved is None else writes_from_json(moved.value)
        if moved is not None and before:
            by_the_move = moved.write.operation_id
            written = tuple(w for w in written if w.operation_id != by_the_move)
        return tuple(sorted((*before, *written), key=lambda write: write.order))

    @property
    def status(self) -> EncounterStatus:
        """The newest status; one from a newer version reads as in-progress."""
        value = self.statuses[-1].value if self.statuses else None
        raw = as_mapping(value).get("status")
        known = isinstance(raw, str) and raw in set(EncounterStatus)
        return EncounterStatus(str(raw)) if known else EncounterStatus.IN_PROGRESS

    @property
    def status_at(self) -> int:
        """When the newest status was written, UTC milliseconds."""
        return self.statuses[-1].effective_ms if self.statuses else self.started_at

    @property
    def began_at(self) -> int:
        """When its first status was written, as the server lets it count."""
        return self.statuses[0].effective_ms if self.statuses else self.started_at

    @property
    def site_id(self) -> str:
        """Where it takes place: the site of its first status."""
        return self.statuses[0].site_id if self.statuses else ""

    @property
    def is_open(self) -> bool:
        """Whether the person is still being cared for."""
        over = (EncounterStatus.FINISHED, EncounterStatus.CANCELLED)
        return self.status not in over and not self.entered_in_error

    @property
    def urgent(self) -> bool:
        """Whether somebody marked the person as urgent."""
        return as_mapping(self.value("urgency")).get("level") == "urgent"


def encounters(documents: Iterable[Document]) -> list[EncounterView]:
    """Return a patient's encounters, oldest first."""
    found = [EncounterView(d) for d in by_type(documents, RecordType.ENCOUNTER)]
    return sorted(found, key=lambda view: (view.started_at, view.record_id))


def open_encounters(documents: Iterable[Document]) -> list[EncounterView]:
    """Return the visits that go on, the one that was worked on last at the end.

    One card that was read on two tablets makes two visits of one: who ends either of
    them ends both. So a visit is over as well where another at its site was finished
    after anything was said of this one; unless it was begun half a day later, or more,
    than that other: then it is another visit.
    """
    known = [view for view in encounters(documents) if not view.entered_in_error]
    found = [v for v in known if v.is_open and not any(_ends(w, v) for w in known)]
    return sorted(found, key=lambda view: (view.status_at, view.record_id))


def open_encounter(documents: Iterable[Document]) -> EncounterView | None:
    """Return the visit that goes on and was worked on last, or None."""
    found = open_encounters(documents)
    return found[-1] if found else None


def _ends(other: EncounterView, visit: EncounterView) -> bool:
    return (
        other.status is EncounterStatus.FINISHED
        and other.site_id == visit.site_id
        and other.status_at > visit.status_at
        and visit.began_at - other.began_at < HALF_DAY_MS
    )
