"""Whatever stands in a field, no batch is answered with a fault, none is blocked."""

from itertools import islice, product

from sqlalchemy import update

from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.problems import ProblemCode
from app.core.records import RecordType
from app.core.wire import PushOutcome
from sync_server.tables import DOCUMENT
from tests.server.deployments import TestDeployment
from tests.server.test_ingest import ANNA, BORIS, outcomes, reasons, values

FIELDS = [
    "accompaniment", "answer.tb/cough", "arrival", "birth", "card", "entered_in_error",
    "language", "languages", "name", "origin", "of_a_newer_version", "period", "phone",
    "relation", "sex", "status", "system", "value",
]  # fmt: skip
ODD: list[Json] = [
    None, True, 5, 10**30, "x", [], ["a"], {}, [[{}]],
    {"status": []}, {"status": {}}, {"status": 5}, {"who": []}, {"reason": []},
    {"flags": "abc"}, {"flags": [1, "a", None]}, {"flags": 5}, {"level": []},
    {"from": [], "to": {}},
]  # fmt: skip
OTHERS: list[Json] = [None, "x", [], {"status": []}]
BATCH = 400
STEP = 3
"""Each type is tried with every third pair, the next type with the next ones."""


def test_odd_values_that_contradict_each_other_are_answered_one_by_one(
    on_sqlite: TestDeployment,
) -> None:
    one, other = on_sqlite.device("one"), on_sqlite.device("other")
    answered = written = 0
    pairs = [*product(FIELDS, ODD, OTHERS)]
    for begin, record_type in enumerate(RecordType):
        tried = islice(pairs, begin % STEP, None, STEP)
        for number, (name, odd, beside) in enumerate(tried):
            record = f"{record_type.value}-{number}"
            key = RecordKey(record_type.value, record, record)
            one.write((key, {name: odd}))
            other.write((key, {name: beside}))
            written += 2
            if len(one.pending) == BATCH:
                answered += _answered(on_sqlite)
        answered += _answered(on_sqlite)
    assert answered == written
    one.write((ANNA, {"sex": "female"}))
    assert outcomes(on_sqlite.push(one)) == ["accepted"]


def _answered(deployment: TestDeployment) -> int:
    """Push what is pending; count what was accepted, or set aside as malformed."""
    found: list[PushOutcome] = []
    for device in deployment.devices:
        found += deployment.push(device).outcomes
    allowed = {None, ProblemCode.OPERATION_MALFORMED}
    return sum(one.reason in allowed for one in found)


def test_what_is_written_on_a_damaged_document_is_set_aside_and_blocks_nothing(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, {"sex": "female"}))
    deployment.push(tablet)
    damage = update(DOCUMENT).where(DOCUMENT.c.record_id == "anna").values(body="{")
    with deployment.context.database.write() as connection:
        connection.execute(damage)
    tablet.write((ANNA, {"language": "ar"}), (BORIS, {"language": "ar"}))
    tablet.write((BORIS, {"sex": "male"}))
    malformed = ProblemCode.OPERATION_MALFORMED
    assert reasons(deployment.push(tablet)) == [malformed, malformed, None]
    assert values(deployment, "boris", "language") == []
    assert values(deployment, "boris", "sex") == ["male"]


def test_an_operation_on_nobody_is_set_aside(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((RecordKey("Patient", "somebody", ""), {"sex": "female"}))
    tablet.write((BORIS, {"sex": "male"}))
    expected = [ProblemCode.OPERATION_MALFORMED, None]
    assert reasons(deployment.push(tablet)) == expected
