"""What a locked tablet left for its server enters there as a push would."""

from collections import Counter
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select

from app.core.carried import fingerprint
from app.core.parcel import (
    ParcelBody,
    ParcelHead,
    PartHead,
    framed_head,
    framed_part,
    part_purpose,
    read_parcel,
)
from app.core.problems import ProblemCode
from app.core.wire import Outcome
from app.storage import unsent
from app.storage.parcel import PARCEL_NAME
from sync_server.boxes import open_box, seal_to
from sync_server.carried_tables import REPLY_TO
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
        assert [len(a.outcomes) for a in first.answers] == [*[100] * 5, 20]
        outcomes = {o.outcome for a in first.answers for o in a.outcomes}
        assert outcomes == {Outcome.ACCEPTED}
        assert first.answers[-1].acknowledged == PEOPLE
        again = take_in(server.context, raw)
        outcomes = {o.outcome for a in again.answers for o in a.outcomes}
        assert outcomes == {Outcome.DUPLICATE}


def test_a_parcel_is_taken_in_part_by_part_and_goes_on_where_it_stopped(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server, 250)
        parcel = read_parcel(raw)
        taken = [take_in(server.context, parcel.only(index)) for index in (0, 1)]
        assert [each.answers[0].acknowledged for each in taken] == [100, 200]
        counts = Counter(
            o.outcome for a in take_in(server.context, raw).answers for o in a.outcomes
        )
        assert counts == {Outcome.DUPLICATE: 200, Outcome.ACCEPTED: 50}
        other = a_parcel(tmp_path / "other", server, 250)
        with pytest.raises(ProblemError) as refused:
            take_in(server.context, read_parcel(other).only(2))
        assert refused.value.code is ProblemCode.CHAIN_GAP


def test_a_parcel_for_another_server_is_told_from_a_damaged_one(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server, 2)
        with real_server(tmp_path / "other") as other:
            assert refusal(other, raw) is ProblemCode.FILE_FOREIGN
        for changed in (b"", raw[:-1], raw[:40], raw[:-1] + bytes([raw[-1] ^ 1])):
            assert refusal(server, changed) is ProblemCode.FILE_UNREADABLE
        claims = raw.replace(b'"records":2', b'"records":9')
        assert refusal(server, claims) is ProblemCode.FILE_UNREADABLE


def test_a_parcel_that_its_tablet_did_not_sign_is_forged(tmp_path: Path) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server, 2)
        mine = read_parcel(a_parcel(tmp_path / "mine", server, 2))
        key = server.context.secrets.sealing_key
        plain = zstandard.ZstdDecompressor().decompress(
            open_box(key, mine.parts[0], mine.purpose(0))
        )
        whole = ParcelBody.model_validate_json(plain)
        bare = whole.model_copy(update={"reply_to": None})
        victim = read_parcel(raw).head.device_id
        stolen = whole.batch.model_copy(update={"device_id": victim})
        for body in (
            whole,  # another device's batch, and where it wants the answer
            bare,
            bare.model_copy(update={"batch": stolen}),
        ):
            made = sealed_as(server, victim, body)
            assert refusal(server, made) is ProblemCode.FILE_FORGED
        with server.context.database.read() as connection:
            assert connection.execute(select(REPLY_TO)).all() == []


def sealed_as(server: RealServer, device_id: str, body: ParcelBody) -> bytes:
    """Seal what somebody made up to the server: its key is no secret."""
    public = server.context.secrets.sealing_public_key
    head = ParcelHead(
        device_id=device_id,
        operations=2,
        records=2,
        oldest_at=0,
        written_at=0,
        sealed_to=fingerprint(public),
        parts=(PartHead(operations=2, last=2),),
    )
    start = framed_head(head)
    packed = zstandard.ZstdCompressor().compress(body.model_dump_json().encode())
    return start + framed_part(0, seal_to(public, packed, part_purpose(start, 0)))


def test_a_revoked_tablets_parcel_is_taken_in_for_what_it_wrote_before(
    tmp_path: Path,
) -> None:
    with real_server(tmp_path / "server") as server:
        raw = a_parcel(tmp_path / "tablet", server, 2)
        head = unsent(tmp_path / "tablet")
        assert head is not None
        context = server.context
        administration.revoke_device(context.ports, context.database, head.device_id)
        outcomes = [
            o.outcome for a in take_in(context, raw).answers for o in a.outcomes
        ]
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
