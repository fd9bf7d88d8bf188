"""Doing of Sync: the scheduler belongs to the process; the screen listens."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.clinic.desk import Desk
from app.core.problems import ProblemCode
from app.features.sync.state import (
    CodeRefused,
    ConnectAgain,
    Effect,
    Event,
    Kept,
    KeptLoaded,
    Left,
    Listen,
    LoadKept,
    Lost,
    Model,
    Moved,
    OpenRecord,
    Outcome,
    Progress,
    ProgressCame,
    Shown,
    StopListening,
    SyncNow,
    TimePassed,
    update,
)
from app.sync.failures import SyncFailure
from app.sync.report import Phase, SyncReport
from app.sync.scheduler import SyncScheduler
from app.sync.status import SyncStatus
from app.ui.listening import Listening
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Record
from app.ui.work import Work

Dispatch = Callable[[Event], None]
REFRESH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Sending:
    """The rounds of this process, and how a code lets the server know it again."""

    scheduler: SyncScheduler
    connect_again: Callable[[str], None]
    """Raises SyncFailure where the code is mistyped."""


class _Sync:
    def __init__(self, desk: Desk, work: Work, place: Place, sending: Sending) -> None:
        self.desk = desk
        self.place = place
        self.scheduler = sending.scheduler
        self.connect_again = sending.connect_again
        self.listening = Listening(work)
        self.loads = work.lane()

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case Listen():
                self._listen(dispatch)
            case StopListening():
                self.listening.end()
            case LoadKept():
                self.loads.newest(self._kept, dispatch, _as_event)
            case SyncNow():
                self.scheduler.sync_now()
            case ConnectAgain(code):
                self._connect(code, dispatch)
            case OpenRecord(patient_id):
                self.place.go(Record(patient_id))
            case _:
                assert_never(effect)

    def _connect(self, code: str, dispatch: Dispatch) -> None:
        try:
            self.connect_again(code)
        except SyncFailure as failure:
            dispatch(CodeRefused(failure.code))

    def _tick(self, dispatch: Dispatch) -> None:
        if self.place.is_top:
            dispatch(TimePassed(self.desk.wall()))

    def _listen(self, dispatch: Dispatch) -> None:
        def told(status: SyncStatus) -> None:
            dispatch(ProgressCame(progress_of(status), self.desk.wall()))

        self.listening.begin(self.scheduler.subscribe, told)
        self.listening.again_in(REFRESH_SECONDS, lambda: self._tick(dispatch))

    def _kept(self) -> KeptLoaded:
        vault = self.desk.vault
        found = Counter((each.patient_id, each.reason) for each in vault.set_aside())
        kept = tuple(
            self._of_person(patient_id, reason, count)
            for (patient_id, reason), count in found.items()
        )
        return KeptLoaded(kept, vault.connection.server_url, self._lost())

    def _lost(self) -> Lost:
        vault = self.desk.vault
        # Nothing to send though something waits: what comes first can't be read.
        is_stuck = vault.pending() is None and vault.counts().operations > 0
        return Lost(self.desk.damaged, is_stuck, self.desk.is_put_back)

    def _of_person(self, patient_id: str, reason: ProblemCode, count: int) -> Kept:
        person = self.desk.vault.summary(patient_id) if patient_id else None
        name = person.display_name if person else ""
        return Kept(patient_id, name, person.card if person else "", reason, count)


def _as_event(loaded: KeptLoaded) -> Event:
    return loaded


def progress_of(status: SyncStatus) -> Progress:
    """Return what a status says, in the screen's terms."""
    report, moving, here = status.report, status.progress, status.only_here
    return Progress(
        online=status.online,
        running=status.running,
        moved=Moved(moving.phase is Phase.PUSH, moving.done, moving.total)
        if moving
        else None,
        outcome=outcome_of(report) if report else None,
        failure=status.failure,
        last_success_at=status.last_success_at,
        records_only_here=here.records if here else 0,
        records_refused=here.refused_records if here else 0,
        oldest_at=here.oldest_at if here else None,
    )


def outcome_of(report: SyncReport) -> Outcome:
    """Return what a round did, in the screen's terms."""
    refused = Counter(each.reason for each in report.set_aside)
    return Outcome(
        report.accepted,
        report.duplicates,
        report.pulled,
        tuple(refused.items()),
        report.clock_ahead_ms,
        report.is_another,
        report.differed,
    )


def loop(
    desk: Desk, work: Work, place: Place, sending: Sending
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Sync(desk, work, place, sending)
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    return Loop(Model(now_ms=desk.wall()), update, screen.perform, moments)
