"""Batches to push, what the server answered, and what exists only here."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.core.chain import GENESIS, ChainHead
from app.core.change import RecordKey
from app.core.operation import decode_header
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import Outcome, PushOutcome, PushRequest, PushResponse
from app.storage import (
    BatchLimits,
    Damage,
    DamageKind,
    State,
    Vault,
    VaultCorruptError,
    VaultFile,
)
from app.storage.stored_operation import encoded_of
from tests.storage.tablets import ANA, PIN, Tablet, change_of, patient, save_patient
from tests.support.operations import START_MS

Opened = tuple[VaultFile, Vault]


def ids_of(batch: PushRequest) -> list[str]:
    return [decode_header(o.header.encode())[0].operation_id for o in batch.operations]


def head_of(batch: PushRequest) -> ChainHead:
    head = ChainHead(batch.device_id, batch.first - 1, bytes.fromhex(batch.previous))
    for operation in batch.operations:
        head = head.extend(encoded_of(operation).header_digest)
    return head


def answer(*outcomes: PushOutcome, acknowledged: int) -> PushResponse:
    return PushResponse(
        outcomes=outcomes, acknowledged=acknowledged, server_ms=0, epoch="epoch-1"
    )


def accepted(batch: PushRequest) -> PushResponse:
    outcomes = [
        PushOutcome(operation_id=i, outcome=Outcome.ACCEPTED) for i in ids_of(batch)
    ]
    return answer(*outcomes, acknowledged=head_of(batch).number)


def next_batch(vault: Vault, limits: BatchLimits | None = None) -> PushRequest:
    batch = vault.pending() if limits is None else vault.pending(limits)
    assert batch is not None
    return batch


def save_several(vault: Vault, patient_id: str, count: int) -> None:
    keys = [
        RecordKey(RecordType.OBSERVATION, f"{patient_id}-{n}", patient_id)
        for n in range(count)
    ]
    vault.commit(change_of(*((key, {"value": "x" * 50}) for key in keys)))


def test_nothing_is_pending_in_a_new_vault(vault: Vault) -> None:
    assert vault.pending() is None
    assert vault.counts().oldest_at is None


def test_a_batch_is_signed_and_links_to_the_chain(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    save_patient(vault, "p2", "Omar")
    batch = next_batch(vault)
    assert (batch.first, batch.previous) == (1, GENESIS.hex())
    assert batch.device_id == vault_file.identity.device_id
    key = Ed25519PublicKey.from_public_bytes(vault_file.identity.public_key)
    key.verify(batch.signature, head_of(batch).signed_bytes())
    assert vault.chain_digest(2) == head_of(batch).digest.hex()
    assert vault.chain_digest(0) == GENESIS.hex()
    assert vault.chain_digest(3) is None


def test_batches_go_on_where_the_server_acknowledged(vault: Vault) -> None:
    for number in range(5):
        save_patient(vault, f"p{number}", "Amina")
    first = next_batch(vault, BatchLimits(operations=2))
    assert len(first.operations) == 2
    vault.record_outcomes(accepted(first))
    second = next_batch(vault)
    assert second.first == 3
    assert second.previous == head_of(first).digest.hex()
    vault.record_outcomes(accepted(second))
    assert vault.pending() is None


def test_a_batch_that_was_not_answered_is_the_same_again(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    assert next_batch(vault) == next_batch(vault)


def test_a_change_is_never_split(vault: Vault) -> None:
    save_several(vault, "p1", 3)
    save_several(vault, "p2", 3)
    assert len(next_batch(vault, BatchLimits(operations=5)).operations) == 3
    assert len(next_batch(vault, BatchLimits(operations=6)).operations) == 6
    small = next_batch(vault, BatchLimits(size=1))
    assert len(small.operations) == 3


def test_the_largest_change_is_one_batch(vault: Vault) -> None:
    save_patient(vault, "p0", "Amina")
    save_several(vault, "p1", 500)
    first = next_batch(vault)
    assert len(first.operations) == 1
    vault.record_outcomes(accepted(first))
    assert len(next_batch(vault).operations) == 500


def test_a_batch_begins_at_the_beginning_of_its_change(vault: Vault) -> None:
    save_several(vault, "p1", 3)
    batch = next_batch(vault)
    one = PushOutcome(operation_id=ids_of(batch)[0], outcome=Outcome.ACCEPTED)
    vault.record_outcomes(answer(one, acknowledged=3))
    assert vault.counts().operations == 2
    assert next_batch(vault) == batch


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.DUPLICATE])
def test_operations_are_acknowledged_by_their_ids(
    vault: Vault, outcome: Outcome
) -> None:
    save_patient(vault, "p1", "Amina")
    save_patient(vault, "p2", "Omar")
    first = ids_of(next_batch(vault))[0]
    done = PushOutcome(operation_id=first, outcome=outcome)
    vault.record_outcomes(answer(done, acknowledged=2))
    assert not vault.is_only_here("p1")
    assert vault.is_only_here("p2")
    assert vault.counts().operations == 1


def test_what_the_chain_does_not_reach_is_not_acknowledged(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    batch = next_batch(vault)
    outcome = PushOutcome(operation_id=ids_of(batch)[0], outcome=Outcome.ACCEPTED)
    vault.record_outcomes(answer(outcome, acknowledged=0))
    assert vault.is_only_here("p1")


def test_outcomes_of_strangers_change_nothing(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    stranger = PushOutcome(operation_id="unknown", outcome=Outcome.ACCEPTED)
    vault.record_outcomes(answer(stranger, acknowledged=1))
    assert vault.counts().operations == 1


def test_a_refused_change_is_kept_with_its_reason_and_blocks_nothing(
    vault: Vault,
) -> None:
    save_patient(vault, "p1", "Amina")
    save_patient(vault, "p2", "Omar")
    batch = next_batch(vault)
    refused = PushOutcome(
        operation_id=ids_of(batch)[0],
        outcome=Outcome.REJECTED,
        reason=ProblemCode.UNKNOWN_SITE,
    )
    done = PushOutcome(operation_id=ids_of(batch)[1], outcome=Outcome.ACCEPTED)
    vault.record_outcomes(answer(refused, done, acknowledged=2))
    assert vault.pending() is None
    assert [(s.item_id, s.reason) for s in vault.set_aside()] == [
        (refused.operation_id, ProblemCode.UNKNOWN_SITE)
    ]
    entry = vault.operations("p1")[0]
    assert (entry.state, entry.reason) == (State.SET_ASIDE, ProblemCode.UNKNOWN_SITE)
    assert vault.document("p1") is not None
    assert vault.is_only_here("p1")
    counts = vault.counts()
    assert (counts.operations, counts.set_aside) == (0, 1)
    assert (counts.records, counts.refused_records) == (1, 1)
    assert counts.oldest_at is not None


@pytest.mark.parametrize(
    ("reason", "again"),
    [
        (ProblemCode.UNKNOWN_PRACTITIONER, 1),
        (ProblemCode.UNKNOWN_SITE, 1),
        (ProblemCode.CHANGE_INCOMPLETE, 1),
        (ProblemCode.OPERATION_MALFORMED, 1),
        (ProblemCode.RECORD_MISMATCH, 0),
    ],
)
def test_what_was_refused_for_a_while_can_be_offered_again(
    vault: Vault, reason: ProblemCode, again: int
) -> None:
    save_patient(vault, "p1", "Amina")
    batch = next_batch(vault)
    refused = PushOutcome(
        operation_id=ids_of(batch)[0], outcome=Outcome.REJECTED, reason=reason
    )
    vault.record_outcomes(answer(refused, acknowledged=1))
    assert vault.offer_set_aside() == again
    assert vault.pending() == (batch if again else None)
    assert len(vault.set_aside()) == 1 - again


def test_of_what_was_accepted_nothing_is_sent_again_with_an_old_refusal(
    vault: Vault,
) -> None:
    for number in range(4):
        save_patient(vault, f"p{number}", "Amina")
    ids = ids_of(next_batch(vault))
    outcomes = [PushOutcome(operation_id=i, outcome=Outcome.ACCEPTED) for i in ids]
    outcomes[1] = PushOutcome(
        operation_id=ids[1], outcome=Outcome.REJECTED, reason=ProblemCode.UNKNOWN_SITE
    )
    vault.record_outcomes(answer(*outcomes, acknowledged=4))
    assert vault.offer_set_aside() == 1
    save_patient(vault, "p4", "Selam")
    batch = next_batch(vault)
    assert (batch.first, ids_of(batch)) == (2, [ids[1]])
    vault.record_outcomes(
        answer(
            PushOutcome(operation_id=ids[1], outcome=Outcome.ACCEPTED), acknowledged=4
        )
    )
    assert (next_batch(vault).first, len(next_batch(vault).operations)) == (5, 1)


def test_the_clamp_that_a_server_said_last_counts_and_travels_with_what_is_offered(
    vault: Vault,
) -> None:
    save_patient(vault, "p1", "Amina")
    (operation_id,) = ids_of(next_batch(vault))
    for clamp_ms in (7, 9):
        done = PushOutcome(
            operation_id=operation_id, outcome=Outcome.ACCEPTED, clamp_ms=clamp_ms
        )
        vault.record_outcomes(answer(done, acknowledged=1))
        document = vault.document("p1")
        assert document is not None
        assert [w.clamp_ms for w in document.writes("name")] == [clamp_ms]
        vault.offer_again(0)
        assert [one.clamp_ms for one in next_batch(vault).operations] == [clamp_ms]


def test_what_is_offered_again_may_be_accepted_then(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    batch = next_batch(vault)
    refused = PushOutcome(operation_id=ids_of(batch)[0], outcome=Outcome.REJECTED)
    vault.record_outcomes(answer(refused, acknowledged=1))
    vault.offer_again(0)
    assert next_batch(vault) == batch
    vault.record_outcomes(accepted(batch))
    assert vault.set_aside() == ()
    assert vault.counts().set_aside == 0


def test_a_server_that_lost_links_gets_them_again(vault: Vault) -> None:
    for number in range(4):
        save_patient(vault, f"p{number}", "Amina")
    vault.record_outcomes(accepted(next_batch(vault)))
    vault.offer_again(1)
    batch = next_batch(vault)
    assert batch.first == 2
    assert len(batch.operations) == 3


def test_counts_say_how_much_and_how_old(tablet: Tablet) -> None:
    vault_file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Amina")
    tablet.wall.advance(60_000)
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    save_patient(vault, "p2", "Omar")
    counts = vault.counts()
    assert (counts.operations, counts.records, counts.oldest_at) == (3, 2, START_MS)
    vault_file.close()


def test_a_clamp_moves_what_is_shown_not_what_is_signed(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    batch = next_batch(vault)
    clamped = PushOutcome(
        operation_id=ids_of(batch)[0], outcome=Outcome.ACCEPTED, clamp_ms=7
    )
    vault.record_outcomes(answer(clamped, acknowledged=1))
    document = vault.document("p1")
    assert document is not None
    assert document.writes("name")[0].effective_ms == 7
    assert vault.operations("p1")[0].clamp_ms == 7
    assert vault.search("amina")[0].changed_at == 7
    again = vault_file.unlock(ANA, PIN)
    assert again.search("amina")[0].changed_at == 7


def destroy(vault_file: VaultFile, number: int) -> None:
    """Make one link of this device's chain unreadable."""
    with vault_file._database.write() as transaction:
        statement = "UPDATE operation SET sealed = zeroblob(80) WHERE number = ?"
        transaction.driver.execute(statement, (number,))


def test_what_stands_before_a_lost_link_is_sent_and_the_rest_waits(
    opened: Opened,
) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    save_several(vault, "p2", 3)
    save_patient(vault, "p3", "Omar")
    destroy(vault_file, 3)
    batch = next_batch(vault)
    assert (batch.first, len(batch.operations)) == (1, 1)
    vault.record_outcomes(accepted(batch))
    assert vault.pending() is None
    counts = vault.counts()
    assert (counts.operations, counts.oldest_at) == (4, START_MS)
    assert [(d.kind, d.patient_id) for d in vault.damaged] == [
        (DamageKind.OPERATION, "p2")
    ]
    save_patient(vault, "p4", "Selam")
    assert vault.document("p4") is not None


def test_nothing_passes_a_link_that_was_taken_away(opened: Opened) -> None:
    vault_file, vault = opened
    for number in range(3):
        save_patient(vault, f"p{number}", "Amina")
    with vault_file._database.write() as transaction:
        transaction.driver.execute("DELETE FROM operation WHERE number = 2")
    batch = next_batch(vault)
    assert (batch.first, len(batch.operations)) == (1, 1)
    vault.record_outcomes(accepted(batch))
    assert vault.pending() is None


def test_a_link_that_cannot_be_read_is_damage_and_no_end_of_the_chain(
    opened: Opened,
) -> None:
    vault_file, vault = opened
    for number in range(2):
        save_patient(vault, f"p{number}", "Amina")
    destroy(vault_file, 1)
    with pytest.raises(VaultCorruptError):
        vault.chain_digest(1)
    with vault_file._database.write() as transaction:
        transaction.driver.execute("DELETE FROM operation WHERE number = 2")
    with pytest.raises(VaultCorruptError):
        vault.chain_digest(2)
    assert vault.chain_digest(3) is None
    assert {d.kind for d in vault.damaged} == {DamageKind.OPERATION, DamageKind.LINK}


def test_counts_go_on_over_a_lost_operation(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    save_patient(vault, "p2", "Omar")
    destroy(vault_file, 1)
    counts = vault.counts()
    assert (counts.operations, counts.records, counts.oldest_at) == (2, 2, START_MS)


def test_a_reason_that_was_lost_hides_no_other(opened: Opened) -> None:
    vault_file, vault = opened
    for number in range(2):
        save_patient(vault, f"p{number}", "Amina")
    first, second = ids_of(next_batch(vault))
    refused = [
        PushOutcome(operation_id=i, outcome=Outcome.REJECTED) for i in (first, second)
    ]
    vault.record_outcomes(answer(*refused, acknowledged=2))
    with vault_file._database.write() as transaction:
        statement = "UPDATE set_aside SET sealed = zeroblob(80) WHERE item_id = ?"
        transaction.driver.execute(statement, (first,))
    assert [s.item_id for s in vault.set_aside()] == [second]
    assert vault.damaged == {Damage(DamageKind.SET_ASIDE, first)}
    assert vault.counts().set_aside == 2
