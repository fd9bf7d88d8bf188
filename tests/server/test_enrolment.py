"""Enrolment: one code, one device; asked again, the same answer; guessing waits."""

import pytest
from sqlalchemy import select

from app.core.ids import ALPHABET, check_character, format_card_code
from sync_server.problems import ProblemError
from sync_server.services import administration
from sync_server.services.enrolment import enrol
from sync_server.tables import DEVICE, DEVICE_CODE
from tests.server.deployments import HOUR_MS, TestDeployment, enrol_request
from tests.support.operations import WritingDevice


@pytest.fixture
def tablet(deployment: TestDeployment) -> WritingDevice:
    return WritingDevice("tablet-a", deployment.author, deployment.wall)


def wrong_code(number: int) -> str:
    body = "000000000" + ALPHABET[number]
    return body + check_character(body)


def test_a_code_enrols_a_device_however_it_is_typed(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    typed = format_card_code(deployment.code()).lower()
    response = deployment.enrol(tablet, f" {typed} ")
    assert response.epoch == deployment.epoch
    assert response.card_secret == deployment.context.secrets.card_secret
    assert response.server_public_key == deployment.context.secrets.public_key
    assert len(response.token) >= 43


def test_the_same_device_is_answered_the_same_again(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    code = deployment.code()
    first, again = deployment.enrol(tablet, code), deployment.enrol(tablet, code)
    assert first.token == again.token


def test_a_used_code_enrols_nobody_else(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    code = deployment.code()
    deployment.enrol(tablet, code)
    other = WritingDevice("tablet-b", deployment.author, deployment.wall)
    with pytest.raises(ProblemError, match="enrolment-code-used"):
        deployment.enrol(other, code)


def test_a_used_code_gives_another_key_nothing(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    code = deployment.code()
    deployment.enrol(tablet, code)
    thief = WritingDevice("thief", deployment.author, deployment.wall)
    request = enrol_request(thief, code).model_copy(update={"device_id": "tablet-a"})
    with pytest.raises(ProblemError, match="forbidden"):
        enrol(deployment.context, request, "127.0.0.1")


def test_a_device_with_a_new_code_gets_a_new_token(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    first, again = deployment.enrol(tablet), deployment.enrol(tablet)
    assert first.token != again.token


def test_a_code_expires(deployment: TestDeployment, tablet: WritingDevice) -> None:
    code = deployment.code()
    deployment.wall.advance(HOUR_MS + 1)
    with pytest.raises(ProblemError, match="enrolment-code-expired"):
        deployment.enrol(tablet, code)


def test_a_mistyped_code_is_wrong_and_costs_nothing(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    for _ in range(20):
        with pytest.raises(ProblemError, match="enrolment-code-wrong"):
            deployment.enrol(tablet, "0000-0000-001")
    assert deployment.enrol(tablet).token


def test_guessing_codes_waits_longer_and_longer(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    for number in range(5):
        with pytest.raises(ProblemError, match="enrolment-code-wrong"):
            deployment.enrol(tablet, wrong_code(number))
    waits = []
    for number in range(5, 9):
        with pytest.raises(ProblemError, match="too-many-attempts") as raised:
            deployment.enrol(tablet, wrong_code(number))
        waits.append(raised.value.wait_seconds)
        deployment.wall.advance((raised.value.wait_seconds or 0) * 1000)
        with pytest.raises(ProblemError, match="enrolment-code-wrong"):
            deployment.enrol(tablet, wrong_code(number))
    assert waits == [1, 2, 4, 8]


def test_a_revoked_device_is_refused(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    code = deployment.code()
    deployment.enrol(tablet, code)
    context = deployment.context
    administration.revoke_device(context.ports, context.database, "tablet-a")
    with pytest.raises(ProblemError, match="device-revoked"):
        deployment.enrol(tablet, code)


def test_neither_codes_nor_tokens_are_stored_as_they_are(
    deployment: TestDeployment, tablet: WritingDevice
) -> None:
    code = deployment.code()
    token = deployment.enrol(tablet, code).token
    with deployment.context.database.read() as connection:
        rows = [
            *connection.execute(select(DEVICE)).all(),
            *connection.execute(select(DEVICE_CODE)).all(),
        ]
    assert code not in repr(rows)
    assert token not in repr(rows)
