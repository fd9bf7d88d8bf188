"""Who may write: proposed on tablets, confirmed, revoked, and their keys."""

import pytest
from sqlalchemy import insert, select

from app.core.people_wire import (
    PractitionerKey,
    PractitionerKeys,
    Proposal,
    Proposals,
)
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PractitionerInfo, Setup
from sync_server.problems import ProblemError
from sync_server.services import people
from sync_server.services.known_people import revoked_at
from sync_server.services.setup import setup_of
from sync_server.tables import SESSION
from tests.server.deployments import TestDeployment
from tests.storage.tablets import named, patient

NEW = "practitioner-new"
KEY = bytes(range(32))


def setup(deployment: TestDeployment) -> Setup:
    with deployment.context.database.read() as connection:
        return setup_of(deployment.context, connection, deployment.site_id)


def proposal(deployment: TestDeployment, **other: str) -> Proposal:
    given = {
        "practitioner_id": NEW,
        "name": "Maria",
        "role": "mediator",
        "proposed_by": deployment.nurse_id,
    }
    return Proposal.model_validate(given | other)


def propose(deployment: TestDeployment, *given: Proposal) -> list[ProblemCode | None]:
    answer = people.propose(deployment.context, Proposals(proposals=given))
    return [outcome.reason for outcome in answer.outcomes]


def names(found: tuple[PractitionerInfo, ...]) -> dict[str, bool]:
    return {who.name: who.confirmed for who in found}


def test_who_was_proposed_may_write_and_is_unconfirmed_until_confirmed(
    deployment: TestDeployment,
) -> None:
    one = proposal(deployment)
    assert propose(deployment, one) == [None]
    assert propose(deployment, one) == [None]
    device = deployment.device("tablet-a")
    device.author = device.author.__class__(NEW, deployment.site_id)
    device.write((patient("p1"), named("Amina")))
    outcomes = deployment.push(device).outcomes
    assert [each.outcome for each in outcomes] == [Outcome.ACCEPTED]
    assert names(setup(deployment).practitioners)["Maria"] is False
    assert people.confirm(deployment.context.database, " maria ")
    assert names(setup(deployment).practitioners)["Maria"] is True
    assert not people.confirm(deployment.context.database, "Nobody")


def test_two_of_one_name_are_told_apart_and_both_may_write(
    deployment: TestDeployment,
) -> None:
    first = proposal(deployment)
    second = proposal(deployment, practitioner_id="other", name="MARIA")
    assert propose(deployment, first, second) == [None, None]
    assert {"Maria", "MARIA 2"} <= names(setup(deployment).practitioners).keys()


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"role": "coordinator"}, ProblemCode.ROLE_TOO_HIGH),
        ({"role": "surgeon"}, ProblemCode.ROLE_TOO_HIGH),
        ({"proposed_by": "nobody"}, ProblemCode.UNKNOWN_PRACTITIONER),
        ({"name": "  "}, ProblemCode.MALFORMED),
        ({"name": "a\0b"}, ProblemCode.MALFORMED),
    ],
)
def test_a_proposal_that_nobody_may_make_is_refused_and_blocks_no_other(
    deployment: TestDeployment, other: dict[str, str], reason: ProblemCode
) -> None:
    sound = proposal(deployment, practitioner_id="sound", name="Sound")
    assert propose(deployment, proposal(deployment, **other), sound) == [reason, None]
    assert "Sound" in names(setup(deployment).practitioners)


def test_who_is_unconfirmed_or_revoked_proposes_nobody(
    deployment: TestDeployment,
) -> None:
    propose(deployment, proposal(deployment))
    by_new = proposal(deployment, practitioner_id="x", name="X", proposed_by=NEW)
    assert propose(deployment, by_new) == [ProblemCode.FORBIDDEN]
    people.revoke(deployment.context.database, "Nadia", deployment.wall())
    late = proposal(deployment, practitioner_id="y", name="Y")
    assert propose(deployment, late) == [ProblemCode.PRACTITIONER_REVOKED]


def test_what_was_written_before_a_revocation_counts_and_after_it_is_set_aside(
    deployment: TestDeployment,
) -> None:
    database = deployment.context.database
    device = deployment.device("tablet-a")
    device.write((patient("p1"), named("Before")))
    deployment.wall.advance(1_000)
    assert people.revoke(database, "Nadia", deployment.wall())
    deployment.wall.advance(1_000)
    device.write((patient("p2"), named("After")))
    outcomes = deployment.push(device).outcomes
    assert [each.outcome for each in outcomes] == [Outcome.ACCEPTED, Outcome.REJECTED]
    assert outcomes[1].reason is ProblemCode.PRACTITIONER_REVOKED
    found = setup(deployment)
    assert "Nadia" not in names(found.practitioners)
    assert found.practitioner_names[deployment.nurse_id] == "Nadia"
    assert people.revoke(database, "Nadia", deployment.wall())
    assert people.reinstate(database, "Nadia")
    assert "Nadia" in names(setup(deployment).practitioners)
    assert not people.revoke(database, "Nobody", deployment.wall())


def test_who_is_revoked_again_loses_what_an_earlier_try_left(
    deployment: TestDeployment,
) -> None:
    database = deployment.context.database
    assert people.revoke(database, "Clara", 1_000)
    # As one leaves it that was cut off half-way.
    row = {"token_hash": b"1", "practitioner_id": deployment.coordinator_id}
    with database.write() as connection:
        connection.execute(insert(SESSION).values(row | {"expires_at": 2**40}))
    assert people.revoke(database, "Clara", 2_000)
    with database.read() as connection:
        assert connection.execute(select(SESSION)).all() == []
        assert revoked_at(connection) == {deployment.coordinator_id: 1_000}


def keys(device_id: str, *ids: str) -> PractitionerKeys:
    return PractitionerKeys(
        keys=tuple(
            PractitionerKey(practitioner_id=one, device_id=device_id, public_key=KEY)
            for one in ids
        )
    )


def test_a_devices_keys_come_back_to_all_until_it_sends_others(
    deployment: TestDeployment,
) -> None:
    context, nurse = deployment.context, deployment.nurse_id
    both = keys("tablet-a", nurse, deployment.coordinator_id, "nobody")
    for _ in range(2):
        assert people.keep_keys(context, "tablet-a", both).count == 2
    people.keep_keys(context, "tablet-b", keys("tablet-b", nurse))
    people.keep_keys(context, "tablet-a", keys("tablet-a", deployment.coordinator_id))
    found = setup(deployment).practitioner_keys
    assert [(k.device_id, k.practitioner_id) for k in found] == [
        ("tablet-a", deployment.coordinator_id),
        ("tablet-b", nurse),
    ]
    people.revoke(context.database, "Nadia", deployment.wall())
    assert len(setup(deployment).practitioner_keys) == 1


def test_keys_of_another_device_or_of_another_kind_are_refused(
    deployment: TestDeployment,
) -> None:
    with pytest.raises(ProblemError, match="forbidden"):
        people.keep_keys(deployment.context, "b", keys("a", deployment.nurse_id))
    short = PractitionerKey(practitioner_id="p", device_id="a", public_key=b"short")
    with pytest.raises(ProblemError, match="malformed"):
        people.keep_keys(deployment.context, "a", PractitionerKeys(keys=(short,)))
