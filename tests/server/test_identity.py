"""A device that turned out to be a copy goes on as another one."""

import hashlib

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select

from app.core.change import RecordKey
from app.core.identity_wire import NewIdentity, identity_bytes
from app.core.problems import ProblemCode
from app.core.wire import EnrolResponse, Outcome
from sync_server.caller import Device
from sync_server.people_tables import PRACTITIONER_KEY
from sync_server.problems import ProblemError
from sync_server.services import administration, identity
from sync_server.services.audit_verify import verify
from sync_server.tables import COMPARTMENT_HALF, COMPARTMENT_KEY, DEVICE
from sync_server.tokens import token_hash
from tests.server.deployments import TestDeployment
from tests.support.operations import WritingDevice


def as_device(deployment: TestDeployment, device: WritingDevice) -> Device:
    return Device(device.device_id, deployment.site_id, device.public_key)


def asked(old: WritingDevice, new: WritingDevice) -> NewIdentity:
    signed = identity_bytes(old.device_id, new.device_id, new.public_key)
    return NewIdentity(
        device_id=new.device_id,
        public_key=new.public_key,
        version="0.1.0",
        signature=old.key.sign(signed),
        proof=new.key.sign(signed),
    )


def renewed(
    deployment: TestDeployment, old: WritingDevice, new: WritingDevice
) -> EnrolResponse:
    device = as_device(deployment, old)
    return identity.renew(deployment.context, device, asked(old, new))


def written_by(deployment: TestDeployment, name: str) -> WritingDevice:
    return WritingDevice(name, deployment.author, deployment.wall)


def test_what_arrived_before_is_a_duplicate_under_the_new_identity_and_the_rest_is_new(
    deployment: TestDeployment,
) -> None:
    old = deployment.device("tablet-a")
    first = old.write((RecordKey("Patient", "p", "p"), {"sex": "female"}))
    deployment.push(old)
    second = old.write((RecordKey("Patient", "q", "q"), {"sex": "male"}))
    new = written_by(deployment, "tablet-a-again")
    answer = renewed(deployment, old, new)
    assert answer.setup.site.site_id == deployment.site_id
    assert renewed(deployment, old, new) == answer
    new.pending = [*second, *first]
    outcomes = [each.outcome for each in deployment.push(new).outcomes]
    assert outcomes == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    with deployment.context.database.read() as connection:
        assert [chain.why for chain in verify(connection)] == ["", "", ""]
        query = select(DEVICE).where(DEVICE.c.device_id == new.device_id)
        row = connection.execute(query).one()
    assert row.previous_device_id == "tablet-a"
    assert row.name == "tablet-a (2)"
    assert row.token_hash == token_hash(answer.token)


def test_the_other_copy_goes_on_as_it_was(deployment: TestDeployment) -> None:
    old = deployment.device("tablet-a")
    renewed(deployment, old, written_by(deployment, "tablet-b"))
    old.write((RecordKey("Patient", "p", "p"), {"sex": "female"}))
    (outcome,) = deployment.push(old).outcomes
    assert outcome.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("field", ["signature", "proof"])
def test_who_lacks_one_of_both_keys_gets_nothing(
    on_sqlite: TestDeployment, field: str
) -> None:
    old = on_sqlite.device("tablet-a")
    new, thief = written_by(on_sqlite, "new"), written_by(on_sqlite, "thief")
    signed = identity_bytes(old.device_id, new.device_id, new.public_key)
    forged = asked(old, new).model_copy(update={field: thief.key.sign(signed)})
    with pytest.raises(ProblemError, match="signature-wrong"):
        identity.renew(on_sqlite.context, as_device(on_sqlite, old), forged)
    with on_sqlite.context.database.read() as connection:
        assert [*connection.scalars(select(DEVICE.c.device_id))] == ["tablet-a"]


def test_another_devices_id_is_refused(on_sqlite: TestDeployment) -> None:
    old, other = on_sqlite.device("tablet-a"), on_sqlite.device("tablet-b")
    with pytest.raises(ProblemError, match="forbidden"):
        renewed(on_sqlite, old, other)
    stranger = written_by(on_sqlite, "tablet-b")
    seed = hashlib.sha256(b"another key").digest()
    stranger.key = Ed25519PrivateKey.from_private_bytes(seed)
    with pytest.raises(ProblemError, match="forbidden"):
        renewed(on_sqlite, old, stranger)


def test_a_tablet_that_forks_again_and_again_must_wait(
    on_sqlite: TestDeployment,
) -> None:
    old = on_sqlite.device("tablet-a")
    free = identity.NEW_IDENTITIES.free
    for number in range(free):
        renewed(on_sqlite, old, written_by(on_sqlite, f"new-{number}"))
    with pytest.raises(ProblemError, match="too-many-attempts"):
        renewed(on_sqlite, old, written_by(on_sqlite, "one-too-many"))


def test_its_readers_go_on_reading_confidential_notes(
    on_sqlite: TestDeployment,
) -> None:
    old, new = on_sqlite.device("tablet-a"), written_by(on_sqlite, "tablet-b")
    pair = {"practitioner_id": on_sqlite.nurse_id, "public_key": b"p" * 32}
    key = {"key_id": "k", "compartment_id": "hiv", "public_key": b"k" * 32}
    half = {"key_id": "k", "practitioner_id": on_sqlite.nurse_id, "sealed": b"half"}
    with on_sqlite.context.database.write() as connection:
        mine = {"device_id": old.device_id}
        connection.execute(insert(PRACTITIONER_KEY).values(pair | mine))
        added = insert(COMPARTMENT_KEY).values(key | {"made_at": 1, "retired": False})
        connection.execute(added)
        connection.execute(insert(COMPARTMENT_HALF).values(half | mine))
    renewed(on_sqlite, old, new)
    with on_sqlite.context.database.read() as connection:
        pairs = connection.execute(select(PRACTITIONER_KEY)).all()
        halves = connection.execute(select(COMPARTMENT_HALF)).all()
    assert {(p.device_id, p.public_key) for p in pairs} == {
        ("tablet-a", b"p" * 32),
        ("tablet-b", b"p" * 32),
    }
    assert {(h.device_id, h.sealed) for h in halves} == {
        ("tablet-a", b"half"),
        ("tablet-b", b"half"),
    }


def test_a_revoked_device_can_not_come_back_as_another(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    old, new = written_by(deployment, "tablet-a"), written_by(deployment, "tablet-b")
    token = deployment.enrol(old).token
    body = asked(old, new).model_dump(mode="json")
    headers = {"Authorization": f"Bearer {token}"}
    context = deployment.context
    administration.revoke_device(context.ports, context.database, "tablet-a")
    answer = http.post("/v1/identity", json=body, headers=headers)
    assert answer.json()["type"].endswith(ProblemCode.DEVICE_REVOKED.value)
    with pytest.raises(ProblemError, match="device-revoked"):  # it was let in before
        renewed(deployment, old, new)


def test_over_http_the_new_token_is_let_in(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    old, new = written_by(deployment, "tablet-a"), written_by(deployment, "tablet-b")
    token = deployment.enrol(old).token
    body = asked(old, new).model_dump(mode="json")
    answer = http.post(
        "/v1/identity", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == httpx.codes.OK
    fresh = EnrolResponse.model_validate_json(answer.content).token
    assert fresh != token
    chain = http.get("/v1/chain", headers={"Authorization": f"Bearer {fresh}"}).json()
    assert (chain["device_id"], chain["acknowledged"]) == ("tablet-b", 0)
