"""A hundred tablets that come home at once, two hundred records each."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx

from app.core.change import Authorship
from tests.benchmarks._sync_devices import PUSH, Prepared, accepted, prepare
from tests.benchmarks._sync_places import Deployment
from tests.benchmarks._vault_documents import fields_of
from tests.benchmarks._vault_records import bench_records
from tests.storage.tablets import patient
from tests.support.postgres import DURABLE, cluster
from tests.support.programs import postgresql_bin

TABLETS = 100
RECORDS = 200
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """How it went: seconds until all was in, and of the slowest batches."""

    total_s: float
    p99_s: float
    batches: int
    refused: int


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Yield where the server's records lie: "" is SQLite in its folder."""
    if kind == "sqlite":
        yield ""
        return
    binaries = postgresql_bin()
    if binaries is None:
        raise SystemExit("PostgreSQL is missing:\n  apt-get install -y postgresql")
    with cluster(binaries, DURABLE) as server, server.database() as url:
        yield url


def measure(kind: str, tablets: int = TABLETS, count: int = RECORDS) -> Arrival:
    """Let tablets push together to a server on a database of its own."""
    with tempfile.TemporaryDirectory() as folder, database(kind) as url:
        deployment = Deployment(Path(folder) / "server", url)
        author = Authorship(*reversed(deployment.make()))
        records = bench_records(tablets * count)
        prepared = []
        with deployment.context() as context:
            for number in range(tablets):
                changes = [
                    [(patient(str(record["patient_id"])), fields_of(record))]
                    for record in islice(records, count)
                ]
                name = f"tablet-{number}"
                prepared.append(prepare(context, author, name, changes))
        with deployment.served() as address:
            return _arrive(address, prepared)


@dataclass
class _Tally:
    seconds: list[float]
    taken: int = 0
    refused: int = 0


def _arrive(address: str, prepared: list[Prepared]) -> Arrival:
    together = threading.Barrier(len(prepared) + 1)
    tally, lock = _Tally([]), threading.Lock()

    def come(tablet: Prepared) -> None:
        with httpx.Client(timeout=_PATIENCE_SECONDS, trust_env=False) as client:
            together.wait()
            for body in tablet.bodies:
                begun = time.perf_counter()
                answer = client.post(
                    f"{address}{PUSH}", content=body, headers=tablet.headers
                )
                seconds = time.perf_counter() - begun
                taken = accepted(answer.content) if answer.is_success else 0
                with lock:
                    tally.seconds.append(seconds)
                    tally.taken += taken
                    tally.refused += not answer.is_success

    threads = [threading.Thread(target=come, args=(each,)) for each in prepared]
    for thread in threads:
        thread.start()
    together.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    total = time.perf_counter() - begun
    wanted = sum(each.operations for each in prepared)
    if tally.taken != wanted and not tally.refused:
        raise AssertionError(f"{tally.taken} of {wanted} were taken in")
    ordered = sorted(tally.seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Arrival(total, p99, len(ordered), tally.refused)
