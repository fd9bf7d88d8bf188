"""When rounds run, and what screens are told meanwhile."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from app.core.problems import ProblemCode
from app.storage.errors import LockedError
from app.storage.only_here import OnlyHere
from app.sync.backoff import LONGEST_SECONDS, POLL_SECONDS, Backoff
from app.sync.report import OnProgress, Phase, SyncProgress, SyncReport
from app.sync.scheduler import SyncScheduler, stopped
from app.sync.status import SyncStatus, is_online

FINE = SyncReport(started_at=1, ended_at=2)
AWAY = replace(FINE, failure=ProblemCode.UNREACHABLE)
LONG_SECONDS = 30.0
PATIENCE_SECONDS = 5.0


class StandIn:
    """Rounds whose reports are given beforehand; implements the scheduler's port."""

    def __init__(self, *reports: SyncReport) -> None:
        self.reports = list(reports)
        self.begun = 0
        self.counts = OnlyHere(0, 0, None, 0)
        self.asked: list[bool] = []
        self.threads: set[threading.Thread] = set()
        self.hold: threading.Event | None = None

    def round(
        self, progress: OnProgress, cancel: threading.Event, *, asked: bool
    ) -> SyncReport:
        self.begun += 1
        self.asked.append(asked)
        self.threads.add(threading.current_thread())
        if self.hold is not None:
            progress(SyncProgress(Phase.PUSH, 1, 2))
            self.hold.wait(PATIENCE_SECONDS)
        report = self.reports.pop(0) if len(self.reports) > 1 else self.reports[0]
        return replace(report, cancelled=cancel.is_set())

    def only_here(self) -> OnlyHere:
        return self.counts


def until(question: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not question():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def patient_scheduler() -> Iterator[SyncScheduler]:
    """One that by itself would wait for long."""
    scheduler = SyncScheduler(random.Random(1), poll_seconds=LONG_SECONDS)
    yield scheduler
    assert scheduler.detach()


def test_it_runs_at_once_when_a_vault_is_attached(
    patient_scheduler: SyncScheduler,
) -> None:
    rounds = StandIn(FINE)
    patient_scheduler.attach(rounds)
    until(lambda: patient_scheduler.status.last_success_at == 2)
    assert patient_scheduler.status.online is True
    assert {thread.name for thread in rounds.threads} == {"sync"}


def test_it_runs_again_and_again_while_the_server_answers() -> None:
    scheduler = SyncScheduler(random.Random(1), poll_seconds=0.01)
    rounds = StandIn(FINE)
    scheduler.attach(rounds)
    until(lambda: rounds.begun > 5)
    assert scheduler.detach()


def test_it_runs_after_each_commit(patient_scheduler: SyncScheduler) -> None:
    rounds = StandIn(FINE)
    patient_scheduler.attach(rounds)
    until(lambda: rounds.begun == 1 and not patient_scheduler.status.running)
    patient_scheduler.wake()
    until(lambda: rounds.begun == 2)


def test_a_commit_while_the_server_is_away_changes_only_the_counts(
    patient_scheduler: SyncScheduler,
) -> None:
    rounds = StandIn(AWAY)
    patient_scheduler.attach(rounds)
    until(lambda: patient_scheduler.status.online is False)
    rounds.counts = OnlyHere(1, 1, 5, 0)
    patient_scheduler.wake()
    until(lambda: patient_scheduler.status.only_here == rounds.counts)
    assert rounds.begun == 1


def test_a_person_who_asks_does_not_wait(patient_scheduler: SyncScheduler) -> None:
    rounds = StandIn(AWAY, FINE)
    patient_scheduler.attach(rounds)
    until(lambda: patient_scheduler.status.online is False)
    assert patient_scheduler.status.failure is ProblemCode.UNREACHABLE
    patient_scheduler.sync_now()
    until(lambda: patient_scheduler.status.online is True)
    assert rounds.asked == [True, True]


def test_nobody_has_to_ask_after_an_outage() -> None:
    rounds = StandIn(*[AWAY] * 8, FINE)
    scheduler = SyncScheduler(random.Random(1), poll_seconds=0.001)
    scheduler.attach(rounds)
    until(lambda: scheduler.status.online is True)
    assert rounds.asked[1:] == [False] * (len(rounds.asked) - 1)
    assert scheduler.detach()


def test_a_save_during_a_round_is_sent_by_the_next_one(
    patient_scheduler: SyncScheduler,
) -> None:
    rounds = StandIn(FINE)
    rounds.hold = threading.Event()
    patient_scheduler.attach(rounds)
    until(lambda: rounds.begun == 1)
    patient_scheduler.wake()
    rounds.hold.set()
    until(lambda: rounds.begun == 2)


def test_progress_is_told_while_records_move(patient_scheduler: SyncScheduler) -> None:
    rounds = StandIn(FINE)
    rounds.hold = threading.Event()
    patient_scheduler.attach(rounds)
    until(lambda: patient_scheduler.status.progress == SyncProgress(Phase.PUSH, 1, 2))
    assert patient_scheduler.status.running
    rounds.hold.set()
    until(lambda: not patient_scheduler.status.running)
    assert patient_scheduler.status.progress is None


def test_no_call_of_a_screen_waits_for_a_round(
    patient_scheduler: SyncScheduler,
) -> None:
    rounds = StandIn(FINE)
    rounds.hold = threading.Event()
    patient_scheduler.attach(rounds)
    until(lambda: rounds.begun == 1)
    begun = time.monotonic()
    for _ in range(100):
        patient_scheduler.wake()
        patient_scheduler.sync_now()
        assert patient_scheduler.status.attached
    assert time.monotonic() - begun < 0.5
    rounds.hold.set()


def test_a_lock_waits_for_the_batch_under_way() -> None:
    scheduler = SyncScheduler(random.Random(1))
    rounds = StandIn(FINE)
    rounds.hold = threading.Event()
    scheduler.attach(rounds)
    until(lambda: rounds.begun == 1)
    threading.Timer(0.1, rounds.hold.set).start()
    assert scheduler.detach()
    assert not scheduler.status.attached
    assert not scheduler.status.running


def test_a_lock_does_not_wait_for_ever_and_a_late_round_is_not_heard() -> None:
    scheduler = SyncScheduler(random.Random(1))
    rounds, next_rounds = StandIn(AWAY), StandIn(FINE)
    rounds.hold = threading.Event()
    scheduler.attach(rounds)
    until(lambda: rounds.begun == 1)
    (late,) = rounds.threads
    assert not scheduler.detach(timeout_seconds=0.05)
    assert scheduler.status == stopped(scheduler.status)
    scheduler.attach(next_rounds)
    until(lambda: scheduler.status.online is True)
    rounds.hold.set()
    late.join(PATIENCE_SECONDS)
    assert scheduler.status.attached
    assert scheduler.status.online is True
    assert scheduler.detach()


def test_nothing_runs_without_an_unlocked_vault() -> None:
    scheduler = SyncScheduler(random.Random(1))
    scheduler.wake()
    scheduler.sync_now()
    assert scheduler.detach()
    assert scheduler.status == SyncStatus()


def test_another_vault_takes_the_place_of_the_first() -> None:
    scheduler = SyncScheduler(random.Random(1), poll_seconds=0.01)
    first, second = StandIn(FINE), StandIn(FINE)
    scheduler.attach(first)
    until(lambda: first.begun > 0)
    scheduler.attach(second)
    begun = first.begun
    until(lambda: second.begun > 3)
    assert first.begun == begun
    assert scheduler.detach()


def test_a_subscriber_hears_the_status_at_once_and_each_change_until_it_ends(
    patient_scheduler: SyncScheduler,
) -> None:
    told: list[SyncStatus] = []
    end = patient_scheduler.subscribe(told.append)
    assert told == [SyncStatus()]
    patient_scheduler.attach(StandIn(FINE))
    until(lambda: told[-1].online is True)
    end()
    heard = len(told)
    patient_scheduler.sync_now()
    patient_scheduler.detach()
    assert len(told) == heard
    assert all(one != other for one, other in pairwise(told))


def test_a_subscriber_whose_loop_has_gone_is_dropped_and_sync_goes_on(
    patient_scheduler: SyncScheduler,
) -> None:
    def closed(_status: SyncStatus) -> None:
        raise RuntimeError("Event loop is closed")

    told: list[SyncStatus] = []
    patient_scheduler.subscribe(closed)
    patient_scheduler.subscribe(told.append)
    patient_scheduler.attach(StandIn(FINE))
    until(lambda: told[-1].online is True)


def test_a_subscriber_may_call_back(patient_scheduler: SyncScheduler) -> None:
    rounds = StandIn(FINE)

    def call_back(status: SyncStatus) -> None:
        if status.online and rounds.begun < 3:
            patient_scheduler.sync_now()

    patient_scheduler.subscribe(call_back)
    patient_scheduler.attach(rounds)
    until(lambda: rounds.begun >= 3)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_is_told_and_the_next_wish_begins_anew(
    patient_scheduler: SyncScheduler,
) -> None:
    class Faulty(StandIn):
        def round(
            self, progress: OnProgress, cancel: threading.Event, *, asked: bool
        ) -> SyncReport:
            report = super().round(progress, cancel, asked=asked)
            if self.begun == 1:
                raise ZeroDivisionError
            return report

    rounds = Faulty(FINE)
    patient_scheduler.attach(rounds)
    until(lambda: patient_scheduler.status.failure is ProblemCode.UNEXPECTED)
    assert not patient_scheduler.status.running
    until(lambda: not any(thread.is_alive() for thread in rounds.threads))
    patient_scheduler.sync_now()
    until(lambda: patient_scheduler.status.online is True)
    assert patient_scheduler.status.failure is None


def test_a_vault_that_is_locked_during_a_round_ends_nothing_with_a_fault(
    patient_scheduler: SyncScheduler,
) -> None:
    class Locked(StandIn):
        def only_here(self) -> OnlyHere:
            raise LockedError

    locked = replace(FINE, failure=ProblemCode.LOCKED)
    patient_scheduler.attach(Locked(locked))
    until(lambda: patient_scheduler.status.failure is ProblemCode.LOCKED)
    assert patient_scheduler.status.attached
    assert patient_scheduler.status.only_here is None


# Backoff.


def waits(*reports: SyncReport) -> list[float]:
    backoff = Backoff(random.Random(1))
    return [backoff.after(report) for report in reports]


def test_while_the_server_answers_it_is_asked_every_two_seconds() -> None:
    assert waits(FINE, FINE) == [POLL_SECONDS, POLL_SECONDS]


def test_however_long_the_server_was_away_it_is_tried_within_five_seconds() -> None:
    found = waits(*[AWAY] * 30)
    assert all(LONGEST_SECONDS / 2 <= wait <= LONGEST_SECONDS < 5 for wait in found)
    assert len(set(found)) > 10


def test_one_answer_ends_the_waiting() -> None:
    assert waits(AWAY, AWAY, AWAY, FINE)[-1] == POLL_SECONDS
    assert waits(AWAY, AWAY, AWAY, FINE, AWAY)[-1] <= 2 * POLL_SECONDS


def test_a_server_that_asks_for_patience_gets_it() -> None:
    busy = replace(FINE, failure=ProblemCode.SERVER_BUSY, wait_seconds=300)
    assert waits(busy) == [300.0]


@pytest.mark.parametrize(
    "failure", [None, ProblemCode.DEVICE_FORKED, ProblemCode.DISK_FULL]
)
def test_online_means_that_a_tessera_server_answered(
    failure: ProblemCode | None,
) -> None:
    assert is_online(replace(FINE, failure=failure))


@pytest.mark.parametrize(
    "failure",
    [
        ProblemCode.UNREACHABLE,
        ProblemCode.CONNECTION_CUT,
        ProblemCode.PROTOCOL_MISMATCH,
        ProblemCode.SERVER_FAULT,
    ],
)
def test_offline_means_that_none_did(failure: ProblemCode) -> None:
    assert not is_online(replace(FINE, failure=failure))
