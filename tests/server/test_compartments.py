"""Closed sections at the server: by name, by a reader's tablet, never opened here."""

import base64
import threading

import httpx
import pytest

from app.core.compartment_wire import CompartmentKey, NewCompartmentKey, SealedHalf
from app.core.confidential import DISCLOSURES
from app.core.people_wire import PractitionerKey, PractitionerKeys
from app.core.problems import ProblemCode
from app.core.wire import Setup
from sync_server.commands import main
from sync_server.problems import ProblemError
from sync_server.services import (
    administration,
    compartment_readers,
    compartments,
    people,
)
from sync_server.services.enrolment import enrol
from sync_server.services.setup import setup_of
from tests.server.deployments import TestDeployment, enrol_request
from tests.support.operations import WritingDevice

PUBLIC, OTHER = bytes(range(32)), bytes(32)


def new(
    *halves: tuple[str, str], key_id: str = "k1", public_key: bytes = PUBLIC
) -> NewCompartmentKey:
    """A key with halves for practitioners, each on a device."""
    sealed = tuple(
        SealedHalf(practitioner_id=who, device_id=device, sealed=b"sealed for " + b"x")
        for who, device in halves
    )
    key = CompartmentKey(key_id=key_id, public_key=public_key, halves=sealed)
    return NewCompartmentKey(compartment_id=DISCLOSURES, key=key)


def setup(deployment: TestDeployment) -> Setup:
    context = deployment.context
    with context.database.read() as connection:
        return setup_of(context, connection, deployment.site_id)


def test_a_deployment_without_readers_has_no_compartment(
    on_sqlite: TestDeployment,
) -> None:
    assert setup(on_sqlite).compartments == ()


def test_a_reader_s_tablet_publishes_a_key_once_and_seals_it_to_more(
    deployment: TestDeployment,
) -> None:
    nurse, clara = deployment.nurse_id, deployment.coordinator_id
    context = deployment.context
    compartment_readers.allow(context.database, "Nadia")
    for _ in range(2):
        compartments.publish(context, "tablet-a", new((nurse, "tablet-a")))
    compartment_readers.allow(context.database, "clara")
    more = new((nurse, "tablet-a"), (clara, "tablet-b"))
    compartments.publish(context, "tablet-a", more)
    (found,) = setup(deployment).compartments
    assert set(found.readers) == {nurse, clara}
    (key,) = found.keys
    assert key.public_key == PUBLIC
    whose = {(half.practitioner_id, half.device_id) for half in key.halves}
    assert whose == {(nurse, "tablet-a"), (clara, "tablet-b")}


def test_nobody_but_a_reader_s_tablet_publishes_and_no_key_is_replaced(
    on_sqlite: TestDeployment,
) -> None:
    context, nurse = on_sqlite.context, on_sqlite.nurse_id
    with pytest.raises(ProblemError) as early:
        compartments.publish(context, "tablet-a", new((nurse, "tablet-a")))
    assert early.value.code is ProblemCode.FORBIDDEN
    compartment_readers.allow(context.database, "Nadia")
    compartments.publish(context, "tablet-a", new((nurse, "tablet-a")))
    for device, other in (
        ("tablet-b", new((nurse, "tablet-a"))),
        ("tablet-a", new((nurse, "tablet-a"), public_key=OTHER)),
        ("tablet-b", new((on_sqlite.coordinator_id, "tablet-b"), key_id="k2")),
    ):
        with pytest.raises(ProblemError) as refused:
            compartments.publish(context, device, other)
        assert refused.value.code is ProblemCode.FORBIDDEN
    (found,) = setup(on_sqlite).compartments
    assert [key.public_key for key in found.keys] == [PUBLIC]


def test_a_withdrawal_retires_the_keys_that_somebody_had_and_drops_their_halves(
    on_sqlite: TestDeployment,
) -> None:
    context, nurse = on_sqlite.context, on_sqlite.nurse_id
    for name in ("Nadia", "Clara"):
        compartment_readers.allow(context.database, name)
    both = new((nurse, "tablet-a"), (on_sqlite.coordinator_id, "tablet-b"))
    compartments.publish(context, "tablet-a", both)
    compartment_readers.withdraw(context.database, "Clara")
    (found,) = setup(on_sqlite).compartments
    (key,) = found.keys
    assert found.readers == (nurse,)
    assert key.retired
    assert [half.practitioner_id for half in key.halves] == [nurse]


def test_what_a_revoked_tablet_could_open_is_sealed_to_no_more(
    deployment: TestDeployment,
) -> None:
    context, nurse = deployment.context, deployment.nurse_id
    device = WritingDevice("tablet-a", deployment.author, deployment.wall)
    enrol(context, enrol_request(device, deployment.code()), "127.0.0.1")
    compartment_readers.allow(context.database, "Nadia")
    here, there = (nurse, "tablet-a"), (nurse, "tablet-b")
    compartments.publish(context, "tablet-a", new(here, there))
    other = new(there, key_id="k2", public_key=OTHER)
    compartments.publish(context, "tablet-b", other)
    administration.revoke_device(context.ports, context.database, "tablet-a")
    (found,) = setup(deployment).compartments
    assert {key.key_id: key.retired for key in found.keys} == {"k1": True, "k2": False}
    devices = {half.device_id for key in found.keys for half in key.halves}
    assert devices == {"tablet-b"}
    late = new(here, there, key_id="k3", public_key=OTHER)
    compartments.publish(context, "tablet-b", late)
    (found,) = setup(deployment).compartments
    devices = {half.device_id for key in found.keys for half in key.halves}
    assert devices == {"tablet-b"}


def test_halves_of_an_older_pair_go_and_a_key_that_nobody_holds_is_retired(
    deployment: TestDeployment,
) -> None:
    context, nurse, clara = (
        deployment.context,
        deployment.nurse_id,
        deployment.coordinator_id,
    )
    for name in ("Nadia", "Clara"):
        compartment_readers.allow(context.database, name)
    people.keep_keys(context, "tablet-a", pairs("tablet-a", nurse, PUBLIC))
    people.keep_keys(context, "tablet-b", pairs("tablet-b", clara, PUBLIC))
    both = new((nurse, "tablet-a"), (clara, "tablet-b"))
    compartments.publish(context, "tablet-a", both)
    people.keep_keys(context, "tablet-a", pairs("tablet-a", nurse, PUBLIC))
    assert openers(deployment) == [({nurse, clara}, False)]
    people.keep_keys(context, "tablet-a", pairs("tablet-a", nurse, OTHER))
    assert openers(deployment) == [({clara}, False)]
    people.keep_keys(context, "tablet-b", pairs("tablet-b", clara, OTHER))
    assert openers(deployment) == [(set(), True)]


def pairs(device_id: str, whose: str, public_key: bytes) -> PractitionerKeys:
    one = PractitionerKey(
        practitioner_id=whose, device_id=device_id, public_key=public_key
    )
    return PractitionerKeys(keys=(one,))


def openers(deployment: TestDeployment) -> list[tuple[set[str], bool]]:
    """Who opens each key, and whether it is retired."""
    (found,) = setup(deployment).compartments
    return [({h.practitioner_id for h in k.halves}, k.retired) for k in found.keys]


def test_a_half_for_an_older_pair_or_a_revoked_tablet_is_not_kept(
    deployment: TestDeployment,
) -> None:
    context, nurse = deployment.context, deployment.nurse_id
    clara = deployment.coordinator_id
    deployment.device("tablet-b")
    for name in ("Nadia", "Clara"):
        compartment_readers.allow(context.database, name)
    people.keep_keys(context, "tablet-a", pairs("tablet-a", nurse, PUBLIC))
    people.keep_keys(context, "tablet-b", pairs("tablet-b", clara, OTHER))
    compartments.publish(context, "tablet-a", new((nurse, "tablet-a")))
    compartments.publish(context, "tablet-a", sealed_to(PUBLIC, clara, "tablet-b"))
    assert openers(deployment) == [({nurse}, False)]
    compartments.publish(context, "tablet-a", sealed_to(OTHER, clara, "tablet-b"))
    assert openers(deployment) == [({nurse, clara}, False)]
    administration.revoke_device(context.ports, context.database, "tablet-b")
    compartments.publish(context, "tablet-a", sealed_to(OTHER, clara, "tablet-b"))
    assert openers(deployment) == [({nurse}, True)]
    assert {k.device_id for k in setup(deployment).practitioner_keys} == {"tablet-a"}


def sealed_to(public_key: bytes, who: str, device_id: str) -> NewCompartmentKey:
    """The known key with one more half, which says to which pair it is sealed."""
    given = new((who, device_id))
    halves = [
        half.model_copy(update={"sealed_to": public_key}) for half in given.key.halves
    ]
    key = given.key.model_copy(update={"halves": tuple(halves)})
    return given.model_copy(update={"key": key})


def test_nobody_is_shut_out_in_the_midst_of_a_key_that_is_published(
    deployment: TestDeployment,
) -> None:
    context, database = deployment.context, deployment.context.database
    deployment.device("tablet-a")
    compartment_readers.allow(database, "Nadia")
    mine = pairs("tablet-a", deployment.nurse_id, PUBLIC)
    for change in (
        lambda: people.keep_keys(context, "tablet-a", mine),
        lambda: compartment_readers.withdraw(database, "Nadia"),
        lambda: compartment_readers.allow(database, "Nadia"),
        lambda: people.revoke(database, "Nadia", deployment.wall()),
        lambda: administration.revoke_device(context.ports, database, "tablet-a"),
    ):
        thread = threading.Thread(target=change)
        with database.write() as connection:
            database.lock_log(connection)
            thread.start()
            thread.join(0.2)
            assert thread.is_alive()
        thread.join(10)
        assert not thread.is_alive()


def test_the_endpoint_is_for_enrolled_devices_and_may_be_repeated(
    deployment: TestDeployment, http: httpx.Client
) -> None:
    device = WritingDevice("tablet-a", deployment.author, deployment.wall)
    request = enrol_request(device, deployment.code())
    body = request.model_dump(mode="json")
    token = http.post("/v1/enrol", json=body).json()["token"]
    compartment_readers.allow(deployment.context.database, "Nadia")
    key = new((deployment.nurse_id, "tablet-a")).model_dump(mode="json")
    assert http.post("/v1/compartment-keys", json=key).status_code == 401
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(2):
        answer = http.post("/v1/compartment-keys", json=key, headers=headers)
        assert answer.status_code == 204
    unknown = key | {"compartment_id": "other"}
    answer = http.post("/v1/compartment-keys", json=unknown, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (404, "not-found")
    short = {
        **key,
        "key": {**key["key"], "public_key": base64.b64encode(b"x").decode()},
    }
    answer = http.post("/v1/compartment-keys", json=short, headers=headers)
    assert answer.json()["type"] == "malformed"
    (listed,) = http.get("/v1/setup", headers=headers).json()["compartments"]
    assert [each["key_id"] for each in listed["keys"]] == ["k1"]


def test_the_commands_allow_and_withdraw_by_name(
    on_sqlite: TestDeployment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TESSERA_DATA", str(on_sqlite.settings.data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for _ in range(2):
        assert main(["compartment", "allow", "--practitioner", "nadia"]) == 0
    (found,) = setup(on_sqlite).compartments
    assert found.readers == (on_sqlite.nurse_id,)
    assert main(["compartment", "withdraw", "--practitioner", "Nadia"]) == 0
    assert setup(on_sqlite).compartments == ()
    assert main(["compartment", "withdraw", "--practitioner", "Nadia"]) == 1
    assert main(["compartment", "allow", "--practitioner", "Nobody"]) == 1
    assert "There is no practitioner called 'Nobody'." in capsys.readouterr().err
