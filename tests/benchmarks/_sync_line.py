"""Five tablets with eighty screenings each on one bad line, cut each minute."""

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from app.core.change import Change
from app.core.wire import Outcome, PushRequest, PushResponse
from app.storage import Vault
from app.sync.failures import SyncFailure
from app.sync.gateway import HttpGateway
from tests.benchmarks._sync_places import Deployment, TabletFolder
from tests.benchmarks._sync_speed import engine_of
from tests.benchmarks._vault_records import bench_records, writes_of
from tests.support.slow_line import Quality, SlowLine, slow_line

TABLETS = 5
SCREENINGS = 80
CUT_EVERY_SECONDS = 60.0
FIRST_CUT_SECONDS = 15.0
_AWAY_SECONDS = 5.0
_AGAIN_SECONDS = 2.0
"""How long a tablet waits after a failure; the app's own backoff is no longer."""
BAD = Quality(bits_per_second=64_000, round_trip_seconds=0.8, loss=0.05)


@dataclass(frozen=True, slots=True)
class Evening:
    """How it went: seconds until the server had all, and what was sent again."""

    seconds: float
    cuts: int
    cut_connections: int
    batches: int
    lost_batches: int
    """Batches to which no answer came."""
    again_by_cut: tuple[int, ...]
    """Operations that the server had already: before the first cut, and after each."""
    beyond_one_batch: int
    """Those of them that are not accounted for by one lost batch of their tablet."""
    sent_bytes: int
    operations: int
    others_came_s: float
    """Until each tablet had what the others wrote, too."""


@dataclass(slots=True)
class _Lost:
    """A batch without an answer, and what came again until the next was lost."""

    operations: int
    again: int = 0


class CountingGateway(HttpGateway):
    """The usual gateway; counts batches, and operations that were there already."""

    def __init__(self, line: SlowLine, token: str) -> None:
        super().__init__(line.url, token)
        self._line = line
        self.batches = 0
        self.lost: list[_Lost] = []
        self.again_by_cut: Counter[int] = Counter()
        self._without_loss = 0

    @property
    def beyond_one_batch(self) -> int:
        """Operations sent twice though no one lost batch accounts for them."""
        beyond = (max(0, each.again - each.operations) for each in self.lost)
        return self._without_loss + sum(beyond)

    def push(self, batch: PushRequest) -> PushResponse:
        """Push a batch, and count what the server says it had."""
        self.batches += 1
        try:
            answer = super().push(batch)
        except SyncFailure:
            self.lost.append(_Lost(len(batch.operations)))
            raise
        again = sum(each.outcome is Outcome.DUPLICATE for each in answer.outcomes)
        self.again_by_cut[self._line.cuts] += again
        if self.lost:
            self.lost[-1].again += again
        else:
            self._without_loss += again
        return answer


@dataclass
class _Tablet:
    vault: Vault
    gateway: CountingGateway
    pushed_at: float = 0.0
    ended_at: float = 0.0
    failures: list[str] = field(default_factory=list)

    def sync(self) -> None:
        """Run rounds until one succeeds; push comes first in each."""
        engine = engine_of(self.vault, self.gateway)
        while True:
            report = engine.round()
            if not self.pushed_at and not self.vault.counts().operations:
                self.pushed_at = time.perf_counter()
            if report.succeeded:
                break
            self.failures.append(str(report.failure))
            time.sleep(_AGAIN_SECONDS)
        self.ended_at = time.perf_counter()


def measure() -> Evening:
    """Write the screenings, then let all tablets send over the line at once."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        deployment = Deployment(folder / "server")
        site_id, nurse_id = deployment.make()
        url = stack.enter_context(deployment.served())
        records = bench_records(TABLETS * SCREENINGS)
        port = urlsplit(url).port
        line = stack.enter_context(slow_line(port or 0, BAD, random.Random(1)))
        tablets = []
        for number in range(TABLETS):
            place = TabletFolder(folder / f"tablet-{number}")
            place.enrol(url, deployment.code(site_id))
            vault = stack.enter_context(place.unlocked(nurse_id))
            for record in islice(records, SCREENINGS):
                change = Change()
                for key, fields in writes_of(record):
                    change.set(key, fields)
                vault.commit(change)
            gateway = CountingGateway(line, vault.connection.token)
            stack.callback(gateway.close)
            tablets.append(_Tablet(vault, gateway))
        with _cutting(line):
            return _send(line, tablets)


def _send(line: SlowLine, tablets: list[_Tablet]) -> Evening:
    operations = sum(each.vault.counts().operations for each in tablets)
    threads = [threading.Thread(target=each.sync) for each in tablets]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Evening(
        max(each.pushed_at for each in tablets) - begun,
        line.cuts,
        line.cut_connections,
        sum(each.gateway.batches for each in tablets),
        sum(len(each.gateway.lost) for each in tablets),
        tuple(
            sum(each.gateway.again_by_cut[cut] for each in tablets)
            for cut in range(line.cuts + 1)
        ),
        sum(each.gateway.beyond_one_batch for each in tablets),
        sum(each.gateway.traffic.sent for each in tablets),
        operations,
        max(each.ended_at for each in tablets) - begun,
    )


@contextmanager
def _cutting(line: SlowLine) -> Iterator[None]:
    ended = threading.Event()

    def cut() -> None:
        wait = FIRST_CUT_SECONDS
        while not ended.wait(wait):
            line.go_away()
            ended.wait(_AWAY_SECONDS)
            line.come_back()
            wait = CUT_EVERY_SECONDS - _AWAY_SECONDS

    thread = threading.Thread(target=cut)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
