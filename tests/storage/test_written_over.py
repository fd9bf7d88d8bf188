"""Writing over what the server has not accepted: it may never reach anybody else."""

from app.core.operation import decode_header
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import Vault
from tests.storage.tablets import change_of, patient


def save_sex(vault: Vault, value: str) -> str:
    saved = vault.commit(change_of((patient("p1"), {"sex": value})))
    return saved.operation_ids[0]


def replaced_by(vault: Vault, operation_id: str) -> set[str]:
    entries = {e.header.operation_id: e.operation for e in vault.operations("p1")}
    operation = entries[operation_id]
    assert operation is not None
    return {*operation.replaces.get("sex", ())}


def answer_all(vault: Vault, outcome: Outcome) -> None:
    batch = vault.pending()
    assert batch is not None
    reason = ProblemCode.UNKNOWN_PRACTITIONER if outcome is Outcome.REJECTED else None
    ids = [decode_header(o.header.encode())[0].operation_id for o in batch.operations]
    outcomes = tuple(
        PushOutcome(operation_id=one, outcome=outcome, reason=reason) for one in ids
    )
    answer = PushResponse(outcomes=outcomes, acknowledged=9, server_ms=0, epoch="e")
    vault.record_outcomes(answer)


def test_over_what_was_set_aside_one_replaces_what_that_had_replaced(
    vault: Vault,
) -> None:
    first = save_sex(vault, "unknown")
    answer_all(vault, Outcome.ACCEPTED)
    refused = save_sex(vault, "male")
    answer_all(vault, Outcome.REJECTED)
    last = save_sex(vault, "female")
    assert replaced_by(vault, last) == {first, refused}


def test_over_what_waits_one_replaces_what_that_had_replaced(vault: Vault) -> None:
    first = save_sex(vault, "unknown")
    answer_all(vault, Outcome.ACCEPTED)
    waiting = save_sex(vault, "male")
    last = save_sex(vault, "female")
    assert replaced_by(vault, last) == {first, waiting}


def test_over_what_was_accepted_one_replaces_that_alone(vault: Vault) -> None:
    save_sex(vault, "unknown")
    seen = save_sex(vault, "male")
    answer_all(vault, Outcome.ACCEPTED)
    last = save_sex(vault, "female")
    assert replaced_by(vault, last) == {seen}
