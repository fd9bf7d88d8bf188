"""An answer speaks of operations by their ids, in whatever order it names them."""

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import State, Vault
from tests.storage.tablets import save_patient


def state_of(vault: Vault, patient_id: str) -> State:
    (entry,) = vault.operations(patient_id)
    return entry.state


def test_an_outcome_counts_for_the_operation_that_it_names(vault: Vault) -> None:
    (first,) = save_patient(vault, "p1", "Amina").operation_ids
    (second,) = save_patient(vault, "p2", "Omar").operation_ids
    refused = PushOutcome(
        operation_id=second,
        outcome=Outcome.REJECTED,
        reason=ProblemCode.UNKNOWN_PRACTITIONER,
    )
    accepted = PushOutcome(operation_id=first, outcome=Outcome.ACCEPTED)
    answer = PushResponse(
        outcomes=(refused, accepted), acknowledged=2, server_ms=0, epoch="e"
    )
    vault.record_outcomes(answer)
    assert state_of(vault, "p1") is State.ACKNOWLEDGED
    assert state_of(vault, "p2") is State.SET_ASIDE
    assert [entry.item_id for entry in vault.set_aside()] == [second]


def test_what_an_answer_does_not_name_stays_pending(vault: Vault) -> None:
    save_patient(vault, "p1", "Amina")
    (second,) = save_patient(vault, "p2", "Omar").operation_ids
    accepted = PushOutcome(operation_id=second, outcome=Outcome.ACCEPTED)
    vault.record_outcomes(
        PushResponse(outcomes=(accepted,), acknowledged=2, server_ms=0, epoch="e")
    )
    assert state_of(vault, "p1") is State.PENDING
    assert state_of(vault, "p2") is State.ACKNOWLEDGED
