"""One round of sync: push what is pending, pull what is new, renew the setup.

A round may stop anywhere, and the next one goes on from there: what was acknowledged
is durable in the vault before the next batch is made, and so is each page's cursor.
"""

from collections.abc import Callable
from functools import partial
from threading import Event

from app.core.clock import WallClock
from app.core.problems import ProblemCode
from app.core.wire import ChainStatus, PullResponse, PushRequest, PushResponse
from app.storage.errors import StorageError, VaultCorruptError
from app.storage.only_here import OnlyHere
from app.sync.ahead import Ahead
from app.sync.failures import ConnectionCut, ProtocolMismatch, Refused, SyncFailure
from app.sync.gateway import Gateway
from app.sync.pace import Pace
from app.sync.people import PeopleSync
from app.sync.ports import SyncVault
from app.sync.report import OnProgress, Phase, SyncProgress, SyncReport
from app.sync.run import Run
from app.sync.steps import Steps

SETUP_EVERY_MS = 10 * 60 * 1000
_RECOVERIES = 2
"""A gap and a new epoch may follow each other once in one round."""
_RECOVERABLE = frozenset(
    {ProblemCode.EPOCH_CHANGED, ProblemCode.CURSOR_WRONG, ProblemCode.CHAIN_GAP}
)
"""Each proves that the server's log is not the one that was read before."""


_NO_STEPS = Steps()
_Waiting = Callable[[], PushResponse]


def ignore_progress(_progress: SyncProgress) -> None:
    """Take no notice of progress."""


class SyncEngine:
    """Runs rounds between one vault and one server; one thread at a time."""

    def __init__(
        self,
        gateway: Gateway,
        vault: SyncVault,
        wall: WallClock,
        people: PeopleSync | None = None,
        steps: Steps = _NO_STEPS,
    ) -> None:
        self._gateway = gateway
        self._vault = vault
        self._wall = wall
        self._people = people
        self._identity = steps.identity
        self._documents = steps.documents
        self._erasures = steps.erasures
        self._is_ahead = steps.is_ahead
        self._up, self._down = Pace(), Pace()
        self._setup_at: int | None = None

    def round(
        self,
        progress: OnProgress = ignore_progress,
        cancel: Event | None = None,
        *,
        asked: bool = False,
    ) -> SyncReport:
        """Push and pull until nothing is left; never raises for a failure.

        `cancel` stops it between two batches, so that nothing is half done. Where a
        person `asked`, the setup is renewed and what was refused is offered again.
        """
        run = Run(self._gateway.traffic, self._wall(), progress, cancel or Event())
        renews = asked or self._is_setup_old()
        try:
            if self._identity is not None:
                run.is_another = self._identity.before_round()
            # Who was added here must be known before what they wrote arrives.
            renews |= self._people is not None and self._people.before_push()
            was_refused = renews and self._vault.counts().set_aside > 0
            self._move(run)
            if renews and not run.cancel.is_set():
                self._renew_setup(run, offers=was_refused)
                self._open_to_readers()
                if self._documents is not None:
                    self._documents.leave()
        except (SyncFailure, StorageError) as failure:
            run.stopped_by(failure)
        return run.report(self._wall(), self._gateway.traffic)

    def only_here(self) -> OnlyHere:
        """Return how much exists on this tablet alone."""
        return self._vault.counts()

    def _move(self, run: Run) -> None:
        """Push all, pull all; start over where the server lost what we had sent."""
        for _attempt in range(_RECOVERIES):
            try:
                self._push_and_pull(run)
            except Refused as refusal:
                self._recover(run, refusal)
            else:
                return
        self._push_and_pull(run)

    def _push_and_pull(self, run: Run) -> None:
        """Push, then pull; what others wrote comes also where ours is refused."""
        try:
            self._push_all(run)
        except Refused as refusal:
            if refusal.code not in _RECOVERABLE:
                self._pull_all(run)
            raise
        self._pull_all(run)

    def _push_all(self, run: Run) -> None:
        """Send one batch after the other, until nothing is left to be sent.

        While one is under way the next is made. Where the line is quick that is sent as
        soon as the answer before it is there, which is written down meanwhile; else
        once it is written down, so that a crash too costs one batch sent twice.
        """
        total = run.pushed + self._vault.counts().operations
        before = 0
        batch = self._vault.pending(size=self._up.bytes)
        with Ahead(is_on=self._is_ahead) as ahead:
            waiting: _Waiting | None = None
            while batch is not None and (waiting or not run.cancel.is_set()):
                if batch.first <= before:  # an answer that acknowledges nothing
                    raise ProtocolMismatch
                before, last = batch.first, _last_of(batch)
                waiting = waiting or self._pushing(ahead, batch)
                following = self._vault.pending(size=self._up.bytes, after=last)
                answer = self._answer(waiting, batch)
                waiting = None
                if following and answer.acknowledged + 1 < following.first:
                    following = None
                if following and self._may_send(run):
                    waiting = self._pushing(ahead, following)
                self._vault.record_outcomes(answer)
                run.count_push(answer, self._wall())
                self._tell(run, Phase.PUSH, run.pushed, max(total, run.pushed))
                batch = following or self._vault.pending(size=self._up.bytes)

    def _may_send(self, run: Run) -> bool:
        """Tell whether a batch may go before the answer to the last is written down."""
        return self._is_ahead and self._up.is_quick and not run.cancel.is_set()

    def _pushing(self, ahead: Ahead, batch: PushRequest) -> _Waiting:
        push = partial(self._gateway.push, batch)
        return ahead.ask(partial(self._up.timed, push))

    def _answer(self, waiting: _Waiting, batch: PushRequest) -> PushResponse:
        try:
            answer = waiting()
        except ConnectionCut:
            self._vault.mark_sent(_last_of(batch))
            raise
        check_outcomes(batch, answer)
        return answer

    def _pull_all(self, run: Run) -> None:
        if self._documents is not None:
            self._documents.first(
                run.cancel, lambda done: self._tell(run, Phase.PULL, done, None)
            )
        check = self._pull_feed(run)
        if self._documents is not None:
            run.differed += self._documents.compare(check)
            self._documents.entered(run.cancel)

    def _pull_feed(self, run: Run) -> str:
        """Read to the end; return what the server says that all of it counts."""
        cursor = self._vault.cursor()
        waiting = self._pulling(cursor)
        with Ahead(is_on=self._is_ahead) as ahead:
            while not run.cancel.is_set():
                page = waiting()
                if page.more and page.cursor == cursor:  # the same page, for ever
                    raise ProtocolMismatch
                if page.more:
                    waiting = ahead.ask(self._pulling(page.cursor))
                if self._erasures is not None:
                    self._erasures.before(page)
                if page.items or page.cursor != cursor:
                    self._vault.apply_feed(page)
                run.count_pull(page, self._vault.device_id, self._wall())
                if not page.more:
                    return page.check
                self._tell(run, Phase.PULL, run.pulled, None)
                cursor = page.cursor
        return ""

    def _pulling(self, cursor: str) -> Callable[[], PullResponse]:
        ask = partial(self._gateway.pull, cursor, self._down.operations)
        return partial(self._down.timed, ask)

    def _tell(self, run: Run, phase: Phase, done: int, total: int | None) -> None:
        now, begun = self._gateway.traffic, run.traffic
        sent, received = now.sent - begun.sent, now.received - begun.received
        run.progress(SyncProgress(phase, done, total, sent, received))

    def _recover(self, run: Run, refusal: Refused) -> None:
        """Go back to what the server still has; re-raise what nothing can be done for.

        A tablet that is a copy of another goes on as one of its own. A server that was
        restored from a backup lacks operations that it had acknowledged: they are
        offered again, by the same ids. Its log is another one from there on, so it is
        read from its beginning.
        """
        if refusal.code is ProblemCode.DEVICE_FORKED:
            self._become_another(run, refusal)
            return
        if refusal.code not in _RECOVERABLE:
            raise refusal
        self._vault.reset_cursor()
        self._offer_what_is_missing(run)

    def _offer_what_is_missing(self, run: Run) -> int:
        status = self._gateway.chain()
        if status.acknowledged and self._is_forked(status):
            return self._become_another(run, Refused(ProblemCode.DEVICE_FORKED))
        # A server that fell back may have set aside what it accepted later.
        refused = self._vault.offer_refused(status.set_aside)
        return self._vault.offer_again(status.acknowledged) + refused

    def _become_another(self, run: Run, refusal: Refused) -> int:
        """Take a new identity, once a round; say how much is offered under it."""
        if self._identity is None or run.is_another:
            raise refusal
        self._identity.after_fork()
        run.is_another = True
        return self._vault.counts().operations

    def _is_forked(self, status: ChainStatus) -> bool:
        """Tell whether the server has another chain; a damaged link proves nothing.

        The vault names the damage, and the server verifies what is pushed all the same.
        """
        try:
            return self._vault.chain_digest(status.acknowledged) != status.digest
        except VaultCorruptError:
            return False

    def _is_setup_old(self) -> bool:
        if self._setup_at is None:
            return True
        return not 0 <= self._wall() - self._setup_at < SETUP_EVERY_MS

    def _renew_setup(self, run: Run, *, offers: bool) -> None:
        """Renew the setup, and see whether the server still has what it acknowledged.

        Where it fell back and nobody said so, a tablet that has nothing more to send
        would not find it out otherwise.
        """
        if self._people is not None:
            self._people.before_setup()
        self._vault.renew_setup(self._gateway.setup())
        if self._people is not None:
            self._people.after_setup()
        self._setup_at = self._wall()
        is_behind = self._offer_what_is_missing(run) > 0
        if is_behind:
            self._vault.reset_cursor()
        # Only now: what the server did not know it may know with this setup, and a
        # reason is not forgotten before somebody can give another one.
        is_offered = offers and self._vault.offer_set_aside() > 0
        if is_offered or is_behind:
            self._move(run)

    def _open_to_readers(self) -> None:
        """Last, for all else is done: where this fails, the next round renews again."""
        if self._people is None:
            return
        renewed_at, self._setup_at = self._setup_at, None
        if self._people.after_all():
            self._vault.renew_setup(self._gateway.setup())
        self._setup_at = renewed_at


def _last_of(batch: PushRequest) -> int:
    return batch.first + len(batch.operations) - 1


def check_outcomes(batch: PushRequest, answer: PushResponse) -> None:
    """Refuse an answer that does not speak of the batch: nothing is acknowledged."""
    if len(answer.outcomes) != len(batch.operations):
        raise ProtocolMismatch
