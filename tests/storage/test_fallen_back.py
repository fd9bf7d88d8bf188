"""A server that fell back may have set aside again what it accepted since."""

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import Vault
from tests.storage.tablets import save_patient


def answer(vault: Vault, operation_id: str, outcome: Outcome) -> None:
    reason = ProblemCode.UNKNOWN_PRACTITIONER if outcome is Outcome.REJECTED else None
    told = PushOutcome(operation_id=operation_id, outcome=outcome, reason=reason)
    vault.record_outcomes(
        PushResponse(outcomes=(told,), acknowledged=9, server_ms=0, epoch="e")
    )


def test_what_was_accepted_and_is_set_aside_by_now_is_offered_again(
    vault: Vault,
) -> None:
    (one,) = save_patient(vault, "p1", "Amina").operation_ids
    answer(vault, one, Outcome.ACCEPTED)
    assert vault.pending() is None
    assert vault.offer_refused([one]) == 1
    batch = vault.pending()
    assert batch is not None
    assert len(batch.operations) == 1


def test_what_was_refused_and_is_known_to_be_is_not(vault: Vault) -> None:
    (one,) = save_patient(vault, "p1", "Amina").operation_ids
    answer(vault, one, Outcome.REJECTED)
    assert vault.offer_refused([one]) == 0
    assert [entry.item_id for entry in vault.set_aside()] == [one]


def test_operations_of_which_this_tablet_knows_nothing_change_nothing(
    vault: Vault,
) -> None:
    assert vault.offer_refused(["somebody-elses"]) == 0
    assert vault.offer_refused([]) == 0
