"""What a set-aside operation replaced counts once an accepted one replaces it."""

from typing import TypeAlias

import pytest

from app.core.change import Authorship, RecordKey
from app.core.merge import Document
from app.core.operation import EncodedOperation, Operation
from tests.server.deployments import TestDeployment
from tests.server.test_ingest import values

Written: TypeAlias = list[tuple[Operation, EncodedOperation]]
ANNA = RecordKey("Patient", "anna", "anna")


def written(
    deployment: TestDeployment,
) -> tuple[Written, Written, Written]:
    """Return three operations: a value, its correction by a stranger, and another."""
    tablet = deployment.device("tablet-a")
    seen: Document | None = None
    parts = []
    for author, sex in (("nurse", "female"), ("stranger", "male"), ("nurse", "other")):
        who = deployment.nurse_id if author == "nurse" else "stranger"
        tablet.author = Authorship(who, deployment.site_id)
        shown = {} if seen is None else {"anna": seen}
        ((operation, encoded),) = tablet.write((ANNA, {"sex": sex}), seen=shown.get)
        start = seen or Document("Patient", "anna", "anna")
        seen = start.apply(operation)
        parts.append([(operation, encoded)])
    tablet.pending.clear()
    return parts[0], parts[1], parts[2]


def test_a_refused_correction_hides_no_value(deployment: TestDeployment) -> None:
    first, second, _ = written(deployment)
    tablet = deployment.devices[0]
    tablet.pending = [*first, *second]
    deployment.push(tablet)
    assert values(deployment, "anna", "sex") == ["female"]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 1, 0)])
def test_a_correction_of_the_refused_one_replaces_what_both_replaced(
    deployment: TestDeployment, order: tuple[int, ...]
) -> None:
    parts = written(deployment)
    tablet = deployment.devices[0]
    for place in order:
        tablet.pending = list(parts[place])
        deployment.push(tablet)
    assert values(deployment, "anna", "sex") == ["other"]
