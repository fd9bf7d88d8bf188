"""Push: what is accepted, what is a duplicate, what is set aside and why."""

import json

import pytest
from sqlalchemy import select

from app.core.change import Authorship, RecordKey
from app.core.document_pack import unpack
from app.core.operation import EncodedOperation
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushRequest, PushResponse, Role
from sync_server.services import administration, feed
from sync_server.services.administration import NewPractitioner
from sync_server.services.ingest import CLAMP_AFTER_MS
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT, SET_ASIDE
from tests.server.deployments import HOUR_MS, TestDeployment
from tests.support.operations import WritingDevice, envelope, signed

ANNA = RecordKey("Patient", "anna", "anna")
BORIS = RecordKey("Patient", "boris", "boris")


def outcomes(response: PushResponse) -> list[str]:
    return [one.outcome.value for one in response.outcomes]


def reasons(response: PushResponse) -> list[ProblemCode | None]:
    return [one.reason for one in response.outcomes]


def values(deployment: TestDeployment, record_id: str, name: str) -> list[object]:
    with deployment.context.database.read() as connection:
        query = select(DOCUMENT.c.body).where(DOCUMENT.c.record_id == record_id)
        body = connection.scalar(query)
    document = unpack((body or "{}").encode())
    return [write.value for write in document.writes(name)]


def column(deployment: TestDeployment, record_id: str, name: str) -> object:
    with deployment.context.database.read() as connection:
        query = select(DOCUMENT.c[name]).where(DOCUMENT.c.record_id == record_id)
        return connection.scalar(query)


def feed_of(deployment: TestDeployment, limit: int = 500) -> list[str]:
    with deployment.context.database.read() as connection:
        page = feed.pull(
            deployment.context, connection, Scope(deployment.site_id), "", limit
        )
    return [item.operation.header for item in page.items]


def set_aside(deployment: TestDeployment) -> list[str]:
    with deployment.context.database.read() as connection:
        return list(connection.scalars(select(SET_ASIDE.c.reason)))


def test_a_batch_is_accepted_and_its_record_can_be_read(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}), (BORIS, {"sex": "male"}))
    response = deployment.push(tablet)
    assert outcomes(response) == ["accepted", "accepted"]
    assert response.acknowledged == 2
    assert response.server_ms == deployment.wall.now_ms
    assert response.epoch == deployment.epoch
    assert values(deployment, "anna", "sex") == ["female"]
    assert column(deployment, "boris", "sequence") == 2


def test_the_same_batch_again_is_all_duplicates(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    batch = tablet.batch()
    first = deployment.take(tablet, batch)
    again = deployment.take(tablet, batch)
    assert (outcomes(first), outcomes(again)) == (["accepted"], ["duplicate"])
    assert again.acknowledged == 1
    assert len(feed_of(deployment)) == 1


def test_a_batch_that_overlaps_adds_only_what_is_new(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    start = tablet.head
    first = tablet.write((ANNA, {"sex": "female"}))
    deployment.push(tablet)
    second = tablet.write((ANNA, {"language": "ar"}))
    tablet.pending.clear()
    tablet.head = start
    both = tablet.batch_of([one for _, one in (*first, *second)])
    assert outcomes(deployment.take(tablet, both)) == ["duplicate", "accepted"]


def test_a_batch_after_a_gap_is_refused_with_the_number_held(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    deployment.push(tablet)
    tablet.write((ANNA, {"language": "ar"}))
    tablet.batch()
    tablet.write((ANNA, {"language": "fr"}))
    with pytest.raises(Exception, match="chain-gap") as raised:
        deployment.push(tablet)
    assert raised.value.expected == 1  # type: ignore[attr-defined]


def test_another_operation_under_a_number_that_is_held_is_a_fork(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    start = tablet.head
    tablet.write((ANNA, {"sex": "female"}))
    deployment.push(tablet)
    tablet.head = start
    tablet.write((ANNA, {"sex": "male"}), (BORIS, {"sex": "male"}))
    with pytest.raises(Exception, match="device-forked") as raised:
        deployment.push(tablet)
    assert raised.value.expected == 1  # type: ignore[attr-defined]
    assert values(deployment, "anna", "sex") == ["female"]


def test_a_batch_after_another_head_than_the_one_held_is_a_fork(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    deployment.push(tablet)
    clone = WritingDevice("tablet-a", deployment.author, deployment.wall)
    clone.write((BORIS, {"sex": "male"}))
    clone.batch()
    clone.write((BORIS, {"language": "fr"}))
    with pytest.raises(Exception, match="device-forked"):
        deployment.push(clone)


def test_a_first_batch_must_begin_at_the_beginning(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    (_, encoded), *_ = tablet.write((ANNA, {"sex": "female"}))
    batch = tablet.batch().model_copy(update={"previous": "ab" * 32})
    head = type(tablet.head)("tablet-a", 0, bytes.fromhex("ab" * 32))
    after = head.extend(encoded.header_digest)
    forged = signed(tablet, head, after, batch.operations)
    with pytest.raises(Exception, match="device-forked"):
        deployment.take(tablet, forged)


def test_a_batch_that_the_device_did_not_sign_is_refused(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    batch = tablet.batch().model_copy(update={"signature": bytes(64)})
    with pytest.raises(Exception, match="signature-wrong"):
        deployment.take(tablet, batch)
    assert feed_of(deployment) == []


def test_a_change_that_is_not_whole_is_set_aside_and_blocks_nothing(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    parts = tablet.write((ANNA, {"sex": "female"}), (BORIS, {"sex": "male"}))
    tablet.pending = parts[:1]
    assert reasons(deployment.push(tablet)) == [ProblemCode.CHANGE_INCOMPLETE]
    tablet.write((ANNA, {"language": "ar"}))
    response = deployment.push(tablet)
    assert outcomes(response) == ["accepted"]
    assert response.acknowledged == 2
    assert values(deployment, "anna", "sex") == []
    assert set_aside(deployment) == ["change-incomplete"]


def test_a_change_that_comes_whole_later_is_accepted_after_all(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    start = tablet.head
    parts = tablet.write((ANNA, {"sex": "female"}), (BORIS, {"sex": "male"}))
    tablet.pending = parts[:1]
    deployment.push(tablet)
    tablet.head = start
    tablet.pending = parts
    assert outcomes(deployment.push(tablet)) == ["accepted", "accepted"]
    assert set_aside(deployment) == []


def test_a_practitioner_whom_nobody_knows_is_set_aside_until_known(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    start = tablet.head
    tablet.author = Authorship("nobody", deployment.site_id)
    written = tablet.write((ANNA, {"sex": "female"}))
    assert reasons(deployment.push(tablet)) == [ProblemCode.UNKNOWN_PRACTITIONER]
    assert feed_of(deployment) == []
    assert set_aside(deployment) == ["unknown-practitioner"]
    context = deployment.context
    somebody = NewPractitioner("Somebody", Role.NURSE, practitioner_id="nobody")
    administration.add_practitioner(context.ports, context.database, somebody)
    tablet.head, tablet.pending = start, written
    assert outcomes(deployment.push(tablet)) == ["accepted"]
    assert set_aside(deployment) == []


def test_a_site_that_nobody_knows_is_set_aside(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    tablet.author = Authorship(deployment.nurse_id, "elsewhere")
    tablet.write((ANNA, {"sex": "female"}))
    assert reasons(deployment.push(tablet)) == [ProblemCode.UNKNOWN_SITE]


def test_one_id_with_two_contents_is_set_aside(deployment: TestDeployment) -> None:
    one, other = deployment.device("tablet-a"), deployment.device("tablet-b")
    other.ids = one.ids.__class__(one.ids.prefix)
    one.write((ANNA, {"sex": "female"}))
    other.write((ANNA, {"sex": "male"}))
    deployment.push(one)
    assert reasons(deployment.push(other)) == [ProblemCode.OPERATION_ID_REUSED]
    assert values(deployment, "anna", "sex") == ["female"]


def test_a_record_keeps_its_type_and_its_patient(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    tablet.write((RecordKey("Patient", "anna", "boris"), {"sex": "male"}))
    tablet.write((RecordKey("Consent", "anna", "anna"), {"sex": "male"}))
    mismatch = ProblemCode.RECORD_MISMATCH
    assert reasons(deployment.push(tablet)) == [None, mismatch, mismatch]


def test_content_that_does_not_match_is_set_aside_with_its_whole_change(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    (_, good), (_, bad) = tablet.write(
        (ANNA, {"sex": "female"}), (BORIS, {"sex": "male"})
    )
    tablet.pending.clear()
    altered = EncodedOperation(bad.header, bad.salt, b'{"fields":{},"replaces":{}}')
    response = deployment.take(tablet, tablet.batch_of([good, altered]))
    expected = [ProblemCode.CHANGE_INCOMPLETE, ProblemCode.CONTENT_MISMATCH]
    assert reasons(response) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "[]",
        "no json",
        '{"id":"x"}',
        '{"id":"\\u0000"}',
        "{" * 5000,
        '{"id":"\\ud800"}',
    ],
)
def test_a_header_that_is_none_is_set_aside(
    deployment: TestDeployment, header: str
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    (_, good) = tablet.pending.pop()
    bad = EncodedOperation(header.encode(), b"salt", b"{}")
    response = deployment.take(tablet, tablet.batch_of([bad, good]))
    assert reasons(response) == [ProblemCode.OPERATION_MALFORMED, None]


def test_what_is_nested_too_deeply_is_set_aside(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    deep: object = "end"
    for _ in range(200):
        deep = [deep]
    tablet.write((ANNA, {"note": deep}))  # type: ignore[dict-item]
    assert reasons(deployment.push(tablet)) == [ProblemCode.OPERATION_MALFORMED]


def test_an_operation_twice_in_one_batch_is_accepted_once(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    ((_, one),) = tablet.write((ANNA, {"sex": "female"}))
    tablet.pending.clear()
    response = deployment.take(tablet, tablet.batch_of([one, one]))
    assert outcomes(response) == ["accepted", "duplicate"]


def test_a_stamp_from_the_far_future_is_clamped_and_accepted(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    real = deployment.wall.now_ms
    deployment.wall.now_ms = real + CLAMP_AFTER_MS
    tablet.write((ANNA, {"sex": "female"}))
    deployment.wall.now_ms = real + CLAMP_AFTER_MS + 365 * 24 * 3600 * 1000
    tablet.write((ANNA, {"language": "ar"}))
    deployment.wall.now_ms = real
    batch = tablet.batch()
    response = deployment.take(tablet, batch)
    assert [one.clamp_ms for one in response.outcomes] == [None, real]
    again = deployment.take(tablet, batch)
    assert [one.clamp_ms for one in again.outcomes] == [None, real]


def test_what_is_accepted_again_counts_no_later_than_before(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    deployment.wall.advance(HOUR_MS)
    ahead = [one for name in "abc" for one in tablet.write((ANNA, {name: "1"}))]
    deployment.wall.advance(-HOUR_MS)
    now = deployment.wall.now_ms
    tablet.pending.clear()
    batch = tablet.batch_of([encoded for _, encoded in ahead])
    clamps = (now - 5, now + 5, 10**40)
    operations = tuple(
        one.model_copy(update={"clamp_ms": clamp})
        for one, clamp in zip(batch.operations, clamps, strict=True)
    )
    again = batch.model_copy(update={"operations": operations})
    response = deployment.take(tablet, again)
    assert [one.clamp_ms for one in response.outcomes] == [now - 5, now, now]


def test_a_fork_under_a_new_identity_keeps_what_had_arrived(
    deployment: TestDeployment,
) -> None:
    old = deployment.device("tablet-a")
    arrived = old.write((ANNA, {"sex": "female"}))
    deployment.push(old)
    waiting = old.write((ANNA, {"language": "ar"}))
    new = deployment.device("tablet-a2")
    batch = new.batch_of([one for _, one in (*arrived, *waiting)])
    assert outcomes(deployment.take(new, batch)) == ["duplicate", "accepted"]


def test_two_tablets_that_did_not_see_each_other_conflict(
    deployment: TestDeployment,
) -> None:
    one, other = deployment.device("tablet-a"), deployment.device("tablet-b")
    one.write((ANNA, {"sex": "female"}))
    other.write((ANNA, {"sex": "male"}))
    deployment.push(one)
    deployment.push(other)
    assert column(deployment, "anna", "conflicts") == 1
    assert sorted(map(str, values(deployment, "anna", "sex"))) == ["female", "male"]


def test_a_red_flag_is_marked_until_its_record_was_entered_in_error(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    key = RecordKey("QuestionnaireResponse", "phq9", "anna")
    answer = {"values": [{"valueBoolean": True}], "flags": ["suicide-risk"]}
    tablet.write((key, {"answer.:q9": answer}))  # type: ignore[dict-item]
    deployment.push(tablet)
    assert column(deployment, "phq9", "red_flags") == '["suicide-risk"]'
    tablet.write((key, {"entered_in_error": {"reason": "wrong person"}}))
    deployment.push(tablet)
    assert column(deployment, "phq9", "red_flags") == "[]"


def test_what_this_version_does_not_know_is_relayed_byte_for_byte(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    ((_, known),) = tablet.write((ANNA, {"future": {"ሰላም": [1, None, "\u0000"]}}))
    tablet.pending.clear()
    header = json.loads(known.header)
    header |= {"later": {"b": 1, "a": "٢"}, "type": "Teleportation", "schema": 99}
    raw = json.dumps(header, ensure_ascii=False, indent=1).encode()
    odd = EncodedOperation(raw, known.salt, known.content)
    response = deployment.take(tablet, tablet.batch_of([odd]))
    assert [one.outcome for one in response.outcomes] == [Outcome.ACCEPTED]
    with deployment.context.database.read() as connection:
        page = feed.pull(
            deployment.context, connection, Scope(deployment.site_id), "", 10
        )
    assert page.items[0].operation == envelope(odd)


def test_an_empty_batch_changes_nothing(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    batch: PushRequest = tablet.batch()
    assert deployment.take(tablet, batch).acknowledged == 0
