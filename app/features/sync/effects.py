"""Doing of Sync: the scheduler belongs to the process; the screen listens."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from app.clinic.desk import Desk
from app.core.access import may_back_up
from app.core.problems import ProblemCode
from app.features.sync.carried import (
    AnswerFailed,
    AnswerHeard,
    Heard,
    TakeAnswer,
    WaitingHere,
)
from app.features.sync.progress import Kept, Lost, Moved, Outcome, Progress
from app.features.sync.state import (
    CodeRefused,
    ConnectAgain,
    Effect,
    Event,
    KeptLoaded,
    Left,
    Listen,
    LoadKept,
    Model,
    OpenRecord,
    OpenTablet,
    ProgressCame,
    Shown,
    StopListening,
    StopSync,
    SyncNow,
    TimePassed,
    update,
)
from app.storage import TakenAnswer, WaitingPerson
from app.sync.failures import SyncFailure
from app.sync.report import Phase, SyncProgress, SyncReport
from app.sync.scheduler import SyncScheduler
from app.sync.status import SyncStatus
from app.ui.device import Device, Picked
from app.ui.listening import Listening
from app.ui.loop import Loop, Moments
from app.ui.navigator import Place
from app.ui.routes import Record, Route, ThisTablet
from app.ui.work import Work, by_code

Dispatch = Callable[[Event], None]
REFRESH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Line:
    """The rounds of this tablet, the device that chooses files, and a new start."""

    scheduler: SyncScheduler
    device: Device
    connect_again: Callable[[str], None]
    """With a one-time code; raises SyncFailure where it is mistyped."""


class _Sync:
    def __init__(self, desk: Desk, work: Work, place: Place, line: Line) -> None:
        self.desk = desk
        self.work = work
        self.place = place
        self.scheduler = line.scheduler
        self.device = line.device
        self.connect_again = line.connect_again
        self.is_over = False
        self.listening = Listening(work)
        self.loads = work.lane()

    def perform(self, effect: Effect, dispatch: Dispatch) -> None:
        match effect:
            case Listen():
                self._listen(dispatch)
            case StopListening():
                self.is_over = True
                self.listening.end()
            case LoadKept():
                self.loads.newest(self._kept, dispatch, _as_event)
            case SyncNow():
                self.scheduler.sync_now()
            case StopSync():
                self.scheduler.pause()
            case ConnectAgain() | TakeAnswer():
                self._connect_or_take(effect, dispatch)
            case OpenRecord() | OpenTablet():
                self.place.go(_route(effect))
            case _:
                assert_never(effect)

    def _connect_or_take(
        self, effect: ConnectAgain | TakeAnswer, dispatch: Dispatch
    ) -> None:
        if isinstance(effect, TakeAnswer):
            self._take_answer(dispatch)
            return
        try:
            self.connect_again(effect.code)
        except SyncFailure as failure:
            dispatch(CodeRefused(failure.code))

    def _take_answer(self, dispatch: Dispatch) -> None:
        def picked(file: Picked | None) -> None:
            # The tablet may have been locked while the file was chosen.
            if self.is_over:
                return
            if file is None:
                dispatch(AnswerHeard(None))
                return
            self.work.run(
                lambda: self.desk.vault.take_answer(file.content),
                dispatch,
                _as_heard,
                by_code(AnswerFailed),
            )

        def refused() -> None:
            if not self.is_over:
                dispatch(AnswerFailed(ProblemCode.FILE_NOT_SAVED))

        self.device.pick(picked, refused)

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
        waiting = tuple(map(self._waiting_of, vault.waiting()))
        server = vault.connection.server_url
        return KeptLoaded(kept, server, self._lost(), waiting)

    def _lost(self) -> Lost:
        vault = self.desk.vault
        # Nothing to send though something waits: what comes first can't be read.
        is_stuck = vault.pending() is None and vault.counts().operations > 0
        return Lost(self.desk.damaged, is_stuck, self.desk.is_put_back)

    def _of_person(self, patient_id: str, reason: ProblemCode, count: int) -> Kept:
        person = self.desk.vault.summary(patient_id) if patient_id else None
        name = person.display_name if person else ""
        return Kept(patient_id, name, person.card if person else "", reason, count)

    def _waiting_of(self, waiting: WaitingPerson) -> WaitingHere:
        person = self.desk.vault.summary(waiting.patient_id)
        return WaitingHere(
            waiting.patient_id,
            person.display_name if person else "",
            person.card if person else "",
            waiting.records,
            waiting.oldest_at,
            waiting.is_sent,
        )


def _as_heard(taken: TakenAnswer) -> Event:
    return AnswerHeard(Heard(taken.acknowledged, taken.set_aside, taken.received))


def _as_event(loaded: KeptLoaded) -> Event:
    return loaded


def progress_of(status: SyncStatus) -> Progress:
    """Return what a status says, in the screen's terms."""
    report, moving, here = status.report, status.progress, status.only_here
    return Progress(
        online=status.online,
        running=status.running,
        moved=_moved(moving) if moving else None,
        outcome=outcome_of(report) if report else None,
        failure=status.failure,
        last_success_at=status.last_success_at,
        records_only_here=here.records if here else 0,
        records_refused=here.refused_records if here else 0,
        oldest_at=here.oldest_at if here else None,
        paused=status.paused,
    )


def _moved(moving: SyncProgress) -> Moved:
    size = moving.sent_bytes + moving.received_bytes
    return Moved(moving.phase is Phase.PUSH, moving.done, moving.total, size)


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


def _route(effect: OpenRecord | OpenTablet) -> Route:
    if isinstance(effect, OpenTablet):
        return ThisTablet()
    return Record(effect.patient_id)


def loop(
    desk: Desk, work: Work, place: Place, line: Line
) -> Loop[Model, Event, Effect]:
    """Make the screen's loop."""
    screen = _Sync(desk, work, place, line)
    moments: Moments[Event] = Moments(shown=Shown(), left=Left())
    may = may_back_up(desk.practitioner.role)
    model = Model(now_ms=desk.wall(), may_back_up=may)
    return Loop(model, update, screen.perform, moments)
