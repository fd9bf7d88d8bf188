"""A stick there and a stick back, with a real server: in any order and number."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest
import zstandard

from app.core.answer import (
    AnswerBody,
    AnswerHead,
    framed_head,
    read_answer,
    signed_bytes,
)
from app.core.parcel import read_parcel
from app.core.problems import ProblemCode
from app.core.wire import ChainStatus, Outcome
from app.storage import CarriedFileError, TakenAnswer
from app.storage.parcel import PARCEL_NAME
from app.storage.reply import answer_box
from app.storage.sealing import SigningKey
from app.sync.carrying import Carrying
from app.sync.channel import HttpChannel
from app.sync.console_session import ConsoleSession
from app.sync.failures import SyncFailure
from app.sync.handover import HandedOver, Sending, send_parcel
from sync_server.boxes import seal_to
from sync_server.problems import ProblemError
from sync_server.services.administration import revoke_device
from sync_server.services.answers import give_back
from sync_server.services.parcels import take_in
from tests.bootstrap.tablets import NOBODY_THERE
from tests.storage.tablets import patient
from tests.sync.real import (
    COORDINATOR,
    PASSPHRASE,
    PIN,
    RealServer,
    RealTablet,
    real_server,
    real_tablet,
)


@dataclass
class Far:
    """A tablet without a network, and its server; files go between them by hand."""

    server: RealServer
    tablet: RealTablet
    folder: Path
    practitioner: str

    @property
    def device_id(self) -> str:
        return self.tablet.file.identity.device_id

    def save(self, name: str, **fields: str) -> None:
        self.tablet.save(patient(name), **(fields or {"birth_place": name}))

    def parcel(self) -> bytes:
        """Lock, save to the stick, and unlock again."""
        self.tablet.vault.close()
        path = self.folder / PARCEL_NAME
        raw = path.read_bytes() if path.exists() else b""
        self.tablet.vault = self.tablet.file.unlock(self.practitioner, PIN)
        return raw

    def answer(self) -> bytes:
        return give_back(self.server.context, self.device_id).file

    def take(self, raw: bytes) -> TakenAnswer:
        return self.tablet.vault.take_answer(raw)


@contextmanager
def far_away(folder: Path, server: RealServer, name: str = "tablet") -> Iterator[Far]:
    with real_tablet(folder / name, server, NOBODY_THERE) as tablet:
        practitioner = tablet.vault.practitioner_id
        yield Far(server, tablet, folder / name, practitioner)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path / "server") as found:
        yield found


@pytest.fixture
def far(tmp_path: Path, server: RealServer) -> Iterator[Far]:
    with far_away(tmp_path, server) as found:
        yield found


def test_a_stick_there_and_back_settles_what_the_tablet_had(
    server: RealServer, far: Far, tmp_path: Path
) -> None:
    with real_tablet(tmp_path / "other", server) as other:
        other.save(patient("theirs"), birth_place="Asmara")
        assert other.engine.round().succeeded
        for number in range(130):
            far.save(f"mine-{number}")
        take_in(server.context, far.parcel())
        assert far.tablet.vault.counts().operations == 130
        taken = far.take(far.answer())
        assert taken == TakenAnswer(acknowledged=130, set_aside=0, received=1)
        assert far.tablet.vault.counts().records == 0
        assert far.tablet.shown("theirs", "birth_place") == ["Asmara"]
        assert other.engine.round().succeeded
        assert other.shown("mine-7", "birth_place") == ["mine-7"]


def test_files_count_in_any_order_and_as_often_as_one_likes(
    server: RealServer, far: Far
) -> None:
    far.save("p1")
    first = far.parcel()
    far.save("p2")
    second = far.parcel()
    for raw in (second, first, second):
        take_in(server.context, raw)
    old = far.answer()
    far.save("p3")
    take_in(server.context, far.parcel())
    new = far.answer()
    assert far.take(new).acknowledged == 3
    cursor = far.tablet.vault.cursor()
    far.save("p4")
    for raw in (old, new, old):
        far.take(raw)
        assert far.tablet.vault.counts().operations == 1
        assert far.tablet.vault.cursor() == cursor
    assert far.tablet.shown("p3", "birth_place") == ["p3"]


def test_an_older_answer_leaves_no_hole_in_what_is_read(
    server: RealServer, far: Far, tmp_path: Path
) -> None:
    far.save("p1")
    take_in(server.context, far.parcel())
    with real_tablet(tmp_path / "other", server) as other:
        other.save(patient("one"), birth_place="Asmara")
        assert other.engine.round().succeeded
        first = far.answer()
        far.take(first)
        other.save(patient("two"), birth_place="Massawa")
        assert other.engine.round().succeeded
        far.save("p2")
        take_in(server.context, far.parcel())
        second = far.answer()
        far.take(first)
        far.take(second)
    assert far.tablet.shown("two", "birth_place") == ["Massawa"]


def test_what_the_server_refuses_comes_back_with_its_reason(
    server: RealServer, far: Far
) -> None:
    far.save("p1", birth_place="x" * 1_100_000)
    far.save("p2")
    taken = take_in(server.context, far.parcel())
    outcomes = [o.outcome for a in taken.answers for o in a.outcomes]
    assert outcomes == [Outcome.REJECTED, Outcome.ACCEPTED]
    said = far.take(far.answer())
    assert (said.acknowledged, said.set_aside) == (1, 1)
    (kept,) = far.tablet.vault.set_aside()
    assert (kept.patient_id, kept.reason) == ("p1", ProblemCode.OPERATION_TOO_LARGE)
    assert far.tablet.vault.counts().refused_records == 1


def test_a_tablet_that_later_finds_a_network_sends_nothing_twice(
    server: RealServer, far: Far
) -> None:
    far.save("p1")
    take_in(server.context, far.parcel())
    connection = far.tablet.vault.connection
    far.tablet.gateway.close()
    with real_line(server, connection.token) as channel:
        sending = whole(far, Event())
        send_parcel(sending, channel, far.tablet.file, 0)
    assert far.tablet.vault.settle_sent() == 1
    assert far.tablet.vault.counts().records == 0


def test_a_server_that_was_restored_gets_it_again(server: RealServer, far: Far) -> None:
    far.save("p1")
    take_in(server.context, far.parcel())
    far.take(far.answer())
    far.save("p2")
    lost = far.parcel()
    database = server.context.database
    with database.write() as connection:  # as from a backup made before p1
        for statement in (
            "DELETE FROM operation",
            "DELETE FROM document",
            "DELETE FROM link",
            "DELETE FROM signature",
            "UPDATE device SET acknowledged = 0, head_digest = zeroblob(32)",
            "UPDATE deployment SET epoch = 'another'",
        ):
            connection.exec_driver_sql(statement)
    with pytest.raises(ProblemError) as refused:
        take_in(server.context, lost)
    assert refused.value.code is ProblemCode.CHAIN_GAP
    far.take(far.answer())
    assert far.tablet.vault.counts().operations == 2
    taken = take_in(server.context, far.parcel())
    assert [len(a.outcomes) for a in taken.answers] == [2]
    far.take(far.answer())
    assert far.tablet.vault.counts().records == 0


def test_a_file_for_another_tablet_or_from_elsewhere_changes_nothing(
    server: RealServer, far: Far, tmp_path: Path
) -> None:
    far.save("p1")
    take_in(server.context, far.parcel())
    mine = far.answer()
    with far_away(tmp_path, server, "neighbour") as neighbour:
        neighbour.save("theirs")
        take_in(server.context, neighbour.parcel())
        assert why(far, neighbour.answer()) is ProblemCode.FILE_OF_ANOTHER_TABLET
    with (
        real_server(tmp_path / "elsewhere") as elsewhere,
        far_away(tmp_path, elsewhere, "foreigner") as foreigner,
    ):
        foreigner.save("foreign")
        take_in(elsewhere.context, foreigner.parcel())
        assert why(far, foreigner.answer()) is ProblemCode.FILE_FOREIGN
    for broken in (b"", mine[:40], mine[:-1], mine[:-1] + bytes([mine[-1] ^ 1])):
        assert why(far, broken) is ProblemCode.FILE_UNREADABLE
    assert why(far, far.parcel()) is ProblemCode.FILE_UNREADABLE
    assert far.tablet.vault.counts().operations == 1
    assert far.take(mine).acknowledged == 1


def test_a_forged_answer_acknowledges_nothing(server: RealServer, far: Far) -> None:
    far.save("p1")
    take_in(server.context, far.parcel())
    head = read_answer(far.answer()).head
    body = AnswerBody(
        pushed=(),
        pages=(),
        chain=ChainStatus(device_id=far.device_id, acknowledged=0, digest=""),
    )
    public = answer_box(far.tablet.vault._unlocked).public_bytes
    assert why(far, made_by(SigningKey.generate(), head, body, public)) is (
        ProblemCode.FILE_FORGED
    )
    assert far.tablet.vault.counts().operations == 1


def made_by(key: SigningKey, head: AnswerHead, body: AnswerBody, to: bytes) -> bytes:
    """Make an answer with whoever's key."""
    start = framed_head(head)
    packed = zstandard.ZstdCompressor().compress(body.model_dump_json().encode())
    return start + seal_to(to, key.sign(signed_bytes(start, packed)) + packed, start)


def why(far: Far, raw: bytes) -> ProblemCode:
    with pytest.raises(CarriedFileError) as refused:
        far.take(raw)
    return refused.value.code


def test_nothing_is_given_back_before_a_file_came_or_to_whom_was_revoked(
    server: RealServer, far: Far
) -> None:
    def given() -> ProblemCode:
        with pytest.raises(ProblemError) as refused:
            far.answer()
        return refused.value.code

    assert given() is ProblemCode.NOT_FOUND
    far.save("p1")
    take_in(server.context, far.parcel())
    assert far.answer()
    revoke_device(server.context.ports, server.context.database, far.device_id)
    assert given() is ProblemCode.DEVICE_REVOKED


@contextmanager
def real_line(server: RealServer, token: str) -> Iterator[HttpChannel]:
    channel = HttpChannel(server.url, token)
    try:
        yield channel
    finally:
        channel.close()


def whole(far: Far, cancel: Event) -> Sending:
    """A sending of all that is unsent, of which nothing is told."""
    far.parcel()
    parcel = far.tablet.file.parcel()
    answered = far.tablet.file.unsent_of(parcel).answered
    return Sending(parcel, answered, lambda _done: None, cancel)


def test_a_sending_that_was_stopped_goes_on_where_it_stopped(
    server: RealServer, far: Far
) -> None:
    for number in range(250):
        far.save(f"p{number}")
    far.tablet.vault.close()
    file, cancel = far.tablet.file, Event()
    told: list[HandedOver] = []

    def progress(done: HandedOver) -> None:
        told.append(done)
        if done.done == 100:
            cancel.set()

    parcel = file.parcel()
    token = far.tablet.file.connection
    assert token is not None
    with real_line(server, token.token) as channel:
        first = Sending(parcel, frozenset(), progress, cancel)
        send_parcel(first, channel, file, 0)
        unsent = file.unsent()
        assert unsent is not None
        assert unsent.answered == {0}
        rest = Sending(parcel, unsent.answered, progress, Event())
        send_parcel(rest, channel, file, 0)
    assert [(t.done, t.total) for t in told] == [
        *[(0, 250), (100, 250)],
        *[(100, 250), (200, 250), (250, 250)],
    ]
    assert told[-1].sent_bytes > 0
    unsent = file.unsent()
    assert unsent is not None
    assert (unsent.is_sent, unsent.records_left) == (True, 0)
    far.tablet.vault = file.unlock(far.practitioner, PIN)
    assert far.tablet.vault.settle_sent() == 250
    assert far.tablet.vault.counts().records == 0


def test_a_tablet_sends_its_own_parcel_alone_and_not_without_a_token(
    server: RealServer, far: Far, tmp_path: Path
) -> None:
    far.save("p1")
    sending = whole(far, Event())
    with far_away(tmp_path, server, "neighbour") as neighbour:
        for token, code in (
            (neighbour.tablet.vault.connection.token, ProblemCode.FORBIDDEN),
            ("nobody", ProblemCode.UNKNOWN_DEVICE),
        ):
            with (
                real_line(server, token) as channel,
                pytest.raises(SyncFailure) as refused,
            ):
                send_parcel(sending, channel, far.tablet.file, 0)
            assert refused.value.code is code
    unsent = far.tablet.file.unsent()
    assert unsent is not None
    assert unsent.answered == frozenset()


def test_a_coordinator_takes_a_file_in_and_gives_one_back(
    server: RealServer, far: Far
) -> None:
    for number in range(130):
        far.save(f"p{number}")
    parcel = read_parcel(far.parcel())
    session = ConsoleSession(server.url)
    try:
        carrying = Carrying(session)
        sending = Sending(parcel, frozenset(), lambda _done: None, Event())
        with pytest.raises(SyncFailure) as refused:
            carrying.take_in(sending)
        assert refused.value.code is ProblemCode.UNAUTHENTICATED
        session.sign_in(COORDINATOR, PASSPHRASE)
        taken = carrying.take_in(sending)
        assert taken is not None
        assert (taken.device_name, taken.accepted) == ("Tablet", 130)
        again = carrying.take_in(sending)
        assert again is not None
        assert (again.accepted, again.duplicates) == (0, 130)
        stopped = replace(sending, cancel=Event())
        stopped.cancel.set()
        assert carrying.take_in(stopped) is None
        answer = carrying.answer_for(far.device_id)
        assert (answer.acknowledged, answer.more) == (130, False)
        assert far.take(answer.file).acknowledged == 130
        with pytest.raises(SyncFailure) as unknown:
            carrying.answer_for("nobody")
        assert unknown.value.code is ProblemCode.NOT_FOUND
    finally:
        session.close()
