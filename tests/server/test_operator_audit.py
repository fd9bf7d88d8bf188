"""What commands allow and take back stands in the audit, by the operator."""

import pytest

from sync_server.commands import main
from sync_server.services.audit import event_of
from sync_server.services.operator_audit import OPERATOR
from sync_server.tables import AUDIT_EVENT
from tests.server.deployments import TestDeployment
from tests.server.test_audit import broken

COMMANDS = [
    ("practitioner add Lena --role nurse", "right-given", "nurse"),
    ("practitioner confirm Nadia", "right-given", "confirmed"),
    ("practitioner revoke Nadia", "right-withdrawn", "work"),
    ("practitioner reinstate Nadia", "right-given", "work"),
    ("practitioner sites Clara Port", "right-given", "reads: "),
    ("practitioner sites Clara", "right-given", "reads: everywhere"),
    ("compartment allow --practitioner Nadia", "right-given", "confidential-notes"),
    ("erasure allow --practitioner Clara", "right-given", "erase"),
    ("erasure withdraw --practitioner Clara", "right-withdrawn", "erase"),
    (
        "grant reopen --device tablet-a --practitioner Nadia",
        "grant-given",
        "reopen",
    ),
    ("device revoke tablet-a", "right-withdrawn", "device"),
]


@pytest.fixture
def typed(on_sqlite: TestDeployment, monkeypatch: pytest.MonkeyPatch) -> TestDeployment:
    """A deployment with a tablet, at which commands are typed."""
    on_sqlite.device("tablet-a")
    monkeypatch.setenv("TESSERA_DATA", str(on_sqlite.settings.data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return on_sqlite


@pytest.mark.parametrize(("command", "kind", "right"), COMMANDS)
def test_a_command_leaves_an_event_with_whom_and_what(
    typed: TestDeployment, command: str, kind: str, right: str
) -> None:
    assert main(command.split()) == 0
    with typed.context.database.read() as connection:
        (row,) = connection.execute(AUDIT_EVENT.select()).all()
    event = event_of(row)
    assert (event.kind, event.practitioner_id) == (kind, OPERATOR)
    assert event.reason.startswith(right)
    if "device" in command:
        assert event.device_id == "tablet-a"
    if "device revoke" not in command:
        assert event.owner_id
    assert broken(typed) == []


def test_to_read_confidential_notes_no_more_is_there_too(
    typed: TestDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("allow", "withdraw"):
        assert main(["compartment", verb, "--practitioner", "Nadia"]) == 0
    capsys.readouterr()
    assert main(["audit", "list"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[1] for line in lines] == ["right-given", "right-withdrawn"]
    assert [line[7] for line in lines] == [typed.nurse_id] * 2


def test_a_command_that_fails_leaves_none(typed: TestDeployment) -> None:
    assert main(["practitioner", "revoke", "Nobody"]) != 0
    assert main(["device", "revoke", "tablet-x"]) != 0
    with typed.context.database.read() as connection:
        assert connection.execute(AUDIT_EVENT.select()).all() == []
