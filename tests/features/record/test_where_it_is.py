"""Each save of a record says where it is: here alone, sent, on the server, refused."""

from pathlib import Path

from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushOutcome, PushResponse
from app.features.record.effects import load
from tests.clinic.desks import Table, a_table
from tests.features.record.people import register


def answered(table: Table, ids: list[str], outcome: Outcome) -> None:
    """Let the server say the same of each operation."""
    reason = ProblemCode.UNKNOWN_SITE if outcome is Outcome.REJECTED else None
    outcomes = tuple(
        PushOutcome(operation_id=one, outcome=outcome, reason=reason) for one in ids
    )
    answer = PushResponse(
        outcomes=outcomes, acknowledged=len(ids), server_ms=1, epoch="epoch-1"
    )
    table.vault.record_outcomes(answer)


def test_what_left_and_what_was_answered_are_told_apart(tmp_path: Path) -> None:
    with a_table(tmp_path) as table:
        amina = register(table.desk, "Amina")
        log = table.vault.operations(amina.patient_id)
        ids = [entry.header.operation_id for entry in log]
        here = load(table.desk, amina.patient_id, 0)
        assert (here.only_here, here.sent) == (frozenset(ids), frozenset())
        table.vault.mark_sent(len(ids))
        left = load(table.desk, amina.patient_id, 1)
        assert (left.only_here, left.sent) == (frozenset(ids), frozenset(ids))
        answered(table, ids, Outcome.REJECTED)
        refused = load(table.desk, amina.patient_id, 2)
        assert set(refused.refused.values()) == {ProblemCode.UNKNOWN_SITE}
        assert refused.sent == frozenset()
        answered(table, ids, Outcome.ACCEPTED)
        there = load(table.desk, amina.patient_id, 3)
        assert (there.only_here, there.sent) == (frozenset(), frozenset())
        assert not there.refused
