"""A round of sync: what is moved, in which order, and what every mishap leaves."""

import random
from threading import Event

import pytest

from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.core.wire import PullResponse, PushRequest, PushResponse
from app.storage.errors import DiskFullError
from app.sync.engine import SETUP_EVERY_MS, SyncEngine
from app.sync.failures import (
    ConnectionCut,
    ProblemDetails,
    ServerFault,
    Unauthenticated,
    Unreachable,
)
from app.sync.report import Phase, SyncProgress
from tests.sync.model_device import ModelDevice, SeededIds
from tests.sync.model_link import SETUP, ModelLink, Weather
from tests.sync.model_server import ModelServer

PATIENT = RecordKey("Patient", "patient", "patient")


class SetWall:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


class Tablet:
    """A model device, its link and its engine."""

    def __init__(self, name: str, server: ModelServer, wall: SetWall) -> None:
        self.device = ModelDevice(name, wall, random.Random(name))
        self.link = ModelLink(server, name)
        self.engine = SyncEngine(self.link, self.device, wall)

    def save(self, *names: str) -> list[str]:
        """Save a name a change, on one patient."""
        return [self.device.save(PATIENT, {"name": {"text": n}}) for n in names]


@pytest.fixture
def wall() -> SetWall:
    return SetWall()


@pytest.fixture
def server(wall: SetWall) -> ModelServer:
    return ModelServer(wall)


@pytest.fixture
def a(server: ModelServer, wall: SetWall) -> Tablet:
    return Tablet("a", server, wall)


@pytest.fixture
def b(server: ModelServer, wall: SetWall) -> Tablet:
    return Tablet("b", server, wall)


def test_what_is_pending_is_pushed_in_batches_before_anything_is_pulled(
    a: Tablet,
) -> None:
    a.save(*"0123456789")
    report = a.engine.round()
    assert report.succeeded
    assert (report.pushed, report.accepted, report.duplicates) == (10, 10, 0)
    assert a.link.calls[:4] == ["push", "push", "push", "pull"]
    assert a.device.counts().operations == 0


def test_two_tablets_come_to_the_same_records(a: Tablet, b: Tablet) -> None:
    a.save("Salma")
    b.save("Selma")
    for tablet in (a, b, a):
        assert tablet.engine.round().succeeded
    assert a.device.documents == b.device.documents == a.link.server.documents()
    shown = a.device.documents["patient"].writes("name")
    assert [write.value for write in shown] == [{"text": "Salma"}, {"text": "Selma"}]


def test_own_operations_that_come_back_are_not_counted_as_news(a: Tablet) -> None:
    a.save("Salma")
    assert a.engine.round().pulled == 0


def test_a_round_with_nothing_new_is_one_request(a: Tablet) -> None:
    a.engine.round()
    a.link.calls.clear()
    report = a.engine.round()
    assert a.link.calls == ["pull"]
    assert report.succeeded


def test_the_setup_is_renewed_at_first_and_then_now_and_then(
    a: Tablet, wall: SetWall
) -> None:
    for ahead in (0, 1, SETUP_EVERY_MS, 1):
        wall.now += ahead
        a.engine.round()
    assert a.device.setups == [SETUP, SETUP]


def test_a_clock_that_was_set_back_does_not_end_the_renewal(
    a: Tablet, wall: SetWall
) -> None:
    a.engine.round()
    wall.now -= 10 * SETUP_EVERY_MS
    a.engine.round()
    assert len(a.device.setups) == 2


def test_a_lost_answer_makes_duplicates_and_loses_nothing(a: Tablet) -> None:
    a.save("Salma")
    a.link.forecast = lambda: Weather.ANSWER_LOST
    report = a.engine.round()
    assert report.failure is ProblemCode.CONNECTION_CUT
    assert a.device.counts().operations == 1
    a.link.forecast = lambda: Weather.FINE
    report = a.engine.round()
    assert (report.accepted, report.duplicates) == (0, 1)
    assert len(a.link.server.state.log) == 1


def test_a_round_that_was_cut_goes_on_where_it_was(a: Tablet) -> None:
    a.save(*"0123456789")
    weather = iter([Weather.FINE, Weather.NOT_SENT])
    a.link.forecast = lambda: next(weather, Weather.FINE)
    report = a.engine.round()
    assert report.failure is ProblemCode.UNREACHABLE
    assert report.accepted == 4
    report = a.engine.round()
    assert (report.accepted, report.duplicates) == (6, 0)


def test_a_page_that_was_read_is_not_read_again(a: Tablet, b: Tablet) -> None:
    a.save(*"0123456789")
    a.engine.round()
    weather = iter([Weather.FINE, Weather.NOT_SENT])
    b.link.forecast = lambda: next(weather, Weather.FINE)
    assert b.engine.round().pulled == 5
    assert b.engine.round().pulled == 5
    assert b.device.documents == a.device.documents


def test_what_the_server_sets_aside_blocks_nothing(a: Tablet) -> None:
    bad = RecordKey("Patient", "unwanted", "unwanted")
    a.link.server.unwanted["unwanted"] = ProblemCode.RECORD_MISMATCH
    refused = a.device.save(bad, {"name": {"text": "Nobody"}})
    a.save("Salma")
    report = a.engine.round()
    assert report.succeeded
    assert [(s.operation_id, s.reason) for s in report.set_aside] == [
        (refused, ProblemCode.RECORD_MISMATCH)
    ]
    assert report.accepted == 1
    assert a.device.counts().set_aside == 1
    assert a.engine.round().pushed == 0


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable(),
        ConnectionCut(),
        Unauthenticated(ProblemCode.DEVICE_REVOKED),
        ServerFault(ProblemCode.SERVER_BUSY, ProblemDetails(503, 9)),
    ],
)
def test_a_failure_ends_the_round_with_its_code(
    a: Tablet, failure: ConnectionCut
) -> None:
    a.save("Salma")
    a.link.failures.append(failure)
    report = a.engine.round()
    assert report.failure is failure.code
    assert report.wait_seconds == failure.details.wait_seconds
    assert a.device.counts().operations == 1
    assert a.engine.round().accepted == 1


def test_a_full_disk_ends_the_round_and_the_page_comes_again(
    a: Tablet, b: Tablet, wall: SetWall
) -> None:
    class FullDisk(ModelDevice):
        full = True

        def apply_feed(self, page: PullResponse) -> None:
            if self.full:
                raise DiskFullError
            super().apply_feed(page)

    a.save("Salma")
    a.engine.round()
    device = FullDisk("b", wall, random.Random(1))
    engine = SyncEngine(b.link, device, wall)
    assert engine.round().failure is ProblemCode.DISK_FULL
    device.full = False
    assert engine.round().pulled == 1


def test_progress_tells_how_much_of_how_much(a: Tablet) -> None:
    a.save(*"0123456789")
    told: list[SyncProgress] = []
    a.engine.round(told.append)
    pushed = [(p.done, p.total) for p in told if p.phase is Phase.PUSH]
    assert pushed == [(4, 10), (8, 10), (10, 10)]
    assert [(p.done, p.total) for p in told if p.phase is Phase.PULL] == [(0, None)]


def test_a_cancelled_round_ends_after_the_batch_under_way(a: Tablet) -> None:
    a.save(*"0123456789")
    cancel = Event()
    report = a.engine.round(lambda _progress: cancel.set(), cancel)
    assert report.cancelled
    assert not report.succeeded
    assert report.accepted == 4
    assert a.link.calls == ["push"]
    assert a.device.counts().operations == 6


def test_bytes_of_the_round_are_reported(a: Tablet) -> None:
    a.engine.round()
    report = a.engine.round()
    assert (report.sent_bytes, report.received_bytes) == (1, 1)


def test_the_report_says_how_far_the_clock_is_off(
    a: Tablet, server: ModelServer
) -> None:
    assert a.engine.round().clock_ahead_ms == 0
    server._wall = lambda: 400_000
    assert a.engine.round().clock_ahead_ms == 600_000


# A server that was restored, and a tablet that was.


def test_a_restored_server_gets_again_what_it_lost(
    a: Tablet, b: Tablet, server: ModelServer
) -> None:
    a.save("first")
    a.engine.round()
    backup = server.backup()
    a.save("second", "third")
    a.engine.round()
    b.engine.round()
    everything = server.documents()
    server.restore(backup, "epoch-2")
    report = a.engine.round()
    assert report.succeeded
    assert (report.accepted, report.duplicates) == (2, 0)
    assert b.engine.round().succeeded
    assert a.device.documents == b.device.documents == server.documents() == everything
    assert a.device.counts().operations == 0


def test_an_empty_server_under_a_new_epoch_gets_everything(
    a: Tablet, server: ModelServer
) -> None:
    a.save(*"0123456789")
    a.engine.round()
    everything = server.documents()
    server.restore(ModelServer(lambda: 0).backup(), "epoch-2")
    assert a.engine.round().accepted == 10
    assert server.documents() == everything


def test_a_gap_is_filled_from_the_number_the_server_has(
    a: Tablet, server: ModelServer
) -> None:
    a.save(*"01234")
    backup = server.backup()
    a.engine.round()
    server.restore(backup, "epoch-1")  # restored, and nobody gave it a new epoch
    server.state.log = []
    a.save("5")
    a.link.calls.clear()
    report = a.engine.round()
    assert report.succeeded
    assert report.accepted == 6
    assert a.link.calls[:2] == ["push", "chain"]


def test_a_tablet_restored_from_a_backup_is_told_plainly_and_keeps_its_work(
    a: Tablet, server: ModelServer, wall: SetWall
) -> None:
    a.save("before", "after the backup")
    a.engine.round()
    clone = Tablet("a", server, wall)
    clone.device.ids = SeededIds(random.Random("restored"))
    clone.save("written on the restored tablet")
    report = clone.engine.round()
    assert report.failure is ProblemCode.DEVICE_FORKED
    assert clone.device.counts().operations == 1
    assert len(server.state.log) == 2


def test_a_restored_tablet_that_lacks_links_is_a_fork_under_a_new_epoch_too(
    a: Tablet, server: ModelServer, wall: SetWall
) -> None:
    a.save("one", "two")
    a.engine.round()
    clone = Tablet("a", server, wall)
    clone.device._cursor = "epoch-0.7.x"
    assert clone.engine.round().failure is ProblemCode.DEVICE_FORKED


def test_a_server_that_asks_for_another_start_again_and_again_ends_the_round(
    a: Tablet, server: ModelServer
) -> None:
    class Restless(ModelLink):
        def pull(self, cursor: str, limit: int) -> PullResponse:
            self.server.epoch += "'"
            return super().pull(cursor or f"{server.epoch}x.0.", limit)

    a.save("Salma")
    engine = SyncEngine(Restless(server, "a"), a.device, SetWall())
    assert engine.round().failure is ProblemCode.EPOCH_CHANGED


# Answers that make no sense.


def test_an_answer_that_acknowledges_nothing_does_not_loop(a: Tablet) -> None:
    class Deaf(ModelDevice):
        def record_outcomes(self, answer: PushResponse) -> None:
            """Nothing is acknowledged."""

    device = Deaf("a", SetWall(), random.Random(1))
    device.save(PATIENT, {"name": None})
    engine = SyncEngine(a.link, device, SetWall())
    assert engine.round().failure is ProblemCode.PROTOCOL_MISMATCH
    assert a.link.calls == ["push"]


def test_an_answer_about_another_batch_acknowledges_nothing(
    a: Tablet, server: ModelServer
) -> None:
    class Shorter(ModelLink):
        def push(self, batch: PushRequest) -> PushResponse:
            answer = super().push(batch)
            return answer.model_copy(update={"outcomes": answer.outcomes[1:]})

    a.save("Salma", "Selma")
    engine = SyncEngine(Shorter(server, "a"), a.device, SetWall())
    assert engine.round().failure is ProblemCode.PROTOCOL_MISMATCH
    assert a.device.counts().operations == 2


def test_a_feed_that_never_moves_on_does_not_loop(
    a: Tablet, b: Tablet, server: ModelServer
) -> None:
    class Standing(ModelLink):
        def pull(self, cursor: str, limit: int) -> PullResponse:
            page = super().pull(cursor, limit)
            return page.model_copy(update={"more": True})

    a.save("Salma")
    a.engine.round()
    engine = SyncEngine(Standing(server, "b"), b.device, SetWall())
    assert engine.round().failure is ProblemCode.PROTOCOL_MISMATCH
    assert b.device.documents == a.device.documents
