"""A person stops sync: it ends soon, stays so for a while, and goes on by itself."""

import random
import threading
from collections.abc import Iterator

import pytest

from app.storage.only_here import OnlyHere
from app.sync import scheduler as scheduling
from app.sync.report import OnProgress, Phase, SyncProgress, SyncReport
from app.sync.scheduler import SyncScheduler
from tests.sync.test_scheduler import FINE, PATIENCE_SECONDS, StandIn, until


class LongRounds:
    """Each round goes on until it is cancelled; implements the scheduler's port."""

    def __init__(self) -> None:
        self.begun = 0
        self.is_long = True

    def round(
        self, progress: OnProgress, cancel: threading.Event, *, asked: bool
    ) -> SyncReport:
        self.begun += 1
        if self.is_long:
            progress(SyncProgress(Phase.PUSH, int(asked), 9))
            assert cancel.wait(PATIENCE_SECONDS)
        return SyncReport(1, 2, cancelled=cancel.is_set())

    def only_here(self) -> OnlyHere:
        return OnlyHere(1, 1, 5, 0)


@pytest.fixture
def quick() -> Iterator[SyncScheduler]:
    scheduler = SyncScheduler(random.Random(1), poll_seconds=0.005)
    yield scheduler
    assert scheduler.detach()


def test_a_stop_ends_the_round_and_no_save_begins_another(
    quick: SyncScheduler,
) -> None:
    rounds = LongRounds()
    quick.attach(rounds)
    until(lambda: quick.status.running)
    quick.pause()
    until(lambda: quick.status.paused and not quick.status.running)
    assert quick.status.failure is None
    begun = rounds.begun
    quick.wake()
    until(lambda: quick.status.only_here == OnlyHere(1, 1, 5, 0))
    assert rounds.begun == begun == 1


def test_whoever_asks_ends_the_stop(quick: SyncScheduler) -> None:
    rounds = StandIn(FINE)
    quick.attach(rounds)
    until(lambda: rounds.begun > 1)
    quick.pause()
    until(lambda: quick.status.paused)
    quick.sync_now()
    until(lambda: not quick.status.paused)
    begun = rounds.begun
    until(lambda: rounds.begun > begun + 1)


def test_a_stop_that_nobody_ends_ends_by_itself(
    quick: SyncScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "PAUSE_SECONDS", 0.05)
    rounds = LongRounds()
    quick.attach(rounds)
    until(lambda: quick.status.running)
    rounds.is_long = False
    quick.pause()
    until(lambda: rounds.begun > 2)
    until(lambda: not quick.status.paused)


def test_a_lock_ends_it_at_once_and_the_next_unlock_begins_anew(
    quick: SyncScheduler,
) -> None:
    first, second = LongRounds(), StandIn(FINE)
    quick.attach(first)
    until(lambda: quick.status.running)
    quick.pause()
    assert quick.detach()
    assert not quick.status.paused
    quick.attach(second)
    until(lambda: second.begun > 2)


def test_a_stop_while_nobody_is_unlocked_does_nothing(quick: SyncScheduler) -> None:
    quick.pause()
    assert not quick.status.paused
