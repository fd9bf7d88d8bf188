"""One question ahead: what is made meanwhile, and what a cut or a crash costs."""

import random
import threading

import pytest

from app.core.problems import ProblemCode
from app.core.wire import PushRequest, PushResponse
from app.storage.errors import DiskFullError
from app.sync.ahead import Ahead
from app.sync.engine import SyncEngine
from app.sync.failures import ConnectionCut
from app.sync.steps import Steps
from tests.sync.model_device import BATCH, ModelDevice
from tests.sync.model_link import ModelLink
from tests.sync.model_server import ModelServer
from tests.sync.test_engine import PATIENT, SetWall

STEPS = Steps(is_ahead=True)


def written(device: ModelDevice, count: int) -> None:
    for number in range(count):
        device.save(PATIENT, {"name": {"text": str(number)}})


def test_a_question_is_under_way_while_something_else_is_done() -> None:
    meanwhile = threading.Event()

    def question() -> str:
        assert meanwhile.wait(60)
        return "answer"

    with Ahead(is_on=True) as ahead:
        answer = ahead.ask(question)
        meanwhile.set()
        assert answer() == "answer"


def test_no_question_outlives_the_round() -> None:
    begun, goes_on, ended = threading.Event(), threading.Event(), threading.Event()

    def question() -> None:
        begun.set()
        goes_on.wait(60)
        ended.set()

    with Ahead(is_on=True) as ahead:
        ahead.ask(question)
        assert begun.wait(60)
        goes_on.set()
    assert ended.is_set()


def test_in_turn_a_question_waits_until_its_answer_is_wanted() -> None:
    asked: list[int] = []
    with Ahead(is_on=False) as ahead:
        answer = ahead.ask(lambda: asked.append(1))
        assert asked == []
        answer()
    assert asked == [1]


@pytest.mark.parametrize("is_on", [False, True])
def test_why_there_is_no_answer_is_raised(*, is_on: bool) -> None:
    def question() -> None:
        raise ConnectionCut

    with Ahead(is_on=is_on) as ahead:
        answer = ahead.ask(question)
        with pytest.raises(ConnectionCut):
            answer()


def test_all_is_sent_and_pulled_in_order() -> None:
    wall = SetWall()
    server = ModelServer(wall)
    a, b = (ModelDevice(name, wall, random.Random(name)) for name in "ab")
    written(a, 3 * BATCH + 1)
    report = SyncEngine(ModelLink(server, "a"), a, wall, None, STEPS).round()
    assert (report.failure, report.accepted) == (None, 3 * BATCH + 1)
    assert a.pending() is None
    report = SyncEngine(ModelLink(server, "b"), b, wall, None, STEPS).round()
    assert (report.failure, report.pulled) == (None, 3 * BATCH + 1)
    assert b.documents == a.documents


def test_a_cut_costs_one_batch_that_is_sent_twice() -> None:
    class CutOnce(ModelLink):
        batches = 0

        def push(self, batch: PushRequest) -> PushResponse:
            answer = super().push(batch)
            self.batches += 1
            if self.batches == 2:
                raise ConnectionCut
            return answer

    wall = SetWall()
    device = ModelDevice("a", wall, random.Random(1))
    written(device, 4 * BATCH)
    engine = SyncEngine(CutOnce(ModelServer(wall), "a"), device, wall, None, STEPS)
    assert engine.round().failure is ProblemCode.CONNECTION_CUT
    report = engine.round()
    assert (report.duplicates, report.accepted) == (BATCH, 2 * BATCH)


@pytest.mark.parametrize(("line_is_quick", "again"), [(True, 2), (False, 1)])
def test_a_tablet_that_dies_before_it_wrote_the_answer_down_sends_little_twice(
    monkeypatch: pytest.MonkeyPatch, *, line_is_quick: bool, again: int
) -> None:
    if not line_is_quick:
        monkeypatch.setattr("app.sync.pace._QUICK_SECONDS", -1.0)

    class Dying(ModelDevice):
        answers = 0

        def record_outcomes(self, answer: PushResponse) -> None:
            self.answers += 1
            if self.answers == 2:
                raise DiskFullError
            super().record_outcomes(answer)

    wall = SetWall()
    device = Dying("a", wall, random.Random(1))
    written(device, 4 * BATCH)
    engine = SyncEngine(ModelLink(ModelServer(wall), "a"), device, wall, None, STEPS)
    assert engine.round().failure is ProblemCode.DISK_FULL
    report = engine.round()
    assert report.duplicates == again * BATCH
    assert report.duplicates + report.accepted == 3 * BATCH


def test_what_is_saved_meanwhile_is_sent_in_the_same_round() -> None:
    class Saving(ModelLink):
        def push(self, batch: PushRequest) -> PushResponse:
            if batch.first == 1:
                device.save(PATIENT, {"name": {"text": "late"}})
            return super().push(batch)

    wall = SetWall()
    device = ModelDevice("a", wall, random.Random(1))
    written(device, 1)
    report = SyncEngine(Saving(ModelServer(wall), "a"), device, wall).round()
    assert report.accepted == 2
