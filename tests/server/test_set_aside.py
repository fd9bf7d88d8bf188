"""Changes that were set aside, at the console: who reads them, and what is decided."""

from typing import Any

import httpx
import pytest

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.problems import ProblemCode
from app.core.set_aside_wire import (
    LeaveOut,
    LeaveOutReason,
    SetAsideChange,
    SetAsideEntry,
    SetAsideList,
    TryAgain,
)
from app.core.wire import Outcome, PractitionerInfo, PushResponse, Role
from sync_server.problems import ProblemError
from sync_server.services import administration, patients, people, set_aside
from sync_server.services import set_aside_decisions as decisions
from sync_server.services.administration import NewPractitioner
from sync_server.services.audit import event_of
from sync_server.services.erasure import Erasing, erase
from sync_server.services.refused_changes import find, operations, stored
from sync_server.services.site_scope import EVERYWHERE, Sites
from sync_server.tables import AUDIT_EVENT
from tests.server.deployments import PASSPHRASE, TestDeployment
from tests.server.test_audit import broken
from tests.server.test_ingest import values
from tests.support.operations import WritingDevice

ANNA = RecordKey("Patient", "anna", "anna")
VISIT = RecordKey("Encounter", "visit", "anna")
SCORE = RecordKey("Score", "score", "anna")
NAME: dict[str, Json] = {
    "name": {"status": "said", "original": "Anna"},
    "sex": "female",
}


def clara(deployment: TestDeployment) -> PractitionerInfo:
    return PractitionerInfo(
        practitioner_id=deployment.coordinator_id, name="Clara", role="coordinator"
    )


def refused(deployment: TestDeployment) -> WritingDevice:
    """A tablet that sent a person and a visit of somebody whom nobody knows."""
    tablet = deployment.device("tablet-a")
    tablet.author = Authorship("lena", deployment.site_id)
    tablet.write((ANNA, NAME), (VISIT, {"status": "in-progress"}))
    tablet.write((SCORE, {"result": {"value": 3}}))
    deployment.push(tablet)
    return tablet


def listed(
    deployment: TestDeployment, sites: Sites = EVERYWHERE, *, left_out: bool = False
) -> tuple[SetAsideEntry, ...]:
    with deployment.context.database.read() as connection:
        found = set_aside.page(connection, sites, (0, 50), left_out=left_out)
    return found.changes


def add_lena(deployment: TestDeployment) -> None:
    new = NewPractitioner("Lena", Role.NURSE, practitioner_id="lena")
    context = deployment.context
    administration.add_practitioner(context.ports, context.database, new)


def try_again(deployment: TestDeployment, *ids: str) -> dict[str, str]:
    wanted = TryAgain(set_aside_ids=ids)
    tried = decisions.try_again(
        deployment.context, clara(deployment), wanted, EVERYWHERE
    )
    still = {one: reason.value for one, reason in tried.still.items()}
    return still | dict.fromkeys(tried.accepted, "accepted")


def leave_out(
    deployment: TestDeployment, set_aside_id: str, sites: Sites = EVERYWHERE
) -> None:
    wanted = LeaveOut(set_aside_id=set_aside_id, reason=LeaveOutReason.NOT_OURS)
    decisions.leave_out(deployment.context, clara(deployment), wanted, sites)


def events(deployment: TestDeployment) -> list[tuple[str, str, str, str, str]]:
    with deployment.context.database.read() as connection:
        rows = connection.execute(AUDIT_EVENT.select()).all()
    found = [event_of(row) for row in rows]
    return [
        (e.kind, e.practitioner_id, e.patient_id, e.reason, e.device_id) for e in found
    ]


def again(deployment: TestDeployment, tablet: WritingDevice) -> PushResponse:
    """Send the change with the person once more, as tablets do."""
    with deployment.context.database.read() as connection:
        sites = EVERYWHERE
        entry = listed(deployment, left_out=True)[0]
        change = find(connection, sites, entry.set_aside_id)
        digests = [bytes(row.header_digest) for row in change.rows]
        whole = stored(connection, change.digests)
        assert len(operations(connection, change)[0]) == len(digests)
    return deployment.take(tablet, tablet.batch_of([whole[each] for each in digests]))


def test_a_change_is_listed_whole_with_whose_it_is_who_wrote_it_and_why(
    deployment: TestDeployment,
) -> None:
    refused(deployment)
    first, second = listed(deployment)
    assert first.reason is ProblemCode.UNKNOWN_PRACTITIONER
    assert (first.patient_id, first.device, first.site) == ("anna", "tablet-a", "Port")
    assert (first.practitioner_id, first.practitioner) == ("lena", "")
    assert first.records == ("Patient", "Encounter")
    assert first.written_at == first.received_at == deployment.wall.now_ms
    assert first.document is not None
    assert "Anna" in str(first.document["fields"])
    assert second.records == ("Score",)
    with deployment.context.database.read() as connection:
        assert set_aside.waiting(connection, EVERYWHERE) == 2


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [("coordinator", ["Score"], ()), ("administrator", [], ("Score",))],
)
def test_what_was_written_is_read_as_far_as_the_role_may(
    on_sqlite: TestDeployment, role: str, shown: list[str], hidden: tuple[str, ...]
) -> None:
    refused(on_sqlite)
    score = listed(on_sqlite)[1].set_aside_id
    with on_sqlite.context.database.read() as connection:
        found = set_aside.read(connection, role, EVERYWHERE, score)
    assert [document["type"] for document in found.documents] == shown
    assert (found.hidden, found.unreadable) == (hidden, 0)


def test_tried_again_it_is_accepted_once_its_cause_is_gone(
    deployment: TestDeployment,
) -> None:
    refused(deployment)
    ids = [entry.set_aside_id for entry in listed(deployment)]
    unknown = dict.fromkeys(ids, "unknown-practitioner")
    assert try_again(deployment, *ids) == unknown
    assert events(deployment) == []
    add_lena(deployment)
    assert try_again(deployment, *ids) == dict.fromkeys(ids, "accepted")
    assert listed(deployment) == ()
    assert values(deployment, "anna", "sex") == ["female"]
    kind, who = "set-aside-accepted", deployment.coordinator_id
    one = (kind, who, "anna", "unknown-practitioner", "tablet-a")
    assert events(deployment) == [one, one]
    assert broken(deployment) == []
    with pytest.raises(ProblemError) as gone:
        try_again(deployment, *ids)
    assert gone.value.code is ProblemCode.NOT_FOUND


def test_what_is_left_out_waits_no_more_and_stays_on_record(
    deployment: TestDeployment,
) -> None:
    tablet = refused(deployment)
    first, second = listed(deployment)
    leave_out(deployment, first.set_aside_id)
    leave_out(deployment, first.set_aside_id)
    assert [entry.set_aside_id for entry in listed(deployment)] == [second.set_aside_id]
    (kept,) = listed(deployment, left_out=True)
    assert kept.left_out is not None
    assert (kept.left_out.practitioner, kept.left_out.reason) == ("Clara", "not-ours")
    assert kept.reason is ProblemCode.UNKNOWN_PRACTITIONER
    who = deployment.coordinator_id
    assert events(deployment) == [
        ("set-aside-left-out", who, "anna", "not-ours", "tablet-a")
    ]
    assert broken(deployment) == []
    # Neither a tablet that offers it again nor a known author undoes the decision.
    add_lena(deployment)
    outcomes = again(deployment, tablet).outcomes
    assert {one.outcome for one in outcomes} == {Outcome.REJECTED}
    assert {one.reason for one in outcomes} == {ProblemCode.LEFT_OUT}
    with deployment.context.database.read() as connection:
        assert patients.written_at(connection, {"anna"}) == []
    (still,) = listed(deployment, left_out=True)
    assert (still.set_aside_id, still.reason) == (kept.set_aside_id, kept.reason)


def test_what_was_left_out_can_be_tried_again(deployment: TestDeployment) -> None:
    tablet = refused(deployment)
    first = listed(deployment)[0].set_aside_id
    leave_out(deployment, first)
    assert try_again(deployment, first) == {first: "unknown-practitioner"}
    assert len(listed(deployment, left_out=True)) == 1
    add_lena(deployment)
    batch = again(deployment, tablet)
    assert {one.reason for one in batch.outcomes} == {ProblemCode.LEFT_OUT}
    assert try_again(deployment, first) == {first: "accepted"}
    assert values(deployment, "anna", "sex") == ["female"]
    assert listed(deployment, left_out=True) == ()


def test_who_reads_at_other_sites_is_told_of_none(deployment: TestDeployment) -> None:
    refused(deployment)
    first = listed(deployment)[0].set_aside_id
    elsewhere = Sites(frozenset({"elsewhere"}))
    assert listed(deployment, elsewhere) == ()
    with deployment.context.database.read() as connection:
        assert set_aside.waiting(connection, elsewhere) == 0
        with pytest.raises(ProblemError) as unread:
            set_aside.read(connection, "coordinator", elsewhere, first)
    with pytest.raises(ProblemError) as undecided:
        leave_out(deployment, first, elsewhere)
    assert {unread.value.code, undecided.value.code} == {ProblemCode.NOT_FOUND}


def test_of_a_person_at_other_sites_no_word_is_said_and_nothing_left_out(
    deployment: TestDeployment,
) -> None:
    context = deployment.context
    hill = administration.add_site(context.ports, context.database, "Hill", "UTC")
    away = deployment.device("tablet-b")
    away.author = Authorship(deployment.nurse_id, hill)
    away.write((ANNA, NAME))
    deployment.push(away)
    refused(deployment)
    port = Sites(frozenset({deployment.site_id}))
    first, _second = listed(deployment, port)
    assert (first.is_elsewhere, first.patient_id, first.document) == (True, "", None)
    with context.database.read() as connection:
        found = set_aside.read(connection, "coordinator", port, first.set_aside_id)
    assert (found.documents, found.hidden) == ((), ())
    with pytest.raises(ProblemError) as left:
        leave_out(deployment, first.set_aside_id, port)
    assert left.value.code is ProblemCode.FORBIDDEN
    both = Sites(frozenset({deployment.site_id, hill}))
    assert {entry.patient_id for entry in listed(deployment, both)} == {"anna"}


def test_of_whom_was_erased_nothing_is_left_to_decide(
    deployment: TestDeployment,
) -> None:
    refused(deployment)
    leave_out(deployment, listed(deployment)[0].set_aside_id)
    erase(deployment.context, Erasing("anna", "person-asked"))
    assert listed(deployment) == listed(deployment, left_out=True) == ()


def test_what_cannot_be_read_is_listed_by_its_tablet_alone(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((ANNA, NAME))
    batch = tablet.batch()
    (one,) = batch.operations
    damaged = one.model_copy(update={"content": '{"fields":{},"replaces":{}}'})
    changed = batch.model_copy(update={"operations": (damaged,)})
    deployment.take(tablet, changed)
    (entry,) = listed(deployment)
    assert entry.reason is ProblemCode.CONTENT_MISMATCH
    assert (entry.device, entry.practitioner) == ("tablet-a", "Nadia")
    with deployment.context.database.read() as connection:
        found = set_aside.read(
            connection, "coordinator", EVERYWHERE, entry.set_aside_id
        )
    assert (found.documents, found.unreadable) == ((), 1)
    assert try_again(deployment, entry.set_aside_id) == {
        entry.set_aside_id: "content-mismatch"
    }


def test_a_revoked_author_who_is_reinstated_is_accepted(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    database = deployment.context.database
    people.revoke(database, "Nadia", deployment.wall.now_ms - 1)
    tablet.write((ANNA, NAME))
    deployment.push(tablet)
    (entry,) = listed(deployment)
    assert (entry.reason, entry.practitioner) == ("practitioner-revoked", "Nadia")
    people.reinstate(database, "Nadia")
    assert try_again(deployment, entry.set_aside_id) == {entry.set_aside_id: "accepted"}


def test_over_http_a_coordinator_reads_and_decides(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    refused(deployment)
    deployment.give_passphrase()
    given = {"name": "Clara", "passphrase": PASSPHRASE}
    token = http.post("/v1/sessions", json=given).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}

    def found(**params: Any) -> SetAsideList:
        answer = http.get("/v1/set-aside", headers=headers, params=params)
        return SetAsideList.model_validate_json(answer.content)

    first = found().changes[0].set_aside_id
    assert found(offset=1).total == 2
    asked = http.post("/v1/patients/search", json={}, headers=headers).json()
    assert asked["set_aside"] == 2
    read = http.get(f"/v1/set-aside/{first}", headers=headers)
    whole = SetAsideChange.model_validate_json(read.content)
    assert [d["type"] for d in whole.documents] == ["Patient", "Encounter"]
    assert [event[0] for event in events(deployment)] == ["read"]
    body = {"set_aside_id": first, "reason": "mistake"}
    left = http.post("/v1/set-aside/leave-out", json=body, headers=headers)
    assert left.json()["entry"]["left_out"]["reason"] == "mistake"
    assert found().total == 1
    assert found(left_out=True).total == 1
    tried = {"set_aside_ids": [first]}
    answer = http.post("/v1/set-aside/try-again", json=tried, headers=headers)
    assert answer.json() == {"accepted": [], "still": {first: "unknown-practitioner"}}
    for wrong in ("ff", "no-hex", "x" * 64):
        assert http.get(f"/v1/set-aside/{wrong}", headers=headers).status_code == 404
    assert http.get(f"/v1/set-aside/{first}").json()["type"] == "unauthenticated"
