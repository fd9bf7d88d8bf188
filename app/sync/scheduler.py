"""When rounds run: one thread for the process, whatever sessions come and go."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Protocol

from app.core.problems import ProblemCode
from app.storage.errors import StorageError
from app.storage.only_here import OnlyHere
from app.sync.backoff import POLL_SECONDS, Backoff
from app.sync.report import OnProgress, SyncProgress, SyncReport
from app.sync.status import StatusBoard, Subscriber, SyncStatus, is_online

PAUSE_SECONDS = 5 * 60.0
"""How long a person's stop holds: nobody has to remember it."""


class Rounds(Protocol):
    """What the scheduler runs: SyncEngine."""

    def round(
        self, progress: OnProgress, cancel: threading.Event, *, asked: bool
    ) -> SyncReport:
        """Run one round, perhaps because a person asked; return what it did."""

    def only_here(self) -> OnlyHere:
        """Return how much exists on this tablet alone."""


class SyncScheduler:
    """Runs rounds while a vault is attached, and says how it goes.

    After a commit (`wake`) at once; every 2 s while the server answers, so that two
    tablets see each other's changes within 5 s; every 4 s at the latest while it does
    not; and at once when a person asks (`sync_now`). A person may stop it (`pause`); it
    goes on when one asks, or by itself after 5 minutes. No method but `detach` waits.
    Whether there is a network nobody is asked but the server.
    """

    def __init__(self, rng: random.Random, poll_seconds: float = POLL_SECONDS) -> None:
        self._rng = rng
        self._poll_seconds = poll_seconds
        self._board = StatusBoard()
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    @property
    def status(self) -> SyncStatus:
        """The newest status."""
        return self._board.status

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call a subscriber now and at each change; the returned call ends it."""
        return self._board.subscribe(subscriber)

    def attach(self, rounds: Rounds) -> None:
        """Begin to sync an unlocked vault; one attached before is detached."""
        self.detach()
        with self._lock:
            backoff = Backoff(self._rng, self._poll_seconds)
            self._worker = _Worker(rounds, backoff, self._board)
            self._worker.start()

    def detach(self, timeout_seconds: float = 10.0) -> bool:
        """Stop, before a vault is locked; a batch under way finishes.

        False if it did not finish in time: its vault refuses it once it is locked,
        and what the server took is recognised as a duplicate later.
        """
        with self._lock:
            worker, self._worker = self._worker, None
        ended = worker is None or worker.stop(timeout_seconds)
        self._board.give_floor(self)
        self._board.publish(self, stopped(self._board.status))
        return ended

    def wake(self) -> None:
        """Something was saved: send it, unless the server is known to be away."""
        self._request(asked=False)

    def sync_now(self) -> None:
        """A person asks: try at once, whatever happened before."""
        self._request(asked=True)

    def pause(self) -> None:
        """A person stops it: the batch under way ends, and no other begins."""
        with self._lock:
            if self._worker is not None:
                self._worker.pause()

    def _request(self, *, asked: bool) -> None:
        with self._lock:
            if self._worker is not None:
                self._worker = self._worker.revived()
                self._worker.request(asked=asked)


def stopped(status: SyncStatus) -> SyncStatus:
    """Return the status once nothing runs any more."""
    ended = replace(status, attached=False, running=False, progress=None)
    return replace(ended, paused=False)


class _Worker:
    """The thread of one attached vault."""

    def __init__(self, rounds: Rounds, backoff: Backoff, board: StatusBoard) -> None:
        self._rounds = rounds
        self._backoff = backoff
        self._board = board
        self._cancel = threading.Event()
        self._round = threading.Event()
        self._paused_until = 0.0
        self._condition = threading.Condition()
        self._saved = False
        self._asked = False
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        self._board.give_floor(self)
        self._thread.start()

    def revived(self) -> "_Worker":
        """Return this worker, or a new one if a fault of ours ended its thread."""
        if self._thread.is_alive():
            return self
        fresh = _Worker(self._rounds, self._backoff, self._board)
        fresh.start()
        return fresh

    def request(self, *, asked: bool) -> None:
        with self._condition:
            self._saved = True
            self._asked = self._asked or asked
            if asked:
                self._paused_until = 0.0
            self._condition.notify()

    def pause(self) -> None:
        with self._condition:
            self._paused_until = monotonic() + PAUSE_SECONDS
            self._asked = False
            self._round.set()
            self._condition.notify()

    def stop(self, timeout_seconds: float) -> bool:
        self._cancel.set()
        with self._condition:
            self._round.set()
            self._condition.notify()
        if self._thread is threading.current_thread():
            return False
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        fault = True
        asked = True
        try:
            while not self._cancel.is_set():
                self._tell_begin(asked=asked)
                cancel = self._next_round()
                report = self._rounds.round(self._tell_progress, cancel, asked=asked)
                self._tell_end(report, asked=asked)
                asked = self._wait(self._backoff.after(report))
            fault = False
        finally:
            self._tell_stop(fault=fault)

    def _next_round(self) -> threading.Event:
        """Return what cancels the round that begins; whoever was stopped moves none."""
        with self._condition:
            self._round = threading.Event()
            if self._cancel.is_set() or self._is_paused:
                self._round.set()
            return self._round

    @property
    def _is_paused(self) -> bool:
        return monotonic() < self._paused_until

    def _wait(self, seconds: float) -> bool:
        """Wait for the time, a save or a person; return whether a person asked."""
        until = monotonic() + seconds
        while not self._cancel.is_set():
            self._tell_paused()
            with self._condition:
                ends_at = max(until, self._paused_until)
                if not (self._asked or self._saved or self._cancel.is_set()):
                    self._condition.wait(max(0.0, ends_at - monotonic()))
                asked, saved = self._asked, self._saved
                self._asked = self._saved = False
            may_move = not self._backoff.failures and not self._is_paused
            if asked or (saved and may_move):
                return asked
            if saved:  # the server is away, or sync was stopped: only counts change
                self._tell_counts()
            if monotonic() >= max(until, self._paused_until):
                break
        return False

    def _counts(self) -> OnlyHere | None:
        """Return how much exists only here, or what was known of it last.

        A vault that was locked meanwhile, or cannot be read, ends the next round.
        """
        try:
            return self._rounds.only_here()
        except StorageError:
            return self._board.status.only_here

    # What is told is told outside the condition: a subscriber may call us back.

    def _tell_begin(self, *, asked: bool) -> None:
        counts = self._counts()
        now = replace(self._board.status, attached=True, only_here=counts)
        now = replace(now, paused=self._is_paused)
        self._board.publish(self, replace(now, running=asked))

    def _tell_paused(self) -> None:
        now = replace(self._board.status, paused=self._is_paused)
        self._board.publish(self, now)

    def _tell_counts(self) -> None:
        counts = self._counts()
        self._board.publish(self, replace(self._board.status, only_here=counts))

    def _tell_progress(self, progress: SyncProgress) -> None:
        counts = self._counts()
        now = replace(self._board.status, running=True, only_here=counts)
        self._board.publish(self, replace(now, progress=progress))

    def _tell_end(self, report: SyncReport, *, asked: bool) -> None:
        before = self._board.status
        now = replace(before, running=False, progress=None, paused=self._is_paused)
        if not report.cancelled:
            now = replace(now, online=is_online(report), failure=report.failure)
        if report.succeeded:
            now = replace(now, last_success_at=report.ended_at)
        if asked or report.pushed or report.pulled or report.failure is not None:
            now = replace(now, report=report)
        self._board.publish(self, replace(now, only_here=self._counts()))

    def _tell_stop(self, *, fault: bool) -> None:
        now = stopped(self._board.status)
        failure = ProblemCode.UNEXPECTED if fault else now.failure
        self._board.publish(self, replace(now, failure=failure))
