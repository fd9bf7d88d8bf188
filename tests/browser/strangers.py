"""A tablet of which the server takes nothing in: nobody knows who writes on it."""

import httpx

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.clock import system_wall_ms
from app.core.ids import RandomIds
from app.core.wire import API_PREFIX, EnrolResponse
from tests.browser.clinic import SITE, Clinic
from tests.server.deployments import enrol_request
from tests.support.operations import WritingDevice

STRANGER = "Rosa Weiss"


def a_strangers_change(clinic: Clinic, given: str) -> str:
    """Send what somebody unknown wrote of a new person; return the writer's id."""
    ids = RandomIds()
    writer, patient_id = ids.new(), ids.new()
    device = WritingDevice(ids.new(), Authorship(writer, ""), system_wall_ms)
    name = f"Tablet of {given}"
    code = clinic.device_code(name)
    with httpx.Client(base_url=clinic.server.url, trust_env=False) as client:
        request = enrol_request(device, code).model_copy(update={"name": name})
        asked = request.model_dump(mode="json")
        answer = client.post(f"{API_PREFIX}/enrol", json=asked).raise_for_status()
        enrolled = EnrolResponse.model_validate_json(answer.content)
        here = next(s for s in enrolled.setup.sites if s.name == SITE)
        device.author = Authorship(writer, here.site_id)
        fields: dict[str, Json] = {
            "name": {"status": "said", "original": given},
            "sex": "female",
            "language": "ar",
        }
        device.write(
            (RecordKey("Patient", patient_id, patient_id), fields),
            (RecordKey("Encounter", ids.new(), patient_id), {"status": "in-progress"}),
        )
        headers = {"Authorization": f"Bearer {enrolled.token}"}
        batch = device.batch().model_dump(mode="json")
        pushed = client.post(f"{API_PREFIX}/push", json=batch, headers=headers)
        pushed.raise_for_status()
    return writer


def add_stranger(clinic: Clinic, writer: str, name: str = STRANGER) -> None:
    """Let the server know who wrote it."""
    add = ("practitioner", "add", name, "--role", "nurse", "--id", writer)
    clinic.tessera(*add)
