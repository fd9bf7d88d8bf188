"""A locked tablet is emptied: what it keeps of the server's answers, what it tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.operation import decode_header
from app.core.parcel import Parcel
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import State, Vault, VaultFile
from app.storage.errors import ParcelUnreadableError
from app.storage.parcel import PARCEL_NAME
from tests.storage.tablets import ANA, PIN, SETUP, Tablet, save_patient
from tests.storage.test_parcel import SERVER, bodies

PEOPLE = 150


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[VaultFile]:
    tablet = Tablet(tmp_path)
    file, vault = tablet.unlocked()
    key = {"sealing_key": SERVER.public_bytes}
    vault.renew_setup(SETUP.model_copy(update=key))
    for number in range(PEOPLE):
        save_patient(vault, f"p{number}", f"Name {number}")
    vault.close()
    yield file
    file.close()


def answer_to(file: VaultFile, index: int, refused: int = 0) -> PushResponse:
    """What a server says of a part of the parcel: the first few it refuses."""
    batch = bodies(file.folder / PARCEL_NAME)[index].batch
    ids = [decode_header(e.header.encode())[0].operation_id for e in batch.operations]
    outcomes = [
        PushOutcome(
            operation_id=one,
            outcome=Outcome.REJECTED if place < refused else Outcome.ACCEPTED,
            reason=ProblemCode.UNKNOWN_SITE if place < refused else None,
        )
        for place, one in enumerate(ids)
    ]
    last = batch.first + len(ids) - 1
    return PushResponse(
        outcomes=tuple(outcomes), acknowledged=last, server_ms=0, epoch="epoch-1"
    )


def unlocked(file: VaultFile) -> Vault:
    return file.unlock(ANA, PIN)


def test_what_was_answered_while_locked_counts_at_the_next_unlock(
    locked: VaultFile,
) -> None:
    parcel = locked.parcel()
    for index in (0, 1):
        locked.keep_answer(parcel, index, answer_to(locked, index))
    vault = unlocked(locked)
    assert vault.counts().operations == PEOPLE
    assert vault.settle_sent() == PEOPLE
    assert vault.counts().records == 0
    assert vault.settle_sent() == 0


def test_what_the_server_refused_is_set_aside_with_its_reason(
    locked: VaultFile,
) -> None:
    parcel = locked.parcel()
    for index in (0, 1):
        locked.keep_answer(parcel, index, answer_to(locked, index, refused=index))
    unsent = locked.unsent()
    assert unsent is not None
    assert (unsent.is_sent, unsent.refused, unsent.records_left) == (True, 1, 1)
    vault = unlocked(locked)
    vault.settle_sent()
    assert vault.counts().refused_records == 1
    assert [e.reason for e in vault.set_aside()] == [ProblemCode.UNKNOWN_SITE]


def test_a_part_that_was_answered_counts_as_sent_and_the_rest_does_not(
    locked: VaultFile,
) -> None:
    before = locked.unsent()
    assert before is not None
    assert (before.operations_sent, before.is_sent) == (0, False)
    assert before.records_left == PEOPLE
    locked.keep_answer(locked.parcel(), 0, answer_to(locked, 0))
    after = locked.unsent()
    assert after is not None
    assert after.answered == {0}
    assert (after.operations_sent, after.is_sent) == (100, False)
    assert after.records_left == PEOPLE


def test_answers_survive_a_restart_and_are_sealed(
    locked: VaultFile, tmp_path: Path
) -> None:
    said = answer_to(locked, 0)
    locked.keep_answer(locked.parcel(), 0, said)
    raw = b"".join(p.read_bytes() for p in locked.folder.glob("vault.db*"))
    assert said.outcomes[0].operation_id.encode() in raw  # as the log's own id is
    assert b"epoch-1" not in raw
    locked.close()
    again = Tablet(tmp_path).open()
    try:
        unsent = again.unsent()
        assert unsent is not None
        assert unsent.answered == {0}
    finally:
        again.close()


def test_an_answer_to_an_older_parcel_says_nothing_of_a_newer_one(
    locked: VaultFile,
) -> None:
    older = locked.parcel()
    said = answer_to(locked, 0)
    vault = unlocked(locked)
    save_patient(vault, "late", "Omar")
    vault.close()
    locked.keep_answer(older, 0, said)
    unsent = locked.unsent()
    assert unsent is not None
    assert unsent.answered == frozenset()
    vault = unlocked(locked)
    vault.settle_sent()
    assert vault.counts().operations == PEOPLE + 1 - 100


def test_a_saved_file_is_sent_and_not_confirmed(locked: VaultFile) -> None:
    parcel = locked.parcel()
    locked.mark_sent(parcel, 77, by_file=True)
    unsent = locked.unsent()
    assert unsent is not None
    assert (unsent.saved_at, unsent.is_sent) == (77, False)
    vault = unlocked(locked)
    assert vault.counts().operations == PEOPLE
    assert {w.is_sent for w in vault.waiting()} == {True}
    save_patient(vault, "p0", "Changed")
    waiting = {w.patient_id: w.is_sent for w in vault.waiting()}
    assert waiting["p0"] is False
    assert waiting["p1"] is True
    (entry,) = vault.operations("p1")
    sent = vault.sent()
    assert sent is not None
    assert entry.state is State.PENDING
    assert entry.number is not None
    assert entry.number <= sent.last


def test_a_mark_that_reaches_less_far_takes_nothing_back(locked: VaultFile) -> None:
    locked.mark_sent(locked.parcel(), 77, by_file=True)
    vault = unlocked(locked)
    vault.mark_sent(3)
    sent = vault.sent()
    assert sent is not None
    assert (sent.last, sent.by_file) == (PEOPLE, True)


def test_a_damaged_parcel_is_said_and_never_taken_for_an_empty_one(
    locked: VaultFile,
) -> None:
    path = locked.folder / PARCEL_NAME
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[:50], b"", whole + b"x"):
        path.write_bytes(broken)
        with pytest.raises(ParcelUnreadableError):
            locked.unsent()
        with pytest.raises(ParcelUnreadableError):
            locked.parcel_bytes()
    path.write_bytes(whole)
    first = Parcel.only(locked.parcel(), 0)
    path.write_bytes(first)
    with pytest.raises(ParcelUnreadableError):
        locked.unsent()
    path.unlink()
    assert locked.unsent() is None


def test_waiting_people_come_with_the_oldest_first(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path)
    file, vault = tablet.unlocked()
    try:
        begun = tablet.wall.now_ms
        save_patient(vault, "p1", "Amina")
        tablet.wall.advance(5_000)
        save_patient(vault, "p2", "Omar")
        save_patient(vault, "p1", "Amina Haddad")
        found = [(w.patient_id, w.records, w.oldest_at) for w in vault.waiting()]
        assert found == [("p1", 1, begun), ("p2", 1, begun + 5_000)]
    finally:
        file.close()
