"""Many operations counted as acknowledged at once, without reading what they hold."""

import sqlite3

from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import Vault
from tests.storage.tablets import Tablet, save_patient
from tests.storage.test_outbox import accepted, answer, ids_of, next_batch


def clamped(answer_: PushResponse, clamp_ms: int) -> PushResponse:
    outcomes = [o.model_copy(update={"clamp_ms": clamp_ms}) for o in answer_.outcomes]
    return answer_.model_copy(update={"outcomes": tuple(outcomes)})


def test_what_was_acknowledged_can_be_read_and_sent_again(vault: Vault) -> None:
    for number in range(5):
        save_patient(vault, f"p{number}", "Salma Haddad")
    batch = next_batch(vault)
    vault.record_outcomes(accepted(batch))
    assert vault.pending() is None
    assert vault.damaged == frozenset()
    assert vault.offer_again(0) == 5
    assert next_batch(vault) == batch


def test_a_duplicate_is_acknowledged_as_well(vault: Vault) -> None:
    save_patient(vault, "p1", "Salma Haddad")
    batch = next_batch(vault)
    again = [
        PushOutcome(operation_id=i, outcome=Outcome.DUPLICATE) for i in ids_of(batch)
    ]
    vault.record_outcomes(answer(*again, acknowledged=1))
    assert vault.pending() is None


def test_who_was_written_of_is_told(vault: Vault) -> None:
    save_patient(vault, "p1", "Salma Haddad")
    save_patient(vault, "p2", "Selma Hadad")
    batch = next_batch(vault)
    told: list[frozenset[str]] = []
    vault.subscribe(told.append)
    vault.record_outcomes(accepted(batch))
    assert told == [{"p1", "p2"}]


def test_one_whose_clamp_is_gone_loses_it(vault: Vault) -> None:
    save_patient(vault, "p1", "Salma Haddad")
    batch = next_batch(vault)
    vault.record_outcomes(clamped(accepted(batch), 5))
    vault.offer_again(0)
    assert next_batch(vault).operations[0].clamp_ms == 5
    vault.record_outcomes(accepted(batch))
    vault.offer_again(0)
    assert next_batch(vault).operations[0].clamp_ms is None


def test_what_was_sealed_anew_meanwhile_is_acknowledged_under_its_key(
    tablet: Tablet,
) -> None:
    file, vault = tablet.unlocked()
    save_patient(vault, "p1", "Salma Haddad")
    batch = next_batch(vault)
    vault.rotate_patient_key("p1")
    vault.record_outcomes(accepted(batch))
    assert vault.pending() is None
    file.close()
    file, vault = tablet.unlocked()
    assert len(vault.operations("p1")) == 1
    assert vault.damaged == frozenset()
    file.close()


def test_one_that_is_damaged_holds_up_no_other(tablet: Tablet) -> None:
    file, vault = tablet.unlocked()
    for number in range(3):
        save_patient(vault, f"p{number}", "Salma Haddad")
    batch = next_batch(vault)
    with sqlite3.connect(tablet.database) as connection:
        connection.execute("UPDATE operation SET sealed = x'00' WHERE number = 2")
    connection.close()
    vault.record_outcomes(accepted(batch))
    with sqlite3.connect(tablet.database) as connection:
        states = connection.execute("SELECT state FROM operation ORDER BY number")
        assert [state for (state,) in states] == [1, 0, 1]
    connection.close()
    assert {damage.id for damage in vault.damaged} == {ids_of(batch)[1]}
    file.close()
