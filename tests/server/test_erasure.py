"""Erasing a person at the server: gone everywhere, kept out, and chains that hold."""

import httpx
import pytest
from sqlalchemy import func, select, text

from app.core.canonical import Json
from app.core.console_wire import PatientSearch
from app.core.erasure_wire import ErasureReason
from app.core.problems import ProblemCode
from app.core.wire import Outcome
from sync_server.services import erasure, feed, patients
from sync_server.services.administration import AdministrationError
from sync_server.services.erasure import Erasing
from sync_server.services.erasure_rights import allow
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT, OPERATION, SET_ASIDE
from tests.server.deployments import TestDeployment
from tests.server.erasing import (
    ANSWER,
    ANSWERS,
    ERASED,
    NAME,
    OTHER,
    broken,
    erase_p1,
    everything,
    files_with,
    said,
    write_both,
    write_event,
)


def test_content_goes_from_every_table_and_every_chain_holds(
    deployment: TestDeployment,
) -> None:
    device = deployment.device("tablet")
    write_both(device)
    write_event(deployment, device, f"{NAME} is alone")
    deployment.push(device)
    device.write((ANSWERS, {"note": ANSWER}))
    deployment.push(device)
    assert NAME in everything(deployment.context)
    done = erasure.erase(
        deployment.context, Erasing("p1", ErasureReason.PERSON_ASKED, "clara")
    )
    assert (done.operations, done.documents, done.remnants) == (3, 2, False)
    left = everything(deployment.context)
    assert NAME not in left
    assert ANSWER not in left
    assert "Somebody Else" in left
    assert broken(deployment.context) == []


def test_what_was_refused_of_them_goes_too(deployment: TestDeployment) -> None:
    device = deployment.device("tablet")
    device.write((ERASED, {"name": said(NAME)}), (OTHER, {"name": said("B")}))
    encoded = [one for _, one in device.pending]
    device.pending.clear()
    answer = deployment.take(device, device.batch_of(encoded[:1]))
    assert answer.outcomes[0].reason is ProblemCode.CHANGE_INCOMPLETE
    assert NAME in everything(deployment.context)
    done = erasure.erase(deployment.context, Erasing("p1", "person-asked"))
    assert done.set_aside == 1
    assert NAME not in everything(deployment.context)
    assert broken(deployment.context) == []


def test_a_late_operation_is_answered_erased_and_kept_without_content(
    deployment: TestDeployment,
) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)
    erase_p1(deployment.context)
    device.write((ERASED, {"name": said(NAME)}))
    batch = device.batch()
    for _again in range(2):
        (outcome,) = deployment.take(device, batch).outcomes
        assert outcome.outcome is Outcome.REJECTED
        assert outcome.reason is ProblemCode.ERASED
    assert NAME not in everything(deployment.context)
    assert broken(deployment.context) == []


@pytest.mark.parametrize("with_content", [True, False])
def test_an_erased_part_counts_as_present_for_somebody_elses(
    deployment: TestDeployment, *, with_content: bool
) -> None:
    device = deployment.device("tablet")
    if with_content:
        unknown = Erasing("p1", "person-asked", even_unknown=True)
        erasure.erase(deployment.context, unknown)
    device.write((ERASED, {"name": said(NAME)}), (OTHER, {"name": said("B")}))
    batch = device.batch()
    if not with_content:
        bare = batch.operations[0].model_copy(update={"salt": None, "content": None})
        batch = batch.model_copy(update={"operations": (bare, batch.operations[1])})
    first, second = deployment.take(device, batch).outcomes
    assert (first.outcome, first.reason) == (Outcome.REJECTED, ProblemCode.ERASED)
    assert second.outcome is Outcome.ACCEPTED
    again = deployment.take(device, batch).outcomes
    assert [o.outcome for o in again] == [Outcome.REJECTED, Outcome.DUPLICATE]
    assert NAME not in everything(deployment.context)
    with deployment.context.database.read() as connection:
        count = select(func.count()).select_from(DOCUMENT)
        assert connection.scalar(count) == 1


def test_a_part_that_is_missing_is_still_missing(deployment: TestDeployment) -> None:
    device = deployment.device("tablet")
    erasure.erase(deployment.context, Erasing("p1", "person-asked", even_unknown=True))
    device.write(
        (ERASED, {"name": said(NAME)}), (OTHER, {"sex": "male"}), (ANSWERS, {"a": 1})
    )
    encoded = [one for _, one in device.pending]
    device.pending.clear()
    outcomes = deployment.take(device, device.batch_of(encoded[:2])).outcomes
    assert [o.reason for o in outcomes] == [
        ProblemCode.ERASED,
        ProblemCode.CHANGE_INCOMPLETE,
    ]


def test_a_late_event_keeps_ids_alone_and_its_chain_holds(
    deployment: TestDeployment,
) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)
    erase_p1(deployment.context)
    write_event(deployment, device, f"{NAME} is alone")
    (outcome,) = deployment.push(device).outcomes
    assert outcome.outcome is Outcome.ACCEPTED
    assert NAME not in everything(deployment.context)
    assert broken(deployment.context) == []


def test_an_event_that_was_emptied_without_an_erasure_is_named(
    deployment: TestDeployment,
) -> None:
    device = deployment.device("tablet")
    write_event(deployment, device, "a reason")
    deployment.push(device)
    with deployment.context.database.write() as connection:
        connection.execute(text("UPDATE audit_event SET body_digest = digest"))
    assert any("audit" in each for each in broken(deployment.context))


def test_feed_index_and_record_have_them_no_more(deployment: TestDeployment) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)
    context, index = deployment.context, patients.PatientIndex()
    wanted = PatientSearch(text="Zarqawanda")
    with context.database.read() as connection:
        assert index.search(connection, wanted).total == 1
    erase_p1(context)
    with context.database.read() as connection:
        index.forget_erased(connection)
        assert index.search(connection, wanted).total == 0
        page = feed.pull(context, connection, Scope(deployment.site_id), "", 500)
        assert len(page.items) == 1
        assert page.erasures == erasure.mark(connection) != ""
        assert erasure.page_after(connection, "").patient_ids == ("p1",)
        assert erasure.page_after(connection, page.erasures).patient_ids == ()
        assert erasure.page_after(connection, "1.other").patient_ids == ("p1",)


def test_an_index_misses_no_change_after_an_erasure(
    deployment: TestDeployment,
) -> None:
    device = deployment.device("tablet")
    device.write((OTHER, {"name": said("Somebody Else")}))
    deployment.push(device)
    device.write((ERASED, {"name": said(NAME)}))
    deployment.push(device)
    context, index = deployment.context, patients.PatientIndex()
    with context.database.read() as connection:
        assert index.search(connection, PatientSearch()).total == 2
    erase_p1(context)
    device.write((OTHER, {"name": said("Renamed Person")}))
    deployment.push(device)
    with context.database.read() as connection:
        assert index.search(connection, PatientSearch(text="Renamed")).total == 1


def test_nobody_and_a_tablets_events_are_refused(deployment: TestDeployment) -> None:
    with pytest.raises(AdministrationError, match="nothing of this person"):
        erase_p1(deployment.context)
    device = deployment.device("tablet")
    write_event(deployment, device, "a reason")
    deployment.push(device)
    with deployment.context.database.read() as connection:
        subject = connection.scalar(select(OPERATION.c.patient_id))
    with pytest.raises(AdministrationError, match="no person"):
        erasure.erase(deployment.context, Erasing(str(subject), "person-asked"))


def test_no_byte_of_them_is_left_in_sqlites_files(on_sqlite: TestDeployment) -> None:
    device = on_sqlite.device("tablet")
    write_both(device)
    long: dict[str, Json] = {f"note{n}": f"{ANSWER} {n} " * 200 for n in range(20)}
    device.write((ANSWERS, long))
    on_sqlite.push(device)
    assert [*files_with(on_sqlite.settings.data, NAME, ANSWER)]
    erase_p1(on_sqlite.context)
    assert [*files_with(on_sqlite.settings.data, NAME, ANSWER)] == []


def test_the_console_erases_for_those_who_may_and_type_the_code(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    device = deployment.device("tablet")
    write_both(device)
    deployment.push(device)
    deployment.give_passphrase()
    signed = http.post(
        "/v1/sessions", json={"name": "Clara", "passphrase": "correct horse battery"}
    )
    headers = {"Authorization": f"Bearer {signed.json()['token']}"}
    body = {"reason": "person-asked", "code": "p1"}
    assert http.get("/v1/patients/p1", headers=headers).json()["may_erase"] is False
    refused = http.post("/v1/patients/p1/erase", headers=headers, json=body)
    assert refused.json()["type"] == "forbidden"
    allow(deployment.context.database, "Clara")
    assert http.get("/v1/patients/p1", headers=headers).json()["may_erase"] is True
    for wrong, code in (
        ({**body, "code": "p2"}, "card-code-wrong"),
        ({**body, "reason": "because"}, "malformed"),
    ):
        refused = http.post("/v1/patients/p1/erase", headers=headers, json=wrong)
        assert refused.json()["type"] == code
    done = http.post("/v1/patients/p1/erase", headers=headers, json=body)
    assert done.json()["operations"] == 2
    gone = http.get("/v1/patients/p1", headers=headers)
    assert (gone.status_code, gone.json()["type"]) == (410, "erased")
    with deployment.context.database.read() as connection:
        query = select(func.count()).select_from(SET_ASIDE)
        assert connection.scalar(query) == 0
