"""Several server processes on one PostgreSQL: no gap, nothing twice, nothing missed."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.core.change import RecordKey
from app.core.wire import PullResponse, PushRequest, PushResponse
from sync_server.services import device_chain, feed
from sync_server.services.batch import Batch
from sync_server.services.scope import Scope
from tests.server.deployments import TestDeployment, deployed
from tests.support.operations import WritingDevice
from tests.support.processes import HOST, answers, free_port, running

WRITERS = 3
BATCHES = 8


@pytest.fixture
def on_postgresql(tmp_path: Path, server_postgres_url: str) -> Iterator[TestDeployment]:
    with deployed(tmp_path, server_postgres_url) as found:
        yield found


@pytest.fixture
def workers(
    on_postgresql: TestDeployment, tmp_path: Path
) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two processes that serve one deployment."""
    url = on_postgresql.settings.database_url
    environ = {"DATABASE_URL": url, "TESSERA_DATA": str(tmp_path)}
    with ExitStack() as stack:
        found = []
        for name in ("one", "other"):
            port = free_port()
            command = [sys.executable, "-m", "sync_server", "serve"]
            address = f"http://{HOST}:{port}"
            stack.enter_context(
                running(
                    [*command, "--port", str(port)],
                    log=tmp_path / f"{name}.log",
                    is_ready=answers(f"{address}/ready"),
                    environ=environ,
                )
            )
            client = httpx.Client(base_url=address, trust_env=False, timeout=60)
            found.append(stack.enter_context(client))
        yield found[0], found[1]


def push(
    worker: httpx.Client, headers: dict[str, str], batch: PushRequest
) -> PushResponse:
    answer = worker.post(
        "/v1/push", json=batch.model_dump(mode="json"), headers=headers
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    return PushResponse.model_validate_json(answer.content)


def read_on(
    workers: tuple[httpx.Client, httpx.Client],
    headers: dict[str, str],
    writers: list[Future[Counter[str]]],
) -> list[int]:
    """Follow the feed by small pages, each from another process."""
    cursor, seen, turn = "", list[int](), 0
    while True:
        is_last = all(writer.done() for writer in writers)
        turn += 1
        params = {"cursor": cursor, "limit": "5"}
        raw = workers[turn % 2].get("/v1/pull", params=params, headers=headers)
        assert raw.status_code == httpx.codes.OK, raw.text
        found = PullResponse.model_validate_json(raw.content)
        seen += [item.sequence for item in found.items]
        cursor = found.cursor
        if is_last and not found.more:
            return seen


def test_two_processes_leave_no_gap_and_take_nothing_twice(
    on_postgresql: TestDeployment, workers: tuple[httpx.Client, httpx.Client]
) -> None:
    def enrolled(name: str) -> tuple[WritingDevice, dict[str, str]]:
        device = WritingDevice(name, on_postgresql.author, on_postgresql.wall)
        token = on_postgresql.enrol(device).token
        return device, {"Authorization": f"Bearer {token}"}

    def write(device: WritingDevice, headers: dict[str, str]) -> Counter[str]:
        """Push each batch to both processes: the second time all is known."""
        told: Counter[str] = Counter()
        for turn in range(BATCHES):
            for name in (f"own-{device.device_id}-{turn}", "shared"):
                device.write((RecordKey("Patient", name, name), {"sex": "female"}))
            batch = device.batch()
            for each in (turn, turn + 1):
                answer = push(workers[each % 2], headers, batch)
                told.update(one.outcome.value for one in answer.outcomes)
        return told

    devices = [enrolled(f"tablet-{number}") for number in range(WRITERS)]
    _reader, reads = enrolled("reader")
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        writing = [pool.submit(write, *each) for each in devices]
        reading = pool.submit(read_on, workers, reads, writing)
        told = sum((each.result(120) for each in writing), Counter[str]())
        seen = reading.result(120)
    count = WRITERS * BATCHES * 2
    assert told == {"accepted": count, "duplicate": count}
    assert seen == list(range(1, count + 1))
    checks = {
        PullResponse.model_validate_json(
            worker.get("/v1/pull", headers=reads, params={"limit": "500"}).content
        ).check
        for worker in workers
    }
    assert len(checks) == 1


def test_a_slow_writer_lets_no_reader_pass_over_what_it_writes(
    on_postgresql: TestDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has its numbers and has not committed; another must not overtake it."""
    context = on_postgresql.context
    slow, quick = on_postgresql.device("slow"), on_postgresql.device("quick")
    for device in (slow, quick):
        name = device.device_id
        device.write((RecordKey("Patient", name, name), {"sex": "female"}))
    is_written, may_end = threading.Event(), threading.Event()
    extend = device_chain.extend

    def stall(database: object, connection: object, batch: Batch, held: object) -> int:
        if batch.device_id == "slow":
            is_written.set()
            assert may_end.wait(60)
        return extend(database, connection, batch, held)  # type: ignore[arg-type]

    def page(cursor: str) -> PullResponse:
        with context.database.snapshot() as connection:
            scope = Scope(on_postgresql.site_id)
            return feed.pull(context, connection, scope, cursor, 10)

    monkeypatch.setattr(device_chain, "extend", stall)
    with ThreadPoolExecutor(2) as pool:
        try:
            first = pool.submit(on_postgresql.push, slow)
            assert is_written.wait(60)
            second = pool.submit(on_postgresql.push, quick)
            while not (second.done() or waiting(on_postgresql)):
                threading.Event().wait(0.01)
            meanwhile = page("")
        finally:
            may_end.set()
        for each in (first, second):
            each.result(60)
    assert meanwhile.items == ()
    after = page(meanwhile.cursor)
    assert [item.device_id for item in after.items] == ["slow", "quick"]


def waiting(deployment: TestDeployment) -> bool:
    """Tell whether a writer stands in line for the log's lock."""
    query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with deployment.context.database.read() as connection:
        return connection.execute(text(query)).first() is not None
