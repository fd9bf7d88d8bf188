"""The audit at the server: chains are verified, kept, and recomputed."""

import json
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent, audit_subject
from app.core.change import RecordKey
from app.core.console_wire import SignInRequest
from app.core.problems import ProblemCode
from app.core.wire import Outcome, PushRequest
from sync_server.commands import main
from sync_server.problems import ProblemError
from sync_server.services import feed
from sync_server.services.audit import event_of
from sync_server.services.audit_verify import Chain, verify
from sync_server.services.scope import Scope
from sync_server.tables import AUDIT_EVENT, DOCUMENT
from tests.server.deployments import PASSPHRASE, TestDeployment
from tests.support.operations import WritingDevice


def read(device: WritingDevice, *patient_ids: str) -> None:
    """Write one reading each, as a tablet does."""
    subject = audit_subject(b"secret", device.device_id)
    for whose in patient_ids:
        event = AuditEvent(device.ids.new(), "read", device.wall(), "nadia", whose)
        key = RecordKey("AuditEvent", event.event_id, subject)
        device.write((key, event.fields()))


def listed(deployment: TestDeployment) -> list[tuple[str, str, str]]:
    with deployment.context.database.read() as connection:
        rows = connection.execute(select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.number))
        found = [(row.source, event_of(row)) for row in rows]
    return [(source, event.kind, event.patient_id) for source, event in found]


def broken(deployment: TestDeployment) -> list[tuple[str, int]]:
    """Which chains do not hold, and where."""
    with deployment.context.database.read() as connection:
        chains: list[Chain] = list(verify(connection))
    return [(chain.name, chain.broken_at) for chain in chains if chain.broken_at]


def execute(deployment: TestDeployment, statement: str) -> None:
    with deployment.context.database.write() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0


def test_a_tablet_s_events_are_kept_readable_and_in_no_document(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    read(tablet, "amina", "boris")
    taken = deployment.push(tablet)
    assert {one.outcome for one in taken.outcomes} == {Outcome.ACCEPTED}
    assert listed(deployment) == [
        ("tablet-a", "read", "amina"),
        ("tablet-a", "read", "boris"),
    ]
    with deployment.context.database.read() as connection:
        assert connection.execute(select(DOCUMENT)).all() == []
    assert broken(deployment) == []


def test_events_are_in_the_feed_of_no_tablet(deployment: TestDeployment) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((RecordKey("Patient", "amina", "amina"), {"sex": "female"}))
    read(tablet, "amina")
    deployment.push(tablet)
    with deployment.context.database.read() as connection:
        page = feed.pull(
            deployment.context, connection, Scope(deployment.site_id), "", 500
        )
    kinds = [json.loads(item.operation.header)["type"] for item in page.items]
    assert kinds == ["Patient"]


def test_the_same_events_pushed_again_are_duplicates_and_stand_once(
    deployment: TestDeployment,
) -> None:
    tablet = deployment.device("tablet-a")
    read(tablet, "amina")
    batch = tablet.batch()
    deployment.take(tablet, batch)
    again = deployment.take(tablet, batch)
    assert [one.outcome for one in again.outcomes] == [Outcome.DUPLICATE]
    assert len(listed(deployment)) == 1


def without_the_second(batch: PushRequest) -> PushRequest:
    kept = (batch.operations[0], *batch.operations[2:])
    return batch.model_copy(update={"operations": kept})


def in_another_order(batch: PushRequest) -> PushRequest:
    first, second, *rest = batch.operations
    return batch.model_copy(update={"operations": (second, first, *rest)})


def with_another_author(batch: PushRequest) -> PushRequest:
    header = json.loads(batch.operations[0].header) | {"author": "somebody else"}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"))
    changed = batch.operations[0].model_copy(update={"header": text})
    return batch.model_copy(update={"operations": (changed, *batch.operations[1:])})


@pytest.mark.parametrize(
    "tampered", [without_the_second, in_another_order, with_another_author]
)
def test_a_batch_with_a_gap_an_edit_or_another_order_is_refused(
    on_sqlite: TestDeployment, tampered: Callable[[PushRequest], PushRequest]
) -> None:
    tablet = on_sqlite.device("tablet-a")
    read(tablet, "amina", "boris", "chaza")
    batch = tablet.batch()
    with pytest.raises(ProblemError) as refused:
        on_sqlite.take(tablet, tampered(batch))
    assert refused.value.code is ProblemCode.SIGNATURE_WRONG
    on_sqlite.take(tablet, batch)
    assert len(listed(on_sqlite)) == 3


def test_events_that_a_tablet_holds_back_are_a_gap(on_sqlite: TestDeployment) -> None:
    tablet = on_sqlite.device("tablet-a")
    read(tablet, "amina")
    tablet.batch()
    read(tablet, "boris")
    with pytest.raises(ProblemError) as refused:
        on_sqlite.push(tablet)
    assert refused.value.code is ProblemCode.CHAIN_GAP


def test_a_content_that_was_edited_on_its_way_is_set_aside(
    on_sqlite: TestDeployment,
) -> None:
    tablet = on_sqlite.device("tablet-a")
    read(tablet, "amina")
    batch = tablet.batch()
    content = (batch.operations[0].content or "").replace("amina", "anita")
    changed = batch.operations[0].model_copy(update={"content": content})
    taken = on_sqlite.take(tablet, batch.model_copy(update={"operations": (changed,)}))
    assert [one.reason for one in taken.outcomes] == [ProblemCode.CONTENT_MISMATCH]
    assert listed(on_sqlite) == []


TAMPERING = {
    "DELETE FROM audit_event WHERE number = 2": ("audit", 2),
    "UPDATE audit_event SET patient_id = 'x' WHERE number = 2": ("audit", 2),
    "UPDATE audit_event SET source = 'x' WHERE number = 3": ("audit", 3),
    "UPDATE audit_event SET received_at = 1 WHERE number = 1": ("audit", 1),
    "UPDATE audit_event SET body = '{}' WHERE number = 2": ("audit", 2),
    "UPDATE link SET digest = 'x' WHERE number = 2": ("device tablet-a", 2),
    "DELETE FROM link WHERE number = 2": ("device tablet-a", 2),
    "DELETE FROM link WHERE number = 3": ("device tablet-a", 3),
    "DELETE FROM operation WHERE sequence = 1": ("device tablet-a", 1),
    "UPDATE operation SET header = '{}' WHERE sequence = 3": ("device tablet-a", 3),
    "UPDATE operation SET content = NULL WHERE sequence = 2": ("device tablet-a", 2),
    "UPDATE operation SET content = '{}' WHERE sequence = 2": ("device tablet-a", 2),
    "UPDATE operation SET salt = 'x' WHERE sequence = 2": ("device tablet-a", 2),
    "UPDATE audit_event SET event_id = X'00' WHERE number = 2": ("audit", 2),
    "UPDATE device SET public_key = 'x'": ("device tablet-a", 3),
    "UPDATE signature SET signature = 'x'": ("device tablet-a", 3),
    "DELETE FROM signature": ("device tablet-a", 3),
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_verify_names_the_first_gap_or_edit(
    on_sqlite: TestDeployment, statement: str
) -> None:
    tablet = on_sqlite.device("tablet-a")
    read(tablet, "amina", "boris", "chaza")
    on_sqlite.push(tablet)
    assert broken(on_sqlite) == []
    execute(on_sqlite, statement)
    assert TAMPERING[statement] in broken(on_sqlite)


def test_what_is_taken_in_meanwhile_is_no_gap(deployment: TestDeployment) -> None:
    tablets = [deployment.device(name) for name in ("tablet-a", "tablet-b")]
    for tablet in tablets:
        read(tablet, "amina")
        deployment.push(tablet)
    with deployment.context.database.snapshot() as connection:
        chains = verify(connection)
        assert [next(chains).name, next(chains).name] == ["audit", "device tablet-a"]
        read(tablets[1], "boris")
        deployment.push(tablets[1])
        assert [(c.name, c.broken_at) for c in chains] == [("device tablet-b", 0)]


def test_two_rows_that_change_places_are_seen(on_sqlite: TestDeployment) -> None:
    tablet = on_sqlite.device("tablet-a")
    read(tablet, "amina", "boris")
    on_sqlite.push(tablet)
    for before, after in ((1, 9), (2, 1), (9, 2)):
        execute(
            on_sqlite,
            f"UPDATE audit_event SET number = {after} WHERE number = {before}",
        )
    assert broken(on_sqlite) == [("audit", 1)]


def test_what_a_coordinator_reads_is_written_before_it_is_answered(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    tablet = deployment.device("tablet-a")
    tablet.write((RecordKey("Patient", "amina", "amina"), {"sex": "female"}))
    deployment.push(tablet)
    deployment.give_passphrase()
    request = SignInRequest(name="Clara", passphrase=PASSPHRASE)
    session = http.post("/v1/sessions", json=request.model_dump()).json()
    headers = {"Authorization": f"Bearer {session['token']}"}
    for _ in range(2):
        assert http.get("/v1/patients/amina", headers=headers).status_code == 200
    assert listed(deployment) == [("", "read", "amina")]
    deployment.wall.advance(60_000)
    http.get("/v1/patients/amina", headers=headers)
    assert http.get("/v1/patients/nobody", headers=headers).status_code == 404
    assert listed(deployment) == [("", "read", "amina")] * 2
    assert broken(deployment) == []


def test_the_commands_list_events_and_exit_with_1_at_an_edit(
    on_sqlite: TestDeployment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tablet = on_sqlite.device("tablet-a")
    read(tablet, "amina", "boris")
    on_sqlite.push(tablet)
    monkeypatch.setenv("TESSERA_DATA", str(on_sqlite.settings.data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["audit", "list", "--patient", "boris"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t")[1:5] == ["read", "nadia", "boris", "tablet-a"]
    assert main(["audit", "verify"]) == 0
    execute(on_sqlite, "UPDATE audit_event SET body = '{}' WHERE number = 2")
    capsys.readouterr()
    assert main(["audit", "verify"]) == 1
    assert "audit: number 2 was changed" in capsys.readouterr().out
