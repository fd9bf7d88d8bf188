"""What a busy server logs: lines of JSON with ids and counts, and nobody's name."""

import json
import signal
import sys
from pathlib import Path

import httpx

from app.core.change import RecordKey
from app.core.clock import system_wall_ms
from tests.server.deployments import PASSPHRASE, TestDeployment, enrol_request
from tests.support.commands import environ
from tests.support.operations import WritingDevice
from tests.support.processes import HOST, answers, free_port, running

PERSON = "Zuleikha"
PHONE = "+30 694 555 0199"
SECRETS = (PERSON, PERSON.lower(), "694 555", "Nadia", "Clara", "clara", PASSPHRASE)
ANNA = RecordKey("Patient", "anna", "anna")


def busy(http: httpx.Client, deployment: TestDeployment) -> list[str]:
    """Do all that people do, rightly and wrongly; return what must not be logged."""
    tablet = WritingDevice("tablet-a", deployment.author, deployment.wall)
    code = deployment.code()
    request = enrol_request(tablet, code).model_copy(update={"name": f"{PERSON}’s"})
    token = http.post("/v1/enrol", content=request.model_dump_json()).json()["token"]
    device = {"Authorization": f"Bearer {token}"}
    tablet.write((ANNA, {"name": {"text": PERSON}, "phone": PHONE}))
    body = tablet.batch().model_dump_json()
    http.post("/v1/push", content=body, headers=device)
    http.post("/v1/push", content=body.replace("{", "[", 1), headers=device)
    http.post("/v1/push", content=json.dumps({PERSON: PHONE}), headers=device)
    http.get("/v1/pull", headers=device)
    http.get(f"/v1/pull?cursor={PERSON}", headers=device)
    clara = {"name": "Clara", "passphrase": PASSPHRASE}
    for wrong in (clara | {"passphrase": PERSON}, {"name": PERSON}):
        http.post("/v1/sessions", json=wrong)
    session = http.post("/v1/sessions", json=clara).json()["token"]
    signed_in = {"Authorization": f"Bearer {session}"}
    found = http.post("/v1/patients/search", json={"text": PERSON}, headers=signed_in)
    assert PERSON in found.text
    http.get("/v1/patients/anna", headers=signed_in)
    http.get(f"/v1/patients/{PERSON}", headers=signed_in)
    http.get(f"/{PERSON}")
    return [code, token, session]


def test_nobody_s_name_and_no_secret_is_logged(
    tmp_path: Path, on_sqlite: TestDeployment
) -> None:
    on_sqlite.give_passphrase()
    # The process below has the machine's clock.
    on_sqlite.wall.advance(system_wall_ms() - on_sqlite.wall())
    port, log = free_port(), tmp_path / "log"
    url = f"http://{HOST}:{port}"
    command = (sys.executable, "-m", "sync_server", "serve", "--port", str(port))
    with running(
        command,
        log=log,
        is_ready=answers(f"{url}/ready"),
        environ=environ(on_sqlite.settings.data),
    ) as server:
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
            secrets = busy(http, on_sqlite)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    text = log.read_text(encoding="utf-8")
    for secret in (*SECRETS, *secrets):
        assert secret not in text
    events = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    pushed = [event for event in events if event["event"] == "pushed"]
    assert [event["device"] for event in pushed] == ["tablet-a"]
    rest = [line for line in text.splitlines() if not line.startswith("{")]
    assert all(line.startswith(("Tessera serves at", "for ")) for line in rest)
