"""The server leaves out what a session's role may not see, and says that it did."""

from typing import Any

import httpx
import pytest

from app.core.canonical import Json
from app.core.change import RecordKey
from app.core.console_wire import SignInRequest
from app.core.wire import Role
from sync_server.services import administration
from sync_server.services.administration import NewPractitioner
from tests.server.deployments import PASSPHRASE, TestDeployment, served

RESPONSE = RecordKey("QuestionnaireResponse", "response", "amina")
SCORE = RecordKey("Score", "score", "amina")


@pytest.fixture
def two(on_sqlite: TestDeployment) -> TestDeployment:
    """A coordinator and an administrator, and one person with a finding."""
    on_sqlite.give_passphrase()
    adam = NewPractitioner("Adam", Role.ADMINISTRATOR, PASSPHRASE)
    context = on_sqlite.context
    administration.add_practitioner(context.ports, context.database, adam)
    tablet = on_sqlite.device("tablet-a")
    answer: dict[str, Json] = {
        "values": [{"valueBoolean": True}],
        "flags": ["suicide-risk"],
    }
    tablet.write(
        (RecordKey("Patient", "amina", "amina"), {"sex": "female"}),
        (RESPONSE, {"questionnaire": "form|1", "answer.:q9": answer}),
        (SCORE, {"response": "response", "result": {"total": "17"}}),
    )
    on_sqlite.push(tablet)
    return on_sqlite


def answers(client: httpx.Client, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The list and the record that a person is answered."""
    request = SignInRequest(name=name, passphrase=PASSPHRASE)
    token = client.post("/v1/sessions", json=request.model_dump()).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    found = client.post("/v1/patients/search", json={}, headers=headers)
    record = client.get("/v1/patients/amina", headers=headers)
    return found.json(), record.json()


def test_a_coordinator_is_answered_everything(two: TestDeployment) -> None:
    with served(two) as client:
        found, record = answers(client, "Clara")
    assert found["patients"][0]["red_flags"] == ["suicide-risk"]
    assert found["hides_alarms"] is False
    kinds = {document["type"] for document in record["documents"]}
    assert kinds == {"Patient", "QuestionnaireResponse", "Score"}
    assert (len(record["history"]), record["hidden"]) == (3, [])


def test_an_administrator_is_answered_no_clinical_content(two: TestDeployment) -> None:
    with served(two) as client:
        found, record = answers(client, "Adam")
    assert found["patients"][0]["red_flags"] == []
    assert found["hides_alarms"] is True
    assert [document["type"] for document in record["documents"]] == ["Patient"]
    assert record["hidden"] == ["QuestionnaireResponse", "Score"]
    assert len(record["history"]) == 1
    whole = f"{found}{record}"
    for content in ("suicide-risk", "'17'", "q9", "form|1"):
        assert content not in whole
