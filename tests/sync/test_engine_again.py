"""What is offered and read again: after refusals, and from servers that fell back."""

import random

import pytest

from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.sync.engine import SETUP_EVERY_MS
from tests.sync.model_device import SeededIds
from tests.sync.model_server import ModelServer
from tests.sync.test_engine import PATIENT, SetWall, Tablet

HOUR_MS = 3_600_000


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


def save(tablet: Tablet, *names: str) -> None:
    """Save a record a change."""
    for name in names:
        tablet.device.save(RecordKey("Patient", name, name), {"sex": "x"})


# Refusals that may pass.


@pytest.mark.parametrize(
    "reason",
    [
        ProblemCode.UNKNOWN_PRACTITIONER,
        ProblemCode.UNKNOWN_SITE,
        ProblemCode.CHANGE_INCOMPLETE,
    ],
)
def test_what_was_refused_for_a_while_is_accepted_when_a_person_asks(
    a: Tablet, server: ModelServer, reason: ProblemCode
) -> None:
    server.unwanted["new"] = reason
    save(a, "new")
    assert [s.reason for s in a.engine.round().set_aside] == [reason]
    server.unwanted.clear()
    assert a.engine.round().pushed == 0
    assert a.engine.round(asked=True).accepted == 1
    assert a.device.counts().set_aside == 0


def test_it_is_offered_with_each_renewal_of_the_setup_and_not_in_every_round(
    a: Tablet, server: ModelServer, wall: SetWall
) -> None:
    server.unwanted["new"] = ProblemCode.UNKNOWN_SITE
    save(a, "new")
    a.engine.round()
    pushed = []
    for _ in range(4):
        wall.now += SETUP_EVERY_MS // 2
        pushed.append(a.engine.round().pushed)
    assert pushed == [0, 1, 0, 1]
    assert a.device.counts().set_aside == 1


def test_what_was_refused_for_good_is_not_offered_again(
    a: Tablet, server: ModelServer
) -> None:
    server.unwanted["new"] = ProblemCode.RECORD_MISMATCH
    save(a, "new")
    a.engine.round()
    assert a.engine.round(asked=True).pushed == 0


# A push that is refused keeps nothing away.


def test_a_tablet_whose_push_is_refused_still_reads_what_others_wrote(
    a: Tablet, b: Tablet, server: ModelServer, wall: SetWall
) -> None:
    save(a, "before")
    a.engine.round()
    clone = Tablet("a", server, wall)
    clone.device.ids = SeededIds(random.Random("restored"))
    save(clone, "mine")
    save(b, "of another")
    b.engine.round()
    report = clone.engine.round()
    assert report.failure is ProblemCode.DEVICE_FORKED
    assert set(clone.device.documents) == {"before", "mine", "of another"}
    assert clone.device.counts().operations == 1


# A server that fell back, and nobody said so.


def test_tablets_that_go_on_writing_come_to_the_same_records(
    a: Tablet, b: Tablet, server: ModelServer
) -> None:
    save(a, "a1", "a2")
    a.engine.round()
    backup = server.backup()
    save(b, "b1", "b2", "b3")
    b.engine.round()
    save(a, "a3")
    for tablet in (a, b, a):
        tablet.engine.round()
    server.restore(backup, server.epoch)
    save(b, "b4", "b5", "b6")
    save(a, "a4")
    for tablet in (b, a, b, a):
        assert tablet.engine.round().succeeded
    assert len(server.documents()) == 10
    assert a.device.documents == b.device.documents == server.documents()


def test_a_tablet_that_wrote_nothing_since_gives_back_what_was_lost(
    a: Tablet, b: Tablet, server: ModelServer
) -> None:
    backup = server.backup()
    save(a, "a1", "a2")
    a.engine.round()
    server.restore(backup, server.epoch)
    save(b, "b1", "b2", "b3")
    b.engine.round()
    assert a.engine.round().succeeded
    b.engine.round()
    assert set(server.documents()) == {"a1", "a2", "b1", "b2", "b3"}
    assert a.device.documents == b.device.documents == server.documents()


def test_a_tablet_that_had_read_nothing_finds_out_with_its_setup(
    a: Tablet, server: ModelServer, wall: SetWall
) -> None:
    backup = server.backup()
    save(a, "a1")
    a.engine.round()
    a.device.reset_cursor()
    server.restore(backup, server.epoch)
    assert a.engine.round().accepted == 0
    wall.now += SETUP_EVERY_MS
    assert a.engine.round().accepted == 1
    assert a.device.counts().operations == 0


@pytest.mark.parametrize("epoch", ["epoch-1", "epoch-2"])
def test_a_clock_that_is_ahead_shows_the_same_value_everywhere_after_a_restore(
    a: Tablet, b: Tablet, server: ModelServer, wall: SetWall, epoch: str
) -> None:
    wall.now += 10 * HOUR_MS
    a.device.clock = b.device.clock.__class__("a", lambda: wall.now + 10 * HOUR_MS)
    backup = server.backup()
    a.device.save(PATIENT, {"sex": "of a clock that is ahead"})
    a.engine.round()
    wall.now += 60_000
    b.device.save(PATIENT, {"sex": "of a right clock"})
    b.engine.round()
    a.engine.round()
    server.restore(backup, epoch)
    wall.now += 60_000
    for tablet in (a, b, a, b):
        assert tablet.engine.round().succeeded
    shown = [w.value for w in server.documents()["patient"].writes("sex")]
    assert shown == ["of a clock that is ahead", "of a right clock"]
    assert a.device.documents == b.device.documents == server.documents()
