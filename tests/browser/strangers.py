"""Tablets without a screen: one on which a stranger writes, one of another site."""

from collections.abc import Callable

import httpx

from app.core.canonical import Json
from app.core.change import Authorship, RecordKey
from app.core.clock import system_wall_ms
from app.core.ids import RandomIds, parse_card_code, patient_id_of_card
from app.core.wire import API_PREFIX, EnrolResponse
from tests.browser.clinic import NURSE, SITE, Clinic
from tests.server.deployments import enrol_request
from tests.support.operations import WritingDevice

STRANGER = "Rosa Weiss"
_Write = Callable[[WritingDevice, EnrolResponse], None]


def a_strangers_change(clinic: Clinic, given: str) -> str:
    """Send what somebody unknown wrote of a new person; return the writer's id."""
    ids = RandomIds()
    writer, patient_id = ids.new(), ids.new()

    def write(device: WritingDevice, enrolled: EnrolResponse) -> None:
        device.author = Authorship(writer, _site_of(enrolled))
        visit = RecordKey("Encounter", ids.new(), patient_id)
        device.write(_person(patient_id, given), (visit, {"status": "in-progress"}))

    _send(clinic, f"Tablet of {given}", write)
    return writer


def somebody_elsewhere(clinic: Clinic, card: str, given: str) -> None:
    """Register somebody with a card at the clinic's first site."""

    def write(device: WritingDevice, enrolled: EnrolResponse) -> None:
        known = enrolled.setup.practitioners
        nurse = next(each for each in known if each.name == NURSE)
        device.author = Authorship(nurse.practitioner_id, _site_of(enrolled))
        code = parse_card_code(card)
        patient_id = patient_id_of_card(enrolled.card_secret, code)
        key, fields = _person(patient_id, given)
        device.write((key, {**fields, "card": code}))

    _send(clinic, f"Tablet of {given}", write)


def add_stranger(clinic: Clinic, writer: str, name: str = STRANGER) -> None:
    """Let the server know who wrote it."""
    add = ("practitioner", "add", name, "--role", "nurse", "--id", writer)
    clinic.tessera(*add)


def _person(patient_id: str, given: str) -> tuple[RecordKey, dict[str, Json]]:
    name: Json = {"status": "said", "original": given}
    fields: dict[str, Json] = {"name": name, "sex": "female", "language": "ar"}
    return RecordKey("Patient", patient_id, patient_id), fields


def _site_of(enrolled: EnrolResponse) -> str:
    return next(s.site_id for s in enrolled.setup.sites if s.name == SITE)


def _send(clinic: Clinic, name: str, write: _Write) -> None:
    """Enrol a tablet, let it write, and push that."""
    device = WritingDevice(RandomIds().new(), Authorship("", ""), system_wall_ms)
    request = enrol_request(device, clinic.device_code(name))
    asked = request.model_copy(update={"name": name}).model_dump(mode="json")
    with httpx.Client(base_url=clinic.server.url, trust_env=False) as client:
        answer = client.post(f"{API_PREFIX}/enrol", json=asked).raise_for_status()
        enrolled = EnrolResponse.model_validate_json(answer.content)
        write(device, enrolled)
        headers = {"Authorization": f"Bearer {enrolled.token}"}
        batch = device.batch().model_dump(mode="json")
        pushed = client.post(f"{API_PREFIX}/push", json=batch, headers=headers)
        pushed.raise_for_status()
