"""A database whose documents are kept by field, as they were before, goes on."""

import json

import pytest

from app.core.change import RecordKey
from app.core.document_json import document_to_json
from app.core.document_pack import unpack
from app.core.merge import Document
from app.core.unit_check import record_value, to_text
from sync_server.caller import Device
from sync_server.services import checks, pages, patients
from sync_server.services.scope import Scope
from sync_server.tables import DOCUMENT
from tests.server.deployments import TestDeployment

PATIENT = RecordKey("Patient", "p1", "p1")
VISIT = RecordKey("Encounter", "v1", "p1")


def documents(deployment: TestDeployment) -> dict[str, Document]:
    with deployment.context.database.read() as connection:
        rows = connection.execute(DOCUMENT.select()).all()
    return {row.record_id: unpack(row.body.encode()) for row in rows}


def is_by_field(deployment: TestDeployment) -> set[bool]:
    with deployment.context.database.read() as connection:
        rows = connection.execute(DOCUMENT.select()).all()
    return {"fields" in json.loads(row.body) for row in rows}


def total(deployment: TestDeployment) -> str:
    holder = Scope(deployment.site_id, "")
    with deployment.context.database.read() as connection:
        return checks.total(connection, holder)


@pytest.fixture
def before(deployment: TestDeployment) -> dict[str, Document]:
    """Two records of one patient, kept by field; what they hold."""
    tablet = deployment.device("tablet-a")
    tablet.write((PATIENT, {"sex": "female"}), (VISIT, {"started_at": 1}))
    deployment.push(tablet)
    kept = documents(deployment)
    with deployment.context.database.write() as connection:
        for record_id, document in kept.items():
            body = json.dumps(document_to_json(document))
            of_record = DOCUMENT.c.record_id == record_id
            connection.execute(DOCUMENT.update().where(of_record).values(body=body))
    assert is_by_field(deployment) == {True}
    return kept


def test_they_are_folded_on_and_kept_by_operation_from_then_on(
    deployment: TestDeployment, before: dict[str, Document]
) -> None:
    other = deployment.device("tablet-b")
    other.write((PATIENT, {"origin": "SY"}), (VISIT, {"note": "fever"}))
    deployment.push(other)
    after = documents(deployment)
    assert is_by_field(deployment) == {False}
    assert [w.value for w in after["p1"].writes("origin")] == ["SY"]
    assert after["p1"].writes("sex") == before["p1"].writes("sex")
    assert after["v1"].writes("started_at") == before["v1"].writes("started_at")


def test_they_count_as_before(
    deployment: TestDeployment, before: dict[str, Document]
) -> None:
    counted = total(deployment)
    with deployment.context.database.write() as connection:
        deployment.context.database.lock_log(connection)
        checks.count_anew(deployment.context.database, connection)
        key = checks.key_of(connection)
    expected = sum(record_value(key, document) for document in before.values())
    assert total(deployment) == counted == to_text(expected)


def test_pages_carry_them(
    deployment: TestDeployment, before: dict[str, Document]
) -> None:
    reader = Device("reader", deployment.site_id, b"")
    came: dict[str, Document] = {}
    cursor, more = "", True
    while more:
        with deployment.context.database.read() as connection:
            page = pages.page(deployment.context, connection, reader, cursor)
        for item in page.documents:
            document = unpack(item.document.encode())
            came[document.record_id] = document
        cursor, more = page.cursor, page.more
    assert came == before


@pytest.mark.usefixtures("before")
def test_consoles_read_both_alike(deployment: TestDeployment) -> None:
    with deployment.context.database.read() as connection:
        old = patients.record_of(connection, "p1").documents
    other = deployment.device("tablet-b")
    other.write((VISIT, {"note": "fever"}))
    deployment.push(other)
    with deployment.context.database.read() as connection:
        new = patients.record_of(connection, "p1").documents
    by_record = {str(each["record"]): each for each in new}
    assert {str(each["record"]) for each in old} == set(by_record) == {"p1", "v1"}
    assert all("fields" in each for each in (*old, *new))
    assert by_record["p1"] in old
