"""A device is told which of its operations were acknowledged and not accepted."""

import httpx

from app.core.change import Authorship, RecordKey
from app.core.wire import ChainStatus, Role
from sync_server.services.administration import NewPractitioner, add_practitioner
from tests.server.deployments import TestDeployment
from tests.support.operations import WritingDevice

ANNA = RecordKey("Patient", "anna", "anna")


def test_the_chain_names_what_was_set_aside_until_it_is_accepted(
    http: httpx.Client, deployment: TestDeployment
) -> None:
    author = Authorship("stranger", deployment.author.site_id)
    device = WritingDevice("tablet-a", author, deployment.wall)
    token = deployment.enrol(device).token
    ((operation, _encoded),) = device.write((ANNA, {"note": "short"}))
    batch = device.batch()
    deployment.take(device, batch)
    assert chain(http, token).set_aside == (operation.header.operation_id,)
    new = NewPractitioner("Stranger", Role.NURSE, practitioner_id="stranger")
    context = deployment.context
    add_practitioner(context.ports, context.database, new)
    deployment.take(device, batch)
    assert chain(http, token).set_aside == ()


def chain(http: httpx.Client, token: str) -> ChainStatus:
    answer = http.get("/v1/chain", headers={"Authorization": f"Bearer {token}"})
    return ChainStatus.model_validate_json(answer.content)
