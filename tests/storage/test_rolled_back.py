"""Whole older rows put back: what is seen, what is mended, what can't be seen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.storage import Damage, DamageKind, State, Vault, VaultFile, WrongPinError
from tests.storage.tablets import (
    ANA,
    BO,
    OTHER_PIN,
    PIN,
    Tablet,
    change_of,
    patient,
    save_patient,
)

Opened = tuple[VaultFile, Vault]
Row = tuple[object, ...]
STATE = Damage(DamageKind.VALUE, "state")


def rows_of(vault_file: VaultFile, table: str) -> list[Row]:
    """What somebody with the file in hand copies of a table."""
    with vault_file._database.read() as driver:
        return driver.execute(f"SELECT * FROM {table}").fetchall()


def put_back(vault_file: VaultFile, table: str, rows: list[Row]) -> None:
    """Lay rows over what stands under their keys now."""
    marks = ", ".join("?" * len(rows[0]))
    with vault_file._database.write() as transaction:
        transaction.driver.executemany(
            f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows
        )


def remove(vault_file: VaultFile, statement: str) -> None:
    with vault_file._database.write() as transaction:
        assert transaction.driver.execute(statement).rowcount > 0


def state_row(vault_file: VaultFile) -> list[Row]:
    return [row for row in rows_of(vault_file, "sealed_value") if row[0] == "state"]


def accepted(vault: Vault) -> PushResponse:
    """What a server says that accepts everything there is of p1."""
    outcomes = tuple(
        PushOutcome(operation_id=e.header.operation_id, outcome=Outcome.ACCEPTED)
        for e in vault.operations("p1")
    )
    return PushResponse(
        outcomes=outcomes, acknowledged=100, server_ms=0, epoch="epoch-1"
    )


def test_an_older_document_is_seen_and_made_again(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    older = rows_of(vault_file, "document")
    vault.commit(change_of((patient("p1"), {"allergy": "penicillin"})))
    whole = vault.document("p1")
    put_back(vault_file, "document", older)
    assert vault.document("p1") == whole
    assert vault.documents("p1") == (whole,)
    assert vault.damaged == {Damage(DamageKind.DOCUMENT, "p1", "p1")}


def test_a_save_over_an_older_document_loses_nothing(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    older = rows_of(vault_file, "document")
    vault.commit(change_of((patient("p1"), {"allergy": "penicillin"})))
    put_back(vault_file, "document", older)
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    document = vault.document("p1")
    assert document is not None
    assert set(document.fields) == {"name", "allergy", "sex"}


def test_a_document_of_erased_operations_is_no_older_one(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    before = vault.document("p1")
    rows = vault._unlocked.rows
    with vault_file._database.write() as transaction:
        (known,) = rows.select_operations(transaction.driver, "")
        erased = replace(
            known,
            header=replace(known.header, operation_id="erased"),
            encoded=replace(known.encoded, salt=None, content=None),
            state=State.ACKNOWLEDGED,
            number=None,
        )
        rows.put_operation(transaction.driver, erased)
    assert vault.document("p1") == before
    assert vault.damaged == frozenset()


def go_back(vault_file: VaultFile, older: list[Row]) -> None:
    put_back(vault_file, "sealed_value", older)


def lose(vault_file: VaultFile, _older: list[Row]) -> None:
    remove(vault_file, "DELETE FROM sealed_value WHERE name = 'state'")


def break_it(vault_file: VaultFile, _older: list[Row]) -> None:
    remove(
        vault_file,
        "UPDATE sealed_value SET sealed = zeroblob(80) WHERE name = 'state'",
    )


@pytest.mark.parametrize("harm", [go_back, lose, break_it])
def test_a_state_that_is_not_the_newest_is_made_again_from_the_log(
    opened: Opened, harm: Callable[[VaultFile, list[Row]], None]
) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    older = state_row(vault_file)
    save_patient(vault, "p2", "Omar")
    vault.commit(change_of((patient("p1"), {"sex": "female"})))
    last = vault.operations("p1")[-1].header.at
    vault.close()
    harm(vault_file, older)
    again = vault_file.unlock(ANA, PIN)
    assert again.damaged == {STATE}
    save_patient(again, "p3", "Selam")
    assert again.operations("p3")[0].header.at > last
    batch = again.pending()
    assert batch is not None
    assert (batch.first, len(batch.operations)) == (1, 4)
    assert again.chain_digest(4) is not None
    assert [s.latin for s in vault_file.unlock(ANA, PIN).search("sel")] == ["Selam"]


def test_with_an_older_state_and_a_lost_last_link_saving_goes_on(
    opened: Opened,
) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    older = state_row(vault_file)
    save_patient(vault, "p2", "Omar")
    vault.close()
    put_back(vault_file, "sealed_value", older)
    remove(vault_file, "UPDATE operation SET sealed = zeroblob(80) WHERE number = 2")
    again = vault_file.unlock(ANA, PIN)
    save_patient(again, "p3", "Selam")
    assert again.document("p3") is not None
    batch = again.pending()
    assert batch is not None
    assert len(batch.operations) == 1


def test_own_operations_that_were_taken_away_are_named(opened: Opened) -> None:
    vault_file, vault = opened
    for number in range(4):
        save_patient(vault, f"p{number}", "Amina")
    vault.close()
    remove(vault_file, "DELETE FROM operation WHERE number IN (2, 4)")
    again = vault_file.unlock(ANA, PIN)
    assert again.damaged == {Damage(DamageKind.LINK, n) for n in ("2", "4")}
    save_patient(again, "p5", "Selam")
    assert again.document("p5") is not None


def test_an_older_index_catches_up(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    vault.close()
    values = rows_of(vault_file, "sealed_value")
    older = [row for row in values if row[0] == "index_snapshot"]
    again = vault_file.unlock(ANA, PIN)
    save_patient(again, "p1", "Fatima")
    again.close()
    put_back(vault_file, "sealed_value", older)
    once_more = vault_file.unlock(ANA, PIN)
    assert [s.latin for s in once_more.search("fat")] == ["Fatima"]
    assert once_more.search("amina") == []


def test_an_older_operation_is_only_sent_again(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    older = rows_of(vault_file, "operation")
    answer = accepted(vault)
    vault.record_outcomes(answer)
    assert vault.pending() is None
    put_back(vault_file, "operation", older)
    assert vault.pending() is not None
    vault.record_outcomes(answer)
    assert vault.pending() is None
    assert vault.damaged == frozenset()


# From here on: what can't be seen, as the README says.


def test_an_older_draft_is_taken_for_the_newest(opened: Opened) -> None:
    vault_file, vault = opened
    vault.save_draft("d1", "p1", b'"older"')
    older = rows_of(vault_file, "draft")
    vault.save_draft("d1", "p1", b'"newer"')
    put_back(vault_file, "draft", older)
    assert [d.content for d in vault.drafts()] == [b'"older"']


def test_an_older_reason_is_taken_for_one_that_stands(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    (entry,) = vault.operations("p1")
    operation_id = entry.header.operation_id
    refused = PushOutcome(
        operation_id=operation_id,
        outcome=Outcome.REJECTED,
        reason=ProblemCode.UNKNOWN_SITE,
    )
    answer = accepted(vault)
    vault.record_outcomes(answer.model_copy(update={"outcomes": (refused,)}))
    older = rows_of(vault_file, "set_aside")
    vault.record_outcomes(answer)
    put_back(vault_file, "set_aside", older)
    assert [s.item_id for s in vault.set_aside()] == [operation_id]
    assert vault.counts().set_aside == 0


def test_an_older_slot_opens_with_its_older_pin(opened: Opened) -> None:
    vault_file, vault = opened
    vault.add_slot(BO, OTHER_PIN)
    older = rows_of(vault_file, "slot")
    vault_file.unlock(BO, OTHER_PIN).change_pin(OTHER_PIN, "582046")
    put_back(vault_file, "slot", older)
    assert vault_file.unlock(BO, OTHER_PIN).is_open


def test_an_older_count_of_wrong_pins_counts(tablet: Tablet) -> None:
    vault_file, _vault = tablet.unlocked()
    with pytest.raises(WrongPinError):
        vault_file.unlock(ANA, "650217")
    older = rows_of(vault_file, "attempt")
    for _ in range(2):
        with pytest.raises(WrongPinError):
            vault_file.unlock(ANA, "650217")
    put_back(vault_file, "attempt", older)
    vault_file.close()
    again = tablet.open()
    assert again.wait_seconds(ANA) == 0
    again.close()


def test_a_patients_key_is_never_written_twice(opened: Opened) -> None:
    vault_file, vault = opened
    save_patient(vault, "p1", "Amina")
    first = rows_of(vault_file, "patient_key")
    save_patient(vault, "p1", "Fatima")
    assert rows_of(vault_file, "patient_key") == first
