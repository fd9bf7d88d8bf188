"""What a locked tablet left for its server enters there as a push would."""

from pathlib import Path

import pytest

from app.core.problems import ProblemCode
from app.core.wire import Outcome
from app.storage import unsent
from app.storage.parcel import PARCEL_NAME
from sync_server.problems import ProblemError
from sync_server.secret_file import ServerSecrets
from sync_server.services import administration
from sync_server.services.parcels import take_in
from tests.bootstrap.tablets import NOBODY_THERE
from tests.storage.tablets import patient
from tests.sync.real import RealServer, real_server, real_tablet

PEOPLE = 520


def a_parcel(folder: Path, server: RealServer, people: int = PEOPLE) -> bytes:
    """Save people on a tablet without a network, and lock it."""
    with real_tablet(folder, server, NOBODY_THERE) as tablet:
        for number in range(people):
            tablet.save(patient(f"p{number}"), birth_place=f"Town {number}")
        tablet.scheduler.detach()
        tablet.vault.close()
        head = unsent(folder)
        assert head is not None
        assert head.operations == people
        return (folder / PARCEL_NAME).read_bytes()


def test_every_batch_is_accepted_and_a_second_time_changes_nothing(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server)
        first = take_in(server.context, raw)
        assert [len(answer.outcomes) for answer in first] == [500, 20]
        outcomes = {o.outcome for answer in first for o in answer.outcomes}
        assert outcomes == {Outcome.ACCEPTED}
        assert first[-1].acknowledged == PEOPLE
        again = take_in(server.context, raw)
        outcomes = {o.outcome for answer in again for o in answer.outcomes}
        assert outcomes == {Outcome.DUPLICATE}


def test_a_parcel_for_another_server_or_a_changed_one_is_malformed(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server, 2)
        with real_server(tmp_path / "other") as other:
            assert refusal(other, raw) is ProblemCode.MALFORMED
        for changed in (b"", raw[:-1], raw[:40], raw[:-1] + bytes([raw[-1] ^ 1])):
            assert refusal(server, changed) is ProblemCode.MALFORMED


def test_a_revoked_tablets_parcel_is_taken_in_for_what_it_wrote_before(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server, 2)
        head = unsent(tmp_path / "tablet")
        assert head is not None
        context = server.context
        administration.revoke_device(context.ports, context.database, head.device_id)
        outcomes = [o.outcome for a in take_in(context, raw) for o in a.outcomes]
        assert set(outcomes) == {Outcome.ACCEPTED}


def refusal(server: RealServer, raw: bytes) -> ProblemCode:
    with pytest.raises(ProblemError) as refused:
        take_in(server.context, raw)
    return refused.value.code


def test_the_sealing_key_is_its_own_and_the_same_in_every_worker() -> None:
    identity = bytes(range(32))
    one = ServerSecrets(identity, b"c" * 32, b"t" * 32)
    other = ServerSecrets(identity, b"d" * 32, b"u" * 32)
    assert one.sealing_public_key == other.sealing_public_key
    assert one.sealing_public_key != one.public_key
    assert one.sealing_key not in (one.identity, one.card_secret, one.token_key)
